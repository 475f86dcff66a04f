"""The steps from a design to its answer, each usable alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ..design import Design
from ..errors import InputError
from ..geometry.cavity import Cavity
from ..mesh.section_cavity import SectionCavity
from ..modes import ModeSet
from ..modes import find_modes as solve_modes
from ..progress import Progress
from ..units import NORMAL_NODE

if TYPE_CHECKING:
    from ..gain import Pump
    from ..lasing.outcomes.spreads import Prediction
    from ..lasing.pulses.pulse_memory import PulseMemory


# Of the comb's spacing, over which a threshold repeats itself: its slope is taken on a straight
# piece.
_LARGEST_MOVE = 0.05
# Below it the comb has not moved: the two searches for a mode differ by their rounding.
_LEAST_MOVE_NM = 1e-6
# Times the nominal lasing threshold: an uncertain number seldom moves it by half.
_FAR_ENOUGH = 1.5


def find_modes(design: Design, progress: Progress | None = None) -> ModeSet:
    """Modes of a design's cavity; where its numbers carry spreads, with the standard deviations
    that follow.

    Parameters
    ----------
    design : Design
        From `load_design` or `parse_design`.
    progress : callable, optional
        Called with a message and the fraction done, 0 to 1.

    Returns
    -------
    ModeSet
        Wavelengths in nm with their errors, losses, and fields at any point.

    Raises
    ------
    SolverError
        If the computation cannot reach an answer; the text says what to change.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> len(cd.find_modes(ball))
    1
    """
    if not design.spreads:
        return _seen(solve_modes(design.cavity, design.modes, progress), design, progress)
    from ..design.varied import cavity_spreads
    from ..modes.changes.uncertainty import with_spreads

    def thresholds(modes: ModeSet, cavity: Cavity) -> dict[str, dict[str, float]]:
        return {} if design.medium is None else static_thresholds(modes, design, cavity)

    spreads = cavity_spreads(design)
    found = solve_modes(design.cavity, design.modes, progress)
    effects = _effects_on_thresholds(found, design)
    return _seen(with_spreads(found, design.modes, spreads, thresholds, effects), design, progress)


def _seen(found: ModeSet, design: Design, progress: Progress | None) -> ModeSet:
    """The modes with what the laboratory sees of each, where the design asks for it."""
    if design.temperature is not None:
        from ..modes.thermal.warming import with_thermal_shift

        found = with_thermal_shift(found, design.cavity, design.temperature)
    if design.deviation is not None:
        from .deviated import with_doublets

        found = with_doublets(found, design, progress)
    if design.sensing is not None:
        from ..modes.sensing.sense import with_sensing

        found = with_sensing(found, design.sensing)
    if design.collection is None:
        return found
    from ..modes.derived.collected import beside_fit, with_collected

    seen = with_collected(found, design.collection)
    return seen if design.medium is None else beside_fit(seen, design.medium.laser_collection)


def _effects_on_thresholds(found: ModeSet, design: Design) -> list[dict[str, dict[str, float]]]:
    """What one standard deviation of each number outside the cavity changes in the static
    thresholds.
    """
    from ..design.varied import beside, moves_modes

    if design.medium is None:
        return []
    effects = []
    for key, sd in design.spreads.items():
        if moves_modes(key):
            continue
        pair = beside(design, key, NORMAL_NODE * sd)
        low, high = (
            static_thresholds(found, side, design.cavity) for side in (pair.lower, pair.upper)
        )
        effects.append(
            {
                label: {
                    name: sd * (high[label][name] - value) / pair.width
                    for name, value in row.items()
                    if name in high[label]
                }
                for label, row in low.items()
                if label in high
            }
        )
    return effects


def static_thresholds(
    modes: ModeSet, design: Design, cavity: Cavity | None = None
) -> dict[str, dict[str, float]]:
    """Where each mode starts to lase when it is alone: gain equals loss, without a light curve.

    Parameters
    ----------
    modes : ModeSet
        Modes of the design, from `find_modes`.
    design : Design
        Gives the medium, the pump and the rule for Q.
    cavity : Cavity, optional
        Of the modes, where it is not the design's.

    Returns
    -------
    dict of str to dict
        By mode label: threshold_gain_per_cm (material gain that balances the loss, first order),
        and gain_equals_loss_mj_cm2 (fluence at which the dark gain reaches it; gain_equals_loss_uw
        under continuous light) unless it never does. Modes without loss or without field in the
        doped region are left out.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> tables = {
    ...     "gain": {"medium": "rhodamine-6G-PMMA"},
    ...     "pump": {
    ...         "kind": "continuous", "photons": 1, "wavelength_nm": 532.0, "power_uw": [1, 200]
    ...     },
    ...     "lasing": {"quality": 1e5, "families": "asked", "comb_phases": 0},
    ... }
    >>> asked = {"wavelength_nm": 597.0, "azimuthal_order": 42}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.49}, **asked, **tables)
    >>> found = cd.static_thresholds(cd.find_modes(ball), ball)
    >>> round(found["TM 42 1 0"]["gain_equals_loss_uw"])
    26
    """
    from ..lasing.steady.static_outcomes import static_outcomes

    return static_outcomes(
        modes,
        design.lasing.quality,
        design.needed_medium(),
        design.pump,
        cavity or design.cavity,
    )


def predict_lasing(modes: ModeSet, design: Design, progress: Progress | None = None) -> Prediction:
    """Whether, where and in how many modes a design lases.

    Parameters
    ----------
    modes : ModeSet
        Modes of the design, from `find_modes`.
    design : Design
        Gives the medium, the pump and the request.
    progress : callable, optional
        Called with a message and the fraction done, 0 to 1.

    Returns
    -------
    LasingPrediction
        With a calibration or spreads in the design, what they leave of it stands beside it.

    Raises
    ------
    InputError
        If the design has no gain medium, no mode lies under the gain, or the medium and the pump do
        not fit each other.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> tables = {
    ...     "gain": {"medium": "rhodamine-6G-PMMA"},
    ...     "pump": {
    ...         "kind": "continuous", "photons": 1, "wavelength_nm": 532.0, "power_uw": [1, 200]
    ...     },
    ...     "lasing": {"quality": 1e5, "families": "asked", "comb_phases": 0},
    ... }
    >>> asked = {"wavelength_nm": 597.0, "azimuthal_order": 42}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.49}, **asked, **tables)
    >>> found = cd.predict_lasing(cd.find_modes(ball), ball)
    >>> found.regime.name, round(found.thresholds.lasing)
    ('single', 26)
    """
    from ..lasing.pulses.pulse_memory import PulseMemory

    design.needed_medium()
    from .competing import competing_modes

    if design.samples is not None:
        from .calibrated_lasing import designs_of_draws

        designs_of_draws(design)  # a draw that the design does not allow is told at once
    competitors = competing_modes(modes, design)
    share = 1.0 / (1 + 2 * len(design.spreads))

    def first(message: str, done: float) -> None:
        if progress is not None:
            progress(message, share * done)

    memory = PulseMemory()
    found = _predicted(competitors.modes, design, memory, first)
    found = replace(found, warnings=(*competitors.words, *found.warnings))
    if design.samples is not None:
        from ..lasing import LasingPrediction
        from .calibrated_lasing import lasing_over_draws

        if not isinstance(found, LasingPrediction):
            raise InputError("gain.samples: draws of a calibration are of pulses, not of power_uw")
        found = replace(found, calibrated=lasing_over_draws(modes, design, progress))
    if not design.spreads:
        return found
    return _with_lasing_spread(found, competitors.modes, design, memory, progress)


def _predicted(
    modes: ModeSet, design: Design, memory: PulseMemory, progress: Progress | None = None
) -> Prediction:
    from ..lasing.by_pump import predict_by_pump

    return predict_by_pump(
        modes,
        design.needed_medium(),
        design.pump,
        design.lasing,
        cavity=design.cavity,
        progress=progress,
        memory=memory,
    )


def _with_lasing_spread(
    nominal: Prediction,
    modes: ModeSet,
    design: Design,
    memory: PulseMemory,
    progress: Progress | None,
) -> Prediction:
    """The prediction with what the uncertain numbers leave in it: two further predictions for each
    that changes their inputs.
    """
    from ..design.varied import beside, moves_modes
    from ..lasing.outcomes.spreads import UncertainNumber, lasing_spread

    comb_sd = max((mode.extra.get("wavelength_sd_nm") or 0.0 for mode in modes), default=0.0)
    spacing = None if nominal.comb is None else nominal.comb.spacing_nm
    # Thresholds repeat with the comb's spacing: their slopes are taken where the comb moves by a
    # small part of it.
    share = (
        1.0 if spacing is None or comb_sd == 0.0 else min(1.0, _LARGEST_MOVE * spacing / comb_sd)
    )
    numbers, warnings = [], list(nominal.warnings)
    for index, (key, sd) in enumerate(design.spreads.items()):
        if progress is not None:
            progress(f"spread of {key}", (1 + 2 * index) / (1 + 2 * len(design.spreads)))
        pair = beside(design, key, share * NORMAL_NODE * sd)
        sides, waves = [], []
        for side in (pair.lower, pair.upper):
            moved = _moved(modes, side) if moves_modes(key) else modes
            request = replace(side.lasing, comb_phases=0, exact_thresholds=0)
            waves.append({mode.label: mode.wavelength_nm for mode in moved})
            pump = _reaching(side.pump, nominal.thresholds.lasing)
            sides.append(_predicted(moved, replace(side, lasing=request, pump=pump), memory))
        moves = any(
            abs(wave - waves[1].get(label, wave)) > _LEAST_MOVE_NM
            for label, wave in waves[0].items()
        )
        numbers.append(UncertainNumber(key, sides[0], sides[1], pair.width / sd, moves))
        if not (moves_modes(key) or any(numbers[-1].effects().values())):
            warnings.append(f"spread of {key}: changes neither thresholds nor regime here")
    if share < 1.0:
        text = f"the spreads move the comb by {comb_sd / (spacing or comb_sd):.2g} of its spacing"
        warnings.append(
            f"{text}: those of the thresholds are for its computed place; the regime's "
            "probability has it moved"
        )
    spread = lasing_spread(
        nominal,
        design.lasing,
        numbers,
        comb_sd,
        design.spreads.get(
            "lasing.at_power_uw"
            if design.pump.kind == "continuous"
            else "lasing.at_fluence_mj_cm2",
            0.0,
        ),
    )
    return replace(nominal, spread=spread, warnings=tuple(warnings))


def _moved(modes: ModeSet, side: Design) -> ModeSet:
    """The nominal design's families of modes, solved for a design beside it."""
    from .competing import competing_request

    if side.lasing.families == "asked" or isinstance(side.cavity, SectionCavity):
        return solve_modes(side.cavity, side.modes)
    families = {(mode.polarisation, mode.p, mode.q) for mode in modes}
    found = solve_modes(side.cavity, competing_request(side, modes))
    same = [mode for mode in found if (mode.polarisation, mode.p, mode.q) in families]
    return replace(found, modes=tuple(same))


def _reaching(pump: Pump, lasing: float | None) -> Pump:
    """The pump with a range that shows the lasing threshold beside an uncertain number too, where
    it shows the nominal one.
    """
    reach = _FAR_ENOUGH * (lasing or 0.0)
    if pump.kind == "continuous":
        return replace(pump, power_uw=(pump.power_uw[0], max(pump.power_uw[1], reach)))
    low, high = pump.fluence_mj_cm2
    return replace(pump, fluence_mj_cm2=(low, max(high, reach)))
