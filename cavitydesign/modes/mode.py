"""One mode of the cavity, as a result, and what it can be asked from its solved field."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .solved_mode import SolvedMode

if TYPE_CHECKING:
    from ..geometry.surroundings.coupler import Coupler
    from .coupling.coupled_mode import CoupledMode
    from .derived.pattern import EmissionPattern
    from .deviation.deviated_mode import DeviatedMode
    from .deviation.deviation_spec import Deviation
    from .sensing.sensed_mode import SensedMode
    from .sensing.sensing_spec import Sensing


@dataclass(frozen=True, repr=False)
class Mode(SolvedMode):
    """One whispering-gallery mode with azimuthal dependence exp(i m phi).

    Attributes
    ----------
    polarisation : {"TM", "TE"}
        TM: E along the fibre axis (E_z dominates). TE: across it, mostly radial.
    m, p, q : int
        Azimuthal order; extrema along the radius, and along the outline less one.
    wavelength_nm, wavelength_error_nm, n_eff, group_index, fsr_nm, mode_volume_um3 : float
        In vacuum, with the error of the computation; n_eff is m lambda / (pi D).
    energy_fraction, confinement, sensitivity_nm_per_riu : mapping of str to float
        Shares of the energy by direction and by region; d lambda / dn by region.
    losses, deviated, sensed : LossBudget, DeviatedMode, SensedMode
        log10 Q of each loss; what the design's deviation from roundness and its sensor do.
    raw, raw_next : RawMode or None
        The solved vectors of m and m + 1; None of a mode that was read from a file.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> cd.find_modes(ball)[0].label
    'TM 40 1 0'
    """

    def purcell_factor(
        self,
        r_um: ArrayLike,
        z_um: ArrayLike,
        direction: str | ArrayLike = "isotropic",
        emitter_linewidth_nm: float = 0.0,
    ) -> NDArray[np.float64]:
        """How much faster an emitter at a point decays into this mode than in the bulk medium.

        The emitter is a dipole on resonance, weakly coupled; the rate is that into both senses of
        rotation over the whole rate in an unbounded medium of the index at the point. Other modes,
        and what is radiated past all modes, come on top.

        Parameters
        ----------
        r_um, z_um : array_like
            Points, of shapes that broadcast.
        direction : {"isotropic", "radial", "azimuthal", "axial"} or three floats
            Of the dipole, along r, phi and z (these letters will do as well); isotropic: the mean
            over all directions.
        emitter_linewidth_nm : float
            Full width at half maximum of a Lorentzian emission line.

        Returns
        -------
        array
            Pure numbers; NaN where the solved elements hold no field (`field` says why). The
            relative error is that of Q and twice the `relative_error` of `field`, over |E| there
            as a share of its largest value.

        Raises
        ------
        InputError
            In a slice of an infinite cylinder, without any loss, or for a wrong direction.
        SolverError
            If the mode was read from a file.

        References
        ----------
        Purcell, Phys. Rev. 69, 681 (1946); Sauvan, Hugonin, Maksymov and Lalanne, Phys. Rev. Lett.
        110, 237401 (2013).

        Examples
        --------
        >>> import cavitydesign as cd
        >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
        >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
        >>> mode = cd.find_modes(ball)[0]
        >>> bool(mode.purcell_factor(2.8, 0.0) > mode.purcell_factor(3.1, 0.0))
        True
        """
        from .derived.purcell import purcell_at

        return purcell_at(self, r_um, z_um, direction, emitter_linewidth_nm)

    def emission(self) -> EmissionPattern:
        """Where the light of the mode goes: its power by direction, and what an objective takes.

        Returns
        -------
        EmissionPattern
            Radiation by the far field of the solved field, and light scattered at a rough rim.

        Raises
        ------
        InputError
            For a slice of an infinite cylinder, or a cavity on a substrate.
        SolverError
            If the mode was read from a file, or loses no light.

        Examples
        --------
        >>> import cavitydesign as cd
        >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
        >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
        >>> pattern = cd.find_modes(ball)[0].emission()
        >>> round(pattern.collected(pattern.surround_index), 6)
        0.5
        """
        from .derived.emission import emission_pattern

        return emission_pattern(self)

    def coupling(self, coupler: Coupler | None = None) -> CoupledMode:
        """What a guide beside the cavity does to the mode: external Q and transmission by the gap.

        Parameters
        ----------
        coupler : Coupler, optional
            Another guide than the design's.

        Raises
        ------
        InputError
            Without a guide, for one that guides nothing, or a cavity on a substrate.
        SolverError
            If the mode was read from a file.

        Examples
        --------
        >>> import cavitydesign as cd
        >>> taper = {"kind": "taper", "diameter_um": 0.5, "gap_um": 0.1}
        >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
        >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, coupling=taper, **asked)
        >>> beside = cd.find_modes(ball)[0].coupling()
        >>> bool(beside.log10_q_external(0.2) > beside.log10_q_external(0.1))
        True
        """
        from .coupling.coupled import coupled_mode

        return coupled_mode(self, coupler)

    def deviation(self, deviation: Deviation) -> DeviatedMode:
        """What a deviation from roundness does to this mode: shift, splitting, mixing, Q.

        Parameters
        ----------
        deviation : Deviation
            Eccentric or tilted fibre, elliptic or wavy outline, a particle on the rim.

        Raises
        ------
        InputError
            If the cavity cannot have that deviation.
        SolverError
            If the mode was read from a file.

        Examples
        --------
        >>> import cavitydesign as cd
        >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
        >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
        >>> dust = cd.Deviation(particle=cd.Particle(radius_nm=30.0))
        >>> found = cd.find_modes(ball)[0].deviation(dust)
        >>> bool(found.splitting_pm > 0.0)
        True
        """
        from .deviation.deviate import deviated_mode

        return deviated_mode(self, deviation)

    def sensing(self, sensing: Sensing | None = None) -> SensedMode:
        """What this mode tells of a liquid or an adsorbed layer, and the least that it shows.

        Parameters
        ----------
        sensing : Sensing, optional
            Region, layer, line width and noise; by default the bulk of the surround.

        Raises
        ------
        InputError
            If the cavity has no such region or surface.
        SolverError
            If the mode was read from a file.

        Examples
        --------
        >>> import cavitydesign as cd
        >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
        >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, surround="water", **asked)
        >>> found = cd.find_modes(ball)[0].sensing(cd.Sensing(layer_nm=5.0))
        >>> bool(found.layer_shift_pm > 0.0)
        True
        """
        from .sensing.sense import sensed_mode
        from .sensing.sensing_spec import Sensing

        return sensed_mode(self, Sensing() if sensing is None else sensing)
