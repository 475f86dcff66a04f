"""Which families of modes compete under the gain: found, solved, and those left out with the
reason.

A single mode of one family is no single mode of a cavity: modes of the other polarisation, of
higher radial and axial order have the same gain, and often the same loss. They are solved over the
wavelengths where the medium has gain, whatever range was asked for.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..design import Design
from ..errors import CavityDesignError
from ..mesh.section_cavity import SectionCavity
from ..modes import Mode, ModeRequest, ModeSet
from ..modes import find_modes as solve_modes
from ..progress import Progress

if TYPE_CHECKING:
    from ..gain import GainMedium

Family = tuple[str, int, int]

RADIAL, AXIAL = 2, 3
"""Orders that are looked for at least: p = 1, 2 and q = 0, 1, 2. What
more of each would change was not measured; the warnings say where the search ends.
"""
MOST_MODES = 130
"""Modes that take part at most, whole families in the order of their thresholds: more change the
sharing among many, not that there are many; 15 um has 72 in twelve families."""


@dataclass(frozen=True)
class Competitors:
    """The modes that take part.

    Attributes
    ----------
    modes : ModeSet
    words : tuple of str
        What a reader must know of it, one line each.
    """

    modes: ModeSet
    words: tuple[str, ...]


def competing_request(design: Design, modes: ModeSet) -> ModeRequest:
    """The modes to solve for: every family of low order under the gain.

    The wavelengths are those between which modes of the asked families compete, where these lie
    under the gain, and the asked reach about the centre of the line otherwise; none beyond the
    data of a medium.
    """
    return _request_and_ends(design, modes)[0]


def _request_and_ends(design: Design, modes: ModeSet) -> tuple[ModeRequest, tuple[str, ...]]:
    """`competing_request`, and which media's data end within it."""
    medium = design.needed_medium()
    (low, high), ends = _within_data(design, _under_the_gain(design, medium, modes))
    request = replace(
        design.modes,
        polarisation="both",
        wavelength_nm=0.5 * (low + high),
        span_nm=high - low,
        azimuthal_order=None,
        radial_orders=max(design.modes.radial_orders, RADIAL),
        axial_orders=1 if design.cavity.sliced else max(design.modes.axial_orders, AXIAL),
    )
    return request, ends


def competing_modes(
    modes: ModeSet, design: Design, progress: Progress | None = None
) -> Competitors:
    """The modes that take part in the lasing of a design.

    Parameters
    ----------
    modes : ModeSet
        Those that were asked for.
    design : Design
    progress : callable or None

    Returns
    -------
    Competitors
        With `lasing.families = "asked"`, or where other families cannot be solved, the modes given.
    """
    asked = f"families: only those asked for compete ({_listed(_families(modes))})"
    if design.lasing.families == "asked":
        return Competitors(modes, (f"{asked}; others may reach gain = loss as early",))
    if isinstance(design.cavity, SectionCavity):
        return Competitors(modes, (f"{asked}; others of a section are not looked for",))
    try:
        request, ends = _request_and_ends(design, modes)
        found = solve_modes(design.cavity, request, progress)
    except CavityDesignError as error:
        return Competitors(modes, (f"{asked}; others could not be solved: {error}",))
    if not found.modes:
        return Competitors(modes, (asked, *ends))
    # what is known of the asked modes beside, such as the spreads they carry, stays with them
    known = {mode.label: mode for mode in modes}
    merged = tuple(known.get(mode.label, mode) for mode in found)
    chosen = _chosen(replace(found, modes=merged), design)
    return replace(chosen, words=(*chosen.words, *ends))


def _under_the_gain(design: Design, medium: GainMedium, modes: ModeSet) -> tuple[float, float]:
    from ..lasing.competition.competitors import competing_comb
    from ..lasing.competition.lasing_mode import lasing_modes

    centre = medium.emission_wavelength_nm
    reach = design.lasing.line_reach * medium.emission_fwhm_nm
    low, high = centre - reach, centre + reach
    if not any(low <= mode.wavelength_nm <= high for mode in modes):
        return low, high
    diameter = design.cavity.diameter_um
    try:
        seen = lasing_modes(
            modes,
            design.lasing.quality,
            diameter,
            medium.doped_region,
            medium.host_group_index,
            design.cavity,
            exact_threshold=False,
        )
    except CavityDesignError:
        return low, high
    comb, _ = competing_comb(seen, medium, diameter, design.lasing.line_reach)
    waves = [mode.wavelength_nm for mode in comb]
    return min(low, *waves), max(high, *waves)


