"""A mode as the rate equations see it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from ...errors import InputError
from ...geometry.cavity import Cavity
from ...modes.label import Label
from ...modes.mode import Mode
from ...units import NM_PER_UM, SPEED_OF_LIGHT_UM_PER_PS
from ..steady.exact_threshold import exact_threshold_gain_per_cm


@dataclass(frozen=True)
class EmpiricalQuality:
    """Q proportional to the diameter: a rule read off measured line widths, not a prediction.

    Parameters
    ----------
    per_um : float
        Q for each um of diameter (24 for the published cavities).
    """

    per_um: float


# Energy decays as exp(-2 pi t / (T Q)), T the period: with Q = 1 in a sixth of a period.
_LEAST_QUALITY = 1.0

Quality = str | float | EmpiricalQuality | Mapping[str, float]


@dataclass(frozen=True)
class LasingMode:
    """What gain and lasing need to know of one mode.

    Parameters
    ----------
    label : str
        Polarisation m p q.
    wavelength_nm : float
    confinement : float
        Share of int eps |E|^2 in the doped region.
    group_index : float
        Group index of the energy: a gain g in the doped region makes the photons grow at
        confinement c g / group_index. That is n Gamma_j n_gj / n_j summed over the regions, not the
        group index of the comb, which counts the path along the rim.
    q_passive : float
        Quality factor without emitters; their absorption is in the gain and must not be counted
        here.
    mode_volume_um3 : float
    polarisation : str
    m, p, q : int
    fsr_nm : float or None
        To the next mode of the family.
    energy_fraction : mapping of str to float
        axial, radial, azimuthal.
    extended : bool
        True for a mode extrapolated from the edge of the solved comb.
    threshold_gain_exact_per_cm : float or None
        Threshold gain by the complex eigenproblem, where the field solver supplied it.
    threshold_gain_sd_per_cm : float or None
        Standard deviation that the spreads of the cavity's numbers leave in the first-order
        threshold gain.
    gain_equals_loss_sd_mj_cm2 : float or None
        The same of the fluence at which gain equals loss.
    """

    label: str
    wavelength_nm: float
    confinement: float
    group_index: float
    q_passive: float
    mode_volume_um3: float = math.nan
    polarisation: str = "TM"
    m: int = 0
    p: int = 1
    q: int = 0
    fsr_nm: float | None = None
    energy_fraction: Mapping[str, float] = field(default_factory=dict, compare=False)
    extended: bool = False
    threshold_gain_exact_per_cm: float | None = None
    threshold_gain_sd_per_cm: float | None = None
    gain_equals_loss_sd_mj_cm2: float | None = None

    def __post_init__(self) -> None:
        for name in ("wavelength_nm", "group_index", "q_passive"):
            if not getattr(self, name) > 0:
                raise InputError(
                    f"mode {self.label}: {name} {getattr(self, name)!r} must be positive"
                )
        if not 0 <= self.confinement <= 1:
            raise InputError(
                f"mode {self.label}: confinement {self.confinement!r} must lie from 0 to 1"
            )

    @property
    def loss_rate_per_ps(self) -> float:
        """Photon loss rate 2 pi c / (lambda Q)."""
        return (
            2.0
            * math.pi
            * SPEED_OF_LIGHT_UM_PER_PS
            * NM_PER_UM
            / (self.wavelength_nm * self.q_passive)
        )

    @property
    def family(self) -> tuple[str, int, int]:
        """Polarisation, p and q."""
        return self.polarisation, self.p, self.q

    def next_in_comb(self, step: int, spacing_nm: float) -> LasingMode:
        """The mode of the same family `step` azimuthal orders further, `spacing_nm` away."""
        m = self.m + step
        label = str(Label(self.polarisation, m, self.p, self.q))
        # What was solved for this mode alone does not hold for its neighbour.
        return replace(
            self,
            label=label,
            m=m,
            wavelength_nm=self.wavelength_nm + spacing_nm,
            extended=True,
            threshold_gain_exact_per_cm=None,
            threshold_gain_sd_per_cm=None,
            gain_equals_loss_sd_mj_cm2=None,
        )


def quality_rule(quality: Quality) -> str | float | EmpiricalQuality:
    """The rule in a form that hashes: "budget", an `EmpiricalQuality`, or a number.

    Raises
    ------
    InputError
        If the rule is not known or not positive.
    """
    allowed = '"budget", { per_um = 24.0 } or a number'
    if isinstance(quality, str):
        if quality != "budget":
            raise InputError(f"lasing.quality: {quality!r} is not allowed; {allowed}")
        return quality
    if isinstance(quality, Mapping):
        if set(quality) != {"per_um"}:
            raise InputError(f"lasing.quality: {dict(quality)!r} is not allowed; {allowed}")
        quality = EmpiricalQuality(quality["per_um"])
    value = quality.per_um if isinstance(quality, EmpiricalQuality) else quality
    # A bool is an int in Python, and `quality = true` would be a Q of 1.
    if (
        isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not (math.isfinite(value) and value > 0)
    ):
        raise InputError(f"lasing.quality: {value!r} must be a positive number")
    return quality


def quality_factor(quality: Quality, diameter_um: float, budget: float | None) -> float:
    """Passive Q by the rule, given the Q of the solved budget (None: the mode has no loss).

    Raises
    ------
    InputError
        If the rule is not allowed, or the budget is asked for and has no loss.
    """
    rule = quality_rule(quality)
    if isinstance(rule, str):
        if budget is None:
            raise InputError(
                "lasing.quality: the mode has no loss at all; give a number, { per_um = ... } or "
                "cavity.roughness_nm"
            )
        return budget
    found = rule.per_um * diameter_um if isinstance(rule, EmpiricalQuality) else float(rule)
    if found < _LEAST_QUALITY:
        raise InputError(
            f"lasing.quality: Q = {found:g} must be {_LEAST_QUALITY:g} or more; below, "
            "light leaves within a sixth of its period, and there is no mode"
        )
    return found


def energy_group_index(mode: Mode, cavity: Cavity, doped_region: str) -> float:
    """Group index for the growth of the energy, n_doped sum_j Gamma_j n_gj / n_j over the regions
    j.

    From the perturbation dw/w = - int d(eps) |E|^2 / int |E|^2 (1/w) d(w^2 eps)/dw, which for a
    gain in the doped region of index n gives the rate Gamma c g / n_g with this n_g.

    Parameters
    ----------
    mode : Mode
    cavity : Cavity
        Its media, with their dispersion.
    doped_region : str
        Region that holds the emitters.

    Returns
    -------
    float

    Raises
    ------
    InputError
        If the cavity has no such region.
    """
    media = dict(cavity.regions)
    if doped_region not in media:
        raise InputError(
            f"gain.doped_region: {doped_region!r} is not a region of the cavity; {', '.join(media)}"
        )
    wavelength_nm = mode.wavelength_nm
    # The shares need not add up to one exactly; their sum stands for all of the energy.
    total = sum(mode.confinement.values())
    ratio = 0.0
    for name, share in mode.confinement.items():
        if name in media:
            medium = media[name]
            ratio += share * medium.group_index(wavelength_nm) / medium.index(wavelength_nm)
    return float(media[doped_region].index(wavelength_nm) * ratio / total)


def lasing_mode(
    mode: Mode,
    quality: Quality,
    diameter_um: float,
    doped_region: str = "body",
    group_index: float = 1.525,
    *,
    exact_threshold: bool = True,
) -> LasingMode:
    """The view of one solved mode that the rate equations use.

    Parameters
    ----------
    mode : Mode
    quality : "budget", {"per_um": number} or number
    diameter_um : float
    doped_region : str
        Region that holds the emitters.
    group_index : float
        Energy group index, see `energy_group_index`.
    exact_threshold : bool
        Whether to solve the complex eigenproblem for the threshold gain (some 50 ms).

    Raises
    ------
    InputError
        If the mode has no such region.
    """
    if doped_region not in mode.confinement:
        raise InputError(
            f"gain.doped_region: {doped_region!r} is not a region of mode {mode.label}; "
            f"{', '.join(mode.confinement)}"
        )
    q_passive = quality_factor(quality, diameter_um, mode.q_total)
    return LasingMode(
        label=mode.label,
        wavelength_nm=float(mode.wavelength_nm),
        confinement=min(mode.confinement[doped_region], 1.0),  # shares add up to one to rounding
        group_index=group_index,
        q_passive=q_passive,
        mode_volume_um3=mode.mode_volume_um3,
        polarisation=mode.polarisation,
        m=mode.m,
        p=mode.p,
        q=mode.q,
        fsr_nm=mode.fsr_nm,
        energy_fraction=mode.energy_fraction,
        threshold_gain_exact_per_cm=exact_threshold_gain_per_cm(
            mode, doped_region, None if quality == "budget" else q_passive
        )
        if exact_threshold
        else None,
        threshold_gain_sd_per_cm=mode.extra.get("threshold_gain_sd_per_cm"),
        gain_equals_loss_sd_mj_cm2=mode.extra.get("gain_equals_loss_sd_mj_cm2"),
    )


def lasing_modes(
    modes: Iterable[Mode | LasingMode],
    quality: Quality,
    diameter_um: float,
    doped_region: str = "body",
    host_group_index: float = 1.525,
    cavity: Cavity | None = None,
    *,
    exact_threshold: bool = True,
) -> tuple[LasingMode, ...]:
    """All modes as the rate equations see them; those already in that form pass unchanged.

    With a cavity, each mode gets its own energy group index from the dispersion of the media;
    without one, that of the host.

    Parameters
    ----------
    modes : iterable of Mode or LasingMode
    quality : "budget", {"per_um": number} or number
        Passive Q, see `LasingRequest`.
    diameter_um : float
    doped_region : str
        Region that holds the emitters.
    host_group_index : float
        Serves without a cavity.
    cavity : Cavity or None
    exact_threshold : bool
        Whether the complex eigenproblem gives each threshold gain too (some 50 ms a mode).

    Returns
    -------
    tuple of LasingMode
        In the order given.

    Raises
    ------
    InputError
        If a mode has no such region, or no loss although its budget is asked for.
    """
    found = []
    for mode in modes:
        if isinstance(mode, LasingMode):
            found.append(mode)
            continue
        index = (
            host_group_index if cavity is None else energy_group_index(mode, cavity, doped_region)
        )
        found.append(
            lasing_mode(
                mode, quality, diameter_um, doped_region, index, exact_threshold=exact_threshold
            )
        )
    return tuple(found)
