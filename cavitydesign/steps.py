"""The steps from a design to its answer, each usable alone."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from .design_file import Design
from .geometry.cavity import Cavity
from .modes import ModeSet
from .modes import find_modes as solve_modes

if TYPE_CHECKING:
    from .lasing import LasingPrediction

Progress = Callable[[str, float], None]


def find_modes(design: Design, progress: Progress | None = None) -> ModeSet:
    """Modes of a design's cavity; where its numbers carry spreads, with the standard deviations that follow.

    Parameters
    ----------
    design : Design
        From `load_design` or `parse_design`.
    progress : callable, optional
        Called with a message and the fraction done, 0 to 1.

    Raises
    ------
    SolverError
        If the computation cannot reach an answer; the text says what to change.
    """
    found = solve_modes(design.cavity, design.modes, progress)
    if not design.spreads:
        return found
    from .design_file.varied import cavity_spreads
    from .modes.uncertainty import with_spreads

    def thresholds(modes: ModeSet, cavity: Cavity) -> dict[str, dict[str, float]]:
        return static_thresholds(modes, design, cavity)

    return with_spreads(found, design.modes, cavity_spreads(design), thresholds)


def static_thresholds(modes: ModeSet, design: Design, cavity: Cavity | None = None) -> dict[str, dict[str, float]]:
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
        By mode label: threshold_gain_per_cm (material gain that balances the loss, first order), and gain_equals_loss_mj_cm2
        (fluence at which the dark gain reaches it) unless it never does. Modes without loss or without field in the doped
        region are left out.
    """
    from .lasing.static_outcomes import static_outcomes

    return static_outcomes(modes, design.lasing.quality, design.medium, design.pump, cavity or design.cavity)


def predict_lasing(modes: ModeSet, design: Design, progress: Progress | None = None) -> LasingPrediction:
    """Whether, where and in how many modes a design lases.

    Parameters
    ----------
    modes : ModeSet
        Modes of the design, from `find_modes`.
    design : Design
        Gives the medium, the pump and the request.
    progress : callable, optional
        Called with a message and the fraction done, 0 to 1.

    Raises
    ------
    InputError
        If no mode lies under the gain, or the medium and the pump do not fit each other.
    """
    from .lasing import predict_lasing as predict

    return predict(modes, design.medium, design.pump, design.lasing, cavity=design.cavity, progress=progress)