def _within_data(
    design: Design, under_the_gain: tuple[float, float]
) -> tuple[tuple[float, float], tuple[str, ...]]:
    """The wavelengths under the gain that the data of every medium cover, and which data end."""
    low, high = under_the_gain
    words = []
    for name, material in design.cavity.regions:
        first, last = material.range_nm
        for end, inside in ((first, first > under_the_gain[0]), (last, last < under_the_gain[1])):
            if inside:
                words.append(
                    f"families: the data of {name} end at {end:g} nm, under the gain ("
                    f"{under_the_gain[0]:.4g} to {under_the_gain[1]:.4g} nm): modes beyond, and the"
                    " last ones before, are missing, which may lase first"
                )
        low, high = max(low, first), min(high, last)
    return ((low, high) if low < high else under_the_gain), tuple(words)


def _chosen(found: ModeSet, design: Design) -> Competitors:
    """Families that reach gain = loss within the fluences asked, as many as may take part."""
    from ..lasing.steady.static_outcomes import static_outcomes

    quality, medium = design.lasing.quality, design.needed_medium()
    static = static_outcomes(found, quality, medium, design.pump, design.cavity)
    steady = design.pump.kind == "continuous"
    name = "gain_equals_loss_uw" if steady else "gain_equals_loss_mj_cm2"
    least: dict[Family, float] = {}
    for mode in found:
        value = static.get(mode.label, {}).get(name)
        if value is not None:
            family = (mode.polarisation, mode.p, mode.q)
            least[family] = min(value, least.get(family, value))
    highest = (design.pump.power_uw if steady else design.pump.fluence_mj_cm2)[1]
    ranked = sorted(least, key=lambda family: (least[family], family))
    taken: list[Family] = []
    many: list[Family] = []
    modes = 0
    for family in ranked:
        if least[family] > highest:
            continue
        size = sum((mode.polarisation, mode.p, mode.q) == family for mode in found)
        if taken and modes + size > MOST_MODES:
            many.append(family)
            continue
        taken.append(family)
        modes += size
    if not taken:
        taken = ranked[:1] or list(_families(found))
    late = [family for family in ranked if family not in taken and family not in many]
    never = [family for family in _families(found) if family not in least and family not in taken]
    words = [f"families: {_listed(taken)} compete"]
    unit = "uW" if steady else "mJ/cm2"
    if late:
        told = ", ".join(f"{_name(family)} at {least[family]:.3g}" for family in late)
        words.append(f"families left out, gain = loss above {highest:g} {unit}: {told}")
    if never:
        told = ", ".join(f"{_name(one)} ({_why(found, one, design)})" for one in never)
        words.append(f"families left out, gain never reaches the loss: {told}")
    if many:
        words.append(
            f"families left out because {MOST_MODES} modes take part at most: {_listed(many)}; "
            "the sharing is approximate"
        )
    radial = max(design.modes.radial_orders, RADIAL)
    axial = max(design.modes.axial_orders, AXIAL)
    words.append(f"families of p > {radial} or q > {axial - 1} were not looked for")
    kept = tuple(mode for mode in found if (mode.polarisation, mode.p, mode.q) in taken)
    return Competitors(replace(found, modes=kept), tuple(words))


def _why(found: ModeSet, family: Family, design: Design) -> str:
    """Q and overlap of the best mode of a family."""
    region = design.needed_medium().doped_region
    modes = [mode for mode in found if (mode.polarisation, mode.p, mode.q) == family]
    best = max(modes, key=lambda mode: mode.confinement.get(region, 0.0))
    total = best.losses.total
    quality = "no loss" if total is None else f"log10 Q {total:.3g}"
    return f"{quality}, {100 * best.confinement.get(region, 0.0):.3g} % in {region}"


def _families(modes: Iterable[Mode]) -> dict[Family, None]:
    return dict.fromkeys((mode.polarisation, mode.p, mode.q) for mode in modes)


def _name(family: Family) -> str:
    return f"{family[0]} p = {family[1]} q = {family[2]}"


def _listed(families: Iterable[Family]) -> str:
    return ", ".join(_name(family) for family in families) or "none"
