"""The modes asked for as surveys see them: each where it has the azimuthal order asked for, with
absorbing layers where it needs them.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ...errors import InputError, SolverError
from ...mesh.section_cavity import SectionCavity
from ...units import wavelength_nm, wavenumber_per_um
from ..mode_set import ModeRequest
from ..permittivities import permittivities
from ..stopwatch import OutOfTimeError, Stopwatch
from .around.absorb import with_absorbing_layers
from .kept_elements import leaks
from .limits import MOST_BYTES, check_survey, matrix_bytes
from .section_problem import SectionProblem
from .seed import labels
from .surveys.closed_survey import closed_survey
from .surveys.search_start import check_guiding, first_wavenumber, nothing_near
from .surveys.survey import NothingSeenError, SurveyedMode, followed, survey

_SURVEY_ORDERS = (3, 5)  # degrees of the survey, the second where the first found nothing
# Of an azimuthal order, beside the first survey: where two families cross they mix there only.
_BESIDE = (0.35, -0.35)
# Factors of the wavenumber asked for where nothing was found at it: a hint may be a fifth off, and
# a thin body holds nothing of long wavelength.
_ELSEWHERE = (1.0, 1.12, 0.89, 1.25, 0.8)
# A mode is surveyed again where its azimuthal order is farther from the one asked for: the straight
# line k^2(m^2) is right to some thousandths within these distances.
_NEAR, _NEAR_SHARE = 0.3, 0.03
# Within this share of the order asked for the line leads to a mode; one seen farther off is looked
# for at the wavelength asked for too (TE 5 2 of a sphere: m = 3.3 with Q = 2, m = 5 with Q = 16).
_KNOWN_SHARE = 0.2
_MOST_STEPS = 4  # from the wavenumber of a survey to that of a mode, along the line k^2(m^2)
# Of the way to a wavenumber at which the media have no data: a step ends at the first that has it.
_STEPS_INSIDE = (1.0, 0.5, 0.25)
_LEAST_SHARE = 0.3  # of the azimuthal order asked for: no mode of lower m is looked at
_MOST_AT_FIRST = 16  # eigenpairs: more are asked for where these are not enough

Label = tuple[str, int, int]


def wanted_labels(request: ModeRequest, bodies: int) -> set[Label]:
    """Labels (polarisation, p, q) that are asked for: of each axial order of a body, the supermodes
    of all bodies.
    """
    axial = range(request.axial_orders * bodies)
    return {(pol, p, q) for pol, p in request.families for q in axial}


def searched(
    cavity: SectionCavity, request: ModeRequest, watch: Stopwatch
) -> tuple[SectionProblem, list[SurveyedMode]]:
    """The surveyed problem and its modes, with absorbing layers where the modes asked for need
    them.

    Raises
    ------
    SolverError
        If no mode of the body is found near the wavelength asked for.
    OutOfTimeError
        If the time of the search was over before it saw one.
    """
    wanted = wanted_labels(request, cavity.bodies)
    last: SolverError | None = None
    check_guiding(cavity, request)
    check_survey(cavity, _SURVEY_ORDERS[0])
    start = first_wavenumber(cavity, request)
    for order in _SURVEY_ORDERS:
        if last is not None and matrix_bytes(cavity, cavity.mesh, order, None) > MOST_BYTES:
            break
        problem = SectionProblem.build(cavity, cavity.mesh, order)
        try:
            modes = _Search(problem, request, wanted, watch).modes(start)
        except SolverError as error:
            last = error
            if watch.late:
                break
            continue
        asked = [mode for mode in modes if mode.label in wanted]
        if asked and any(
            leaks(problem, mode, request.relative_accuracy) for mode in (asked[0], asked[-1])
        ):
            return _leaky(problem, request, asked, watch)
        if asked or watch.late:
            return problem, modes
        last = None
    seen = last is None
    if not watch.late:
        # The modes may leak so much that they are none between walls.
        layered = _with_layers(cavity, start, _SURVEY_ORDERS[0])
        if layered is not None:
            try:
                return layered, _Search(layered, request, wanted, watch).modes(start)
            except SolverError as error:
                last = last or error
    if seen:
        return problem, modes
    if watch.surveyed_long and not isinstance(last, OutOfTimeError):
        raise OutOfTimeError(f"{cavity.source}: the search ended before it saw a mode") from last
    if isinstance(last, NothingSeenError):
        raise SolverError(nothing_near(cavity, request)) from last
    raise last or SolverError(nothing_near(cavity, request))


def _leaky(
    closed: SectionProblem, request: ModeRequest, asked: Sequence[SurveyedMode], watch: Stopwatch
) -> tuple[SectionProblem, list[SurveyedMode]]:
    """Modes seen within walls once more with absorbing layers; those that are not seen again as
    they were.
    """
    cavity, wanted = closed.cavity, wanted_labels(request, closed.cavity.bodies)
    problem = _with_layers(cavity, asked[0].k_per_um, closed.order)
    if problem is None:  # walls all around
        return closed, list(asked)
    embedded = [
        replace(mode, vector=problem.embed(closed, mode.vector[:, None])[:, 0]) for mode in asked
    ]
    leaky = followed(problem, embedded)
    if len(leaky) < len(wanted):
        search = _Search(problem, request, wanted, watch)
        leaky = search.modes(asked[0].k_per_um, asked[0].m)
    known = labels(leaky)
    return problem, leaky + [mode for mode in embedded if mode.label not in known]


def _with_layers(cavity: SectionCavity, k_per_um: float, order: int) -> SectionProblem | None:
    """The section with absorbing layers for a wavenumber; None where there are walls all around.

    Raises
    ------
    InputError
        If the matrices with the layers, which are complex there, pass the limit.
    """
    around = with_absorbing_layers(cavity, 2 * math.pi / k_per_um, permittivities(cavity, k_per_um))
    if around is None:
        return None
    larger, box = around
    check_survey(larger, order, box)
    return SectionProblem.build(larger, larger.mesh, order, box)


@dataclass(frozen=True)
class _Search:
    """Surveys of one problem until the labels asked for are found.

    Attributes
    ----------
    wanted : set of (polarisation, p, q)
    watch : Stopwatch
        When it is late, searches are left at what they found.
    """

    problem: SectionProblem
    request: ModeRequest
    wanted: set[Label]
    watch: Stopwatch

    def modes(self, k_per_um: float, near: float | None = None) -> list[SurveyedMode]:
        """Modes from a wavenumber on, one of each label; `near` as for `survey`."""
        m = self.request.azimuthal_order
        if m is None:
            return self._completed(self._survey(k_per_um, self._enough, near))
        if self.problem.cavity.ends.closed:
            watch = self.watch
            return closed_survey(self.problem, m, k_per_um, self._enough, lambda: watch.late)
        modes = self._somewhere(k_per_um, near)
        for _ in range(_MOST_STEPS):
            first = self._leading(modes)
            if self._is_near(first) or self.watch.late:
                break
            try:
                modes, k_per_um = self._towards(k_per_um, first.wavenumber(m))
            except SolverError:  # nothing there: the lowest mode of a name may not exist at all
                break
        return self._each_near(self._completed(self._with_those_at_the_hint(modes)))

    def _with_those_at_the_hint(self, modes: list[SurveyedMode]) -> list[SurveyedMode]:
        """With what is missing, or was seen at another azimuthal order, if it is seen at the
        wavelength asked for: a high radial order may be there, and hold hardly anything where the
        lowest one has the order asked for.
        """
        k, m = wavenumber_per_um(self.request.wavelength_nm), self.request.azimuthal_order or 0
        far = abs(k / modes[0].k_per_um - 1.0) > _NEAR_SHARE
        known = labels([mode for mode in modes if abs(mode.m - m) < _KNOWN_SHARE * m + _NEAR])
        if self.wanted <= known or self.watch.late or not far:
            return modes

        def rest(seen: Sequence[SurveyedMode]) -> bool:
            return self.wanted <= labels(seen) | known

        try:
            surveyed = self._survey(k, rest)
        except (SolverError, InputError):  # InputError: no data there
            return modes
        best = {mode.label: mode for mode in modes}
        for mode in surveyed:
            old = best.get(mode.label)
            if old is None or abs(mode.m - m) < abs(old.m - m):
                best[mode.label] = mode
        return list(best.values())

    def _towards(self, k_per_um: float, there: float) -> tuple[list[SurveyedMode], float]:
        """Modes at a wavenumber, or on the way to it where the media have no data: the straight
        line that leads there may overshoot modes that lie within the data.

        Raises
        ------
        InputError
            If the data end at once.
        """
        beyond: InputError | None = None
        for share in _STEPS_INSIDE:
            step = k_per_um + share * (there - k_per_um)
            try:
                return self._survey(step, self._enough), step
            except InputError as error:
                beyond = beyond or error
        raise InputError(
            f"modes.azimuthal_order = {self.request.azimuthal_order}: the modes of this order are "
            f"expected near {wavelength_nm(there):.0f} nm, where {beyond}"
        )

    def _enough(self, modes: Sequence[SurveyedMode]) -> bool:
        return self.wanted <= labels(modes)

    def _survey(
        self,
        k_per_um: float,
        enough: Callable[[Sequence[SurveyedMode]], bool],
        near: float | None = None,
    ) -> list[SurveyedMode]:
        first = min(3 + 2 * len(self.wanted), _MOST_AT_FIRST)
        least = _LEAST_SHARE * (self.request.azimuthal_order or 0)
        watch = self.watch
        return survey(self.problem, k_per_um, enough, near, first, least, lambda: watch.late)

    def _seen(
        self, k_per_um: float, enough: Callable[[Sequence[SurveyedMode]], bool], near: float | None
    ) -> list[SurveyedMode]:
        """What a survey sees; nothing where it ends in an error, or where the media have no
        data.
        """
        try:
            return self._survey(k_per_um, enough, near)
        except (SolverError, InputError):
            return []

    def _somewhere(self, k_per_um: float, near: float | None) -> list[SurveyedMode]:
        """Modes at the wavenumber, or beside it where none that is asked for is there."""
        last, other = None, None
        for factor in _ELSEWHERE:
            if (last or other) and self.watch.late:
                break
            try:
                modes = self._survey(factor * k_per_um, self._enough, near)
            except SolverError as error:
                last = last or error
                continue
            except InputError:  # no data there
                if factor == 1.0:
                    raise
                continue
            if labels(modes) & self.wanted:
                return modes
            other = other or modes
        if other is None:
            raise last or SolverError(f"{self.problem.cavity.source}: no mode found")
        return other

    def _leading(self, modes: Sequence[SurveyedMode]) -> SurveyedMode:
        """The mode of the lowest orders that is asked for; of the polarisation asked for, if none
        is.
        """
        asked = [mode for mode in modes if mode.label in self.wanted]
        asked = asked or [
            mode for mode in modes if mode.identity.polarisation in self.request.polarisations
        ]
        return min(asked or modes, key=lambda mode: (*mode.label[1:], -mode.m))

    def _is_near(self, mode: SurveyedMode) -> bool:
        m = self.request.azimuthal_order or 0
        return abs(mode.m - m) < _NEAR_SHARE * m + _NEAR

    def _completed(self, modes: list[SurveyedMode]) -> list[SurveyedMode]:
        """Modes surveyed again a little beside, where some had no clear identity: families that
        cross there mix.
        """
        for share in _BESIDE:
            if self._enough(modes) or self.watch.late:
                break
            k = modes[0].k_per_um * (1 + share / modes[0].m)
            known = labels(modes)
            try:
                surveyed = self._survey(k, self._enough)
            except (SolverError, InputError):  # InputError: no data there
                break
            modes = modes + [mode for mode in surveyed if mode.label not in known]
        return modes

    def _each_near(self, modes: list[SurveyedMode]) -> list[SurveyedMode]:
        """Each mode asked for surveyed where it has the azimuthal order asked for, if it is far
        from that.
        """
        m = self.request.azimuthal_order
        assert m is not None
        best = {mode.label: mode for mode in modes}
        for label in sorted(self.wanted & set(best)):
            for _ in range(_MOST_STEPS):
                if self._is_near(best[label]) or self.watch.late:
                    break

                def found(modes: Sequence[SurveyedMode], label: Label = label) -> bool:
                    return label in labels(modes)

                # the order of supermodes needs all of them: from the top
                near = None if self.problem.cavity.bodies > 1 else float(m)
                k = best[label].wavenumber(m)
                again = self._seen(k, found, near)
                if near is not None and not found(again):  # it lies above the order asked for
                    again = self._seen(k, found, None)
                if not found(again):
                    break
                for mode in again:
                    old = best.get(mode.label)
                    if old is None or abs(mode.m - m) < abs(old.m - m):
                        best[mode.label] = mode
        return sorted(best.values(), key=lambda mode: -mode.m)
