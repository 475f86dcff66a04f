"""What a deviation from roundness does to each mode of a set."""

from __future__ import annotations

import cmath
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ...progress import Progress
from ...units import PM_PER_NM
from ..changes.first_order import window_problem
from ..each_asked import each_asked
from ..label import Label
from ..mode import Mode
from ..mode_set import ModeSet
from .deviated_mode import DeviatedMode, Mixed
from .deviation_spec import Deviation
from .expansion import Expanded, Expansion
from .mixing import mixed_modes
from .particle import RAYLEIGH_UP_TO, Scattered, particle_scattering
from .possible import check_deviation
from .roomy_window import roomy
from .sector import Points
from .shape import Displacement, Group, groups_of

# Of the given size, where the leading order is read off. After the one correction made there, terms
# of fourth order are left that are m times those of a converged shift: at 0.1 they bent powers.
_SMALL = 0.02
_UNCLEAR = 0.1  # off a whole number, from which on a power is not told: another one is as large
_OFF = 0.01  # of the shift: the leading order is said to end where it is off by so much
_UNSETTLED = 0.01  # of the shift, by which the last correction may change it without a word
# log10 Q below which an absorbing layer tells what a deviation does to radiation
_LAYER_TELLS = 9.0
# Decades by which radiation must be below all loss for a Q to be told without it: an ellipse of
# 0.11 at m = 29, which moves the mode by 0.04 of the spacing, raises radiation by 2.9 decades.
_RADIATION_BELOW = 6.0
# Share of the energy of one neighbour, above which it nearly has the same wavelength.
_STRONG = 0.05
_NO_SHIFT = 1e-13  # relative: rounding


def deviated_mode(mode: Mode, deviation: Deviation) -> DeviatedMode:
    """The doublet that a mode becomes.

    Raises
    ------
    InputError
        If the cavity has no outline, no fibre that could be off the axis, or the deviation is too
        large for it.
    SolverError
        If the mode was read from a file.
    """
    raw = mode.solved()
    check_deviation(raw.problem.cavity, deviation)
    groups = groups_of(deviation)
    label = Label(mode.polarisation, mode.m, mode.p, mode.q)
    driven = [abs(mode.m - k) for group in groups for k in group.harmonics]
    roomier = roomy(raw, min(driven, default=mode.m), label, deviation)
    points = Points.of(window_problem(roomier), roomier.eps)
    expansion = Expansion(roomier, points, Displacement.of(points))
    found = [expansion.expanded(group) for group in groups]
    particle = Scattered(0.0, (0.0, 0.0), 0.0)
    if deviation.particle.radius_nm > 0.0:
        particle = particle_scattering(roomier, deviation.particle)
    pair = _pair(found, particle)
    leading = _leading(expansion, groups, found)
    parts = {m: part for one in found for m, part in one.parts.items()}
    radiation = mode.losses.radiation
    tells = roomier.problem.is_complex and radiation is not None and radiation < _LAYER_TELLS
    k = complex(roomier.k_per_um)
    pair = (pair[0] * k / k.real, pair[1] * k / k.real)  # of the real part: k of a leaky mode turns
    waves = tuple(mode.wavelength_nm * (1.0 - one.real) for one in pair)
    spacing = 1.0 / mode.m if mode.fsr_nm is None else mode.fsr_nm / mode.wavelength_nm
    settled = max((float(one.settled * abs(one.mean)) for one in found), default=0.0)
    return DeviatedMode(
        mode.label,
        (waves[0], waves[1]),
        tuple(_log10_q(mode, one, found, k, tells) for one in pair),  # type: ignore[arg-type]
        PM_PER_NM * (0.5 * (waves[0] + waves[1]) - mode.wavelength_nm),
        PM_PER_NM * (waves[0] - waves[1]),
        leading.shift_power,
        leading.splitting_power,
        leading.error,
        leading.up_to,
        PM_PER_NM * mode.wavelength_nm * settled,
        mixed_modes(expansion.orders, parts, spacing),
        tells or not groups,
        particle.size,
    )


def with_deviated(
    modes: ModeSet, deviation: Deviation, progress: Progress | None = None
) -> ModeSet:
    """The modes with what the deviation does to each; a warning says where that is not known.

    Parameters
    ----------
    modes : ModeSet
        With their fields.
    deviation : Deviation
    progress : callable or None
        Called with a message and a fraction.

    Returns
    -------
    ModeSet
    """
    found = each_asked(
        modes,
        lambda mode: replace(mode, deviated=deviated_mode(mode, deviation)),
        progress=progress,
    )
    return replace(found, warnings=(*found.warnings, *_caveats(found.modes, deviation)))


