"""What the error bars of the modes leave open of a list: which modes they are, and whether they lie
in the range.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ...units import wavelength_nm
from ..label import Label
from ..mode import Mode
from ..mode_set import ModeRequest
from ..solver.solved import SolvedClass

_OF_BARS = 3.0  # what is within so many error bars may be so: true errors stay below it
_SHOWN = 4  # labels of one line


def undecided(
    request: ModeRequest, results: Sequence[SolvedClass], modes: Sequence[Mode]
) -> list[str]:
    """A line for the modes not known to better than the spacing of azimuthal orders, and one for
    those, listed or not, that may lie on either side of an end of the range. A list of such modes
    is no complete one.
    """
    return [*_not_told_apart(modes), *_at_the_ends(request, results, modes)]


def _not_told_apart(modes: Sequence[Mode]) -> Iterator[str]:
    """Modes within whose error bars the middle between two azimuthal orders lies."""
    wide = [mode for mode in modes if _OF_BARS * mode.wavelength_error_nm > 0.5 * _spacing_nm(mode)]
    if wide:
        worst = max(wide, key=lambda mode: mode.wavelength_error_nm / _spacing_nm(mode))
        yield (
            f"{_named([mode.label for mode in wide])}: error bars of up to "
            f"{worst.wavelength_error_nm:.2g} nm, where one azimuthal order is "
            f"{_spacing_nm(worst):.2g} nm from the next: whether other modes lie in their places "
            "is not known, and the list is not called complete"
        )


def _spacing_nm(mode: Mode) -> float:
    """Distance from a mode to the next azimuthal order."""
    return abs(mode.fsr_nm) if mode.fsr_nm else mode.wavelength_nm / mode.m


def _at_the_ends(
    request: ModeRequest, results: Sequence[SolvedClass], modes: Sequence[Mode]
) -> Iterator[str]:
    """Modes that lie within three error bars of an end of the range."""
    if request.azimuthal_order is not None:
        return
    at = {mode.label: (mode.wavelength_nm, mode.wavelength_error_nm) for mode in modes}
    for result in results:
        for raw in result.modes:
            label = str(Label(result.seed.polarisation, raw.m, result.seed.p, raw.q))
            if result.alone in (None, raw.m) and label not in at:
                here = wavelength_nm(raw.k_absorbing_per_um.real)
                at[label] = here, here * result.relative_error(raw)
    near = [
        label
        for label, (here, bar) in at.items()
        if any(abs(here - end) < _OF_BARS * bar for end in request.range_nm)
    ]
    if near:
        yield (
            f"{_named(near)}: within three error bars of an end of the range: whether inside or "
            "outside is not known, and the list is not called complete"
        )


def _named(labels: Sequence[str]) -> str:
    return ", ".join(labels[:_SHOWN]) + (", ..." if len(labels) > _SHOWN else "")
