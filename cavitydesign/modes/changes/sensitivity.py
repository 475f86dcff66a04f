"""Derivatives of what a mode carries, with respect to a change of its cavity.

The wavelength, and by it the free spectral range, come from the solved field to first order
(`first_order`): derivatives of the discrete eigenvalue, with its own relative error (below 1e-6 at
an asked accuracy of 1e-6) and 2e-7 for the finite step of the map. Quality factors and confinements
come from solves on either side at a relative accuracy of 1e-7; their errors are nearly the same on
both and cancel (measured on a sphere of 15 um against the exact one, d/dn: log10 Q 4e-9,
confinement 4e-5 of themselves).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...errors import InputError, SolverError
from ...geometry.cavity import Cavity
from ...mesh.section_cavity import SectionCavity
from ..estimates.seeds import family_seed
from ..find import find_modes
from ..finish import finished_modes, sure_modes
from ..losses.budget import LossBudget
from ..mode import Mode
from ..mode_set import ModeRequest
from ..rim.solve import solve_radial_family
from ..solver.snapshot import RawMode
from ..stopwatch import Stopwatch
from .change import CavityChange
from .first_order import polished, wavelength_derivative_nm

_ACCURACY_OF_SIDES = 1e-7  # of designs beside the nominal one, whose differences are taken


@dataclass(frozen=True)
class ModeDerivative:
    """Derivatives of one mode per unit of one changed quantity.

    Attributes
    ----------
    name : str
        The quantity, with its unit.
    wavelength_nm : float
    fsr_nm : float or None
        None where the neighbour m + 1 was not solved.
    log10_q : mapping of str to float
        radiation, absorption, scattering, total: those the mode has; empty if losses were not asked
        for.
    confinement : mapping of str to float
        By region; empty if losses were not asked for.
    """

    name: str
    wavelength_nm: float
    fsr_nm: float | None
    log10_q: Mapping[str, float] = field(default_factory=dict)
    confinement: Mapping[str, float] = field(default_factory=dict)


def solved_mode(mode: Mode) -> RawMode:
    """The solved vector behind a mode.

    Raises
    ------
    InputError
        If the mode does not come from `find_modes`.
    """
    if mode.raw is None:
        raise InputError(f"mode {mode.label}: has no solved field; take it from find_modes")
    return mode.raw


def wavelength_derivatives(mode: Mode, change: CavityChange) -> ModeDerivative:
    """Derivatives of wavelength and free spectral range of a mode; no new solve.

    Parameters
    ----------
    mode : Mode
        From `find_modes`.
    change : CavityChange
        From `change`: `diameter_change`, `axial_radius_change`, `outline_change`,
        `fibre_radius_change`, `index_change`, `temperature_change`, or any two cavities.

    Raises
    ------
    InputError
        If the mode has no solved field, or the change has other regions or moves the shape of a
        section file.
    """
    here = wavelength_derivative_nm(polished(solved_mode(mode)), change)
    there = (
        None if mode.raw_next is None else wavelength_derivative_nm(polished(mode.raw_next), change)
    )
    return ModeDerivative(change.name, here, None if there is None else here - there)


def derivatives(mode: Mode, change: CavityChange) -> ModeDerivative:
    """Derivatives of wavelength, free spectral range, quality factors and confinements of a mode.

    Parameters
    ----------
    mode, change
        As for `wavelength_derivatives`.

    Raises
    ------
    InputError
        As `wavelength_derivatives`.
    SolverError
        If the mode is lost on one of the two sides.
    """
    first = wavelength_derivatives(mode, change)
    lower, upper = (same_mode(mode, cavity) for cavity in (change.lower, change.upper))
    return ModeDerivative(
        first.name,
        first.wavelength_nm,
        first.fsr_nm,
        _slopes(lower, upper, change.width),
        _shares(lower, upper, change.width),
    )


def all_derivatives(mode: Mode, changes: Sequence[CavityChange]) -> dict[str, ModeDerivative]:
    """`derivatives` for several changes, by name.

    Parameters
    ----------
    mode : Mode
        With its field.
    changes : sequence of CavityChange

    Returns
    -------
    dict of str to ModeDerivative
    """
    return {change.name: derivatives(mode, change) for change in changes}


def same_mode(mode: Mode, cavity: Cavity, relative_accuracy: float = _ACCURACY_OF_SIDES) -> Mode:
    """The mode of the same label in a slightly different cavity.

    Raises
    ------
    SolverError
        If there is none.
    """
    request = ModeRequest(
        polarisation=mode.polarisation,
        wavelength_nm=mode.wavelength_nm,
        span_nm=None,
        azimuthal_order=mode.m,
        radial_orders=mode.p,
        axial_orders=mode.q + 1,
        relative_accuracy=relative_accuracy,
    )
    for found in _candidates(mode, cavity, request):
        if found.label == mode.label:
            return found
    raise SolverError(
        f"{mode.label}: not found in the changed cavity; a smaller change, or an avoided crossing "
        "nearby"
    )


def _candidates(mode: Mode, cavity: Cavity, request: ModeRequest) -> Iterator[Mode]:
    """Modes among which the label is looked for: of its radial family alone, in a window."""
    if isinstance(cavity, SectionCavity):
        yield from find_modes(cavity, request)
        return
    seed = family_seed(cavity, request, mode.polarisation, mode.p)
    for solved in solve_radial_family(cavity, request, seed, Stopwatch()):
        yield from sure_modes(finished_modes(request, solved))[0]


def _log10_q(losses: LossBudget) -> dict[str, float]:
    values = losses.to_json_dict()
    return {name: value for name, value in values.items() if value is not None}


def _slopes(lower: Mode, upper: Mode, width: float) -> dict[str, float]:
    low, high = _log10_q(lower.losses), _log10_q(upper.losses)
    return {name: (high[name] - low[name]) / width for name in low if name in high}


def _shares(lower: Mode, upper: Mode, width: float) -> dict[str, float]:
    return {
        name: (upper.confinement[name] - share) / width for name, share in lower.confinement.items()
    }