def _caveats(modes: Sequence[Mode], deviation: Deviation) -> tuple[str, ...]:
    """What the results cannot say, once for all modes."""
    known = [mode.deviated for mode in modes if mode.deviated is not None]
    if not known:
        return ()
    out = []
    worst = max(known, key=lambda one: one.leading_order_error)
    if worst.leading_order_error > _OFF:
        power = worst.shift_power or worst.splitting_power or 1.0
        name = "first order" if power < 1.5 else "second order"
        out.append(
            f"deviation: {name} is off by {100 * worst.leading_order_error:.2g} % at this size "
            f"({worst.label}); it holds to 1 % up to {worst.leading_order_up_to:.2g} of it. The "
            "numbers shown go beyond it"
        )
    unsettled = max(known, key=lambda one: one.numerical_error_pm / (abs(one.shift_pm) + 1e-30))
    if unsettled.numerical_error_pm > _UNSETTLED * abs(unsettled.shift_pm):
        out.append(
            f"deviation: too large for this expansion; the shift of {unsettled.label} is known "
            f"within {unsettled.numerical_error_pm:.2g} pm only"
        )
    for one in known:
        near = [part for part in one.mixed if part.share > _STRONG and _is_neighbour(one, part)]
        if near:
            out.append(
                f"deviation: {near[0].label} lies so near to {one.label} that it is mixed in with "
                f"{100 * near[0].share:.2g} % of the energy: shift and splitting are rough there"
            )
            break
    if any(not one.radiation_known for one in known):
        silent = [one.label for one in known if None in one.log10_q]
        end = (
            f"the Q of {silent[0]}{' and others' if silent[1:] else ''} is left out, as radiation "
            "may decide it"
            if silent
            else "other losses are a million times as large and decide there"
        )
        out.append(f"deviation: what it does to a radiative Q above 10^9 is not computed; {end}")
    if deviation.moves_fibre and all(abs(one.shift_pm) < 1e-9 for one in known):
        out.append("deviation: the field does not reach the fibre, whose place changes nothing")
    size = max(one.particle_size for one in known)
    if size > RAYLEIGH_UP_TO:
        out.append(
            f"deviation: the particle is no Rayleigh scatterer (2 pi n a / lambda = {size:.2g}); "
            f"above {RAYLEIGH_UP_TO:g} shift and width are estimates"
        )
    return tuple(out)


def _is_neighbour(mode: DeviatedMode, part: Mixed) -> bool:
    """Whether a part is of another family: its own has a phase that runs ahead and behind."""
    return mode.label.split()[2:] != part.label.split()[2:]


def _pair(found: list[Expanded], particle: Scattered) -> tuple[complex, complex]:
    """Relative changes of k0 of the two standing waves, the longer wavelength first."""
    mean = particle.each + sum((one.mean for one in found), 0.0j)
    there, back = particle.couplings
    for one in found:
        there, back = there + one.couplings[0], back + one.couplings[1]
    half = cmath.sqrt(there * back)
    first, second = sorted((mean - half, mean + half), key=lambda one: one.real)
    return first, second


@dataclass(frozen=True)
class _Leading:
    """Powers of the size, and how far they carry."""

    shift_power: float | None
    splitting_power: float | None
    error: float
    up_to: float


def _leading(expansion: Expansion, groups: list[Group], found: list[Expanded]) -> _Leading:
    """How shift and splitting grow with the size where it is small, found from two small sizes."""
    if not groups:
        return _Leading(None, None, 0.0, math.inf)
    sizes = (_SMALL, 0.5 * _SMALL)
    small = [
        [expansion.expanded(replace(g, deviation=g.deviation.scaled(s)), 1) for g in groups]
        for s in sizes
    ]

    def totals(rows: list[Expanded]) -> tuple[float, float]:
        coupling = sum((one.couplings[0] for one in rows), 0.0j)
        return sum(one.mean.real for one in rows), abs(coupling)

    whole, larger, smaller = totals(found), totals(small[0]), totals(small[1])
    powers: list[float | None] = []
    errors = []
    for now, one, other in zip(whole, larger, smaller, strict=True):
        if min(abs(one), abs(other)) < _NO_SHIFT or one / other <= 0.0:
            powers.append(None)
            continue
        power = math.log2(one / other)
        if abs(power - round(power)) > _UNCLEAR:
            powers.append(None)
            continue
        powers.append(power)
        leading = one / _SMALL ** round(power)
        errors.append((abs(now), abs(leading / now - 1.0) if now else 0.0, round(power)))
    if not errors:
        return _Leading(powers[0], powers[1], 0.0, math.inf)
    _, error, order = max(errors)
    # the next term is one power higher beside a first order, two beside a second
    up_to = math.inf if error == 0.0 else (_OFF / error) ** (1.0 if order == 1 else 0.5)
    return _Leading(powers[0], powers[1], error, up_to)


def _log10_q(
    mode: Mode, change: complex, found: list[Expanded], k: complex, tells: bool
) -> float | None:
    """log10 of the total Q of one standing wave; None where unknown radiation may decide.

    `change` is that of k over its real part.
    """
    total, radiation = mode.losses.total, mode.losses.radiation
    unknown = found and not tells and radiation is not None and total is not None
    if unknown and radiation - total < _RADIATION_BELOW:  # type: ignore[operator]
        return None
    round_loss = 0.0 if total is None else 10.0**-total
    # -2 Im k / Re k of the moved k less that of the round one
    added = -2.0 * (change.imag - change.real * k.imag / k.real) / (1.0 + change.real)
    if not tells:  # of closed windows nothing but the particle has an imaginary part
        added += 2.0 * sum(one.mean.imag for one in found) if found else 0.0
    loss = round_loss + added
    return math.log10(1.0 / loss) if loss > 0.0 else total
