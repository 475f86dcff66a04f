"""A mode with its solved field: the functions themselves, and what is read of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike, NDArray

from ..errors import SolverError
from .mode_record import ModeRecord

if TYPE_CHECKING:
    from ..fem.basis import MeridianBasis
    from .derived.convergence_result import Convergence
    from .derived.field_result import LineFields, PointFields
    from .solver.snapshot import RawMode


@dataclass(frozen=True, repr=False)
class SolvedMode(ModeRecord):
    """The numbers of one mode and the vector that they were read of; see `Mode`."""

    @property
    def basis(self) -> MeridianBasis:
        """The solved space as a scikit-fem basis of (E_r, E_z) and psi, with E_phi = i m psi / r.

        Its subdomains are the regions. A half window holds z > 0 alone.
        """
        return self.solved().problem.basis

    @property
    def vector(self) -> NDArray[Any]:
        """Unknowns of `basis`, scaled to int eps |E|^2 r dr dz = 1 (without conjugation in
        absorbing layers).
        """
        raw = self.solved()
        return raw.problem.whole(raw.vector)

    def solved(self) -> RawMode:
        """The solved vector with its problem.

        Raises
        ------
        SolverError
            If the mode was read from a file.
        """
        if self.raw is None:
            raise SolverError(f"{self.label}: a mode read from a file carries no solved field")
        return self.raw

    def field(
        self,
        r_um: ArrayLike,
        z_um: ArrayLike,
        phi_rad: ArrayLike = 0.0,
        energy_j: float | None = None,
    ) -> PointFields:
        """E, H, D, energy flux and energy density at points, from the solved functions themselves.

        Parameters
        ----------
        r_um, z_um, phi_rad : array_like
            Points, of shapes that broadcast.
        energy_j : float, optional
            Energy in the travelling wave exp(i m phi); one photon by default. In a slice of an
            infinite cylinder, for each um of its length.

        Returns
        -------
        PointFields
            Complex fields in V/m, A/m and C/m^2; NaN with a reason at points that the solved
            elements do not hold.

        Raises
        ------
        InputError
            If a point has r below 0 or is not finite, or the energy is not positive.
        SolverError
            If the mode was read from a file.

        Examples
        --------
        >>> import cavitydesign as cd
        >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
        >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
        >>> mode = cd.find_modes(ball)[0]
        >>> mode.field(2.8, 0.0).e_v_per_m.shape
        (3,)
        """
        from .derived.point_field import fields_at

        return fields_at(self, r_um, z_um, phi_rad, energy_j)

    def line(
        self,
        start_um: tuple[float, float],
        stop_um: tuple[float, float],
        points: int = 201,
        energy_j: float | None = None,
    ) -> LineFields:
        """Fields at even points of a straight line in the meridian plane.

        Parameters
        ----------
        start_um, stop_um : (r, z)
        points : int
        energy_j : float, optional
            As for `field`.

        Raises
        ------
        InputError, SolverError
            As `field`.

        Examples
        --------
        >>> import cavitydesign as cd
        >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
        >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
        >>> cut = cd.find_modes(ball)[0].line((2.0, 0.0), (3.1, 0.0), points=5)
        >>> len(cut.to_dataframe())
        5
        """
        from .derived.point_field import fields_along

        return fields_along(self, start_um, stop_um, points, energy_j)

    def convergence(self, fewer: int = 4) -> Convergence:
        """Wavelength and Q of this mode against the polynomial degree, on the elements it has.

        Parameters
        ----------
        fewer : int
            Degrees below the mode's own; two above it are added always.

        Raises
        ------
        InputError
            Without a lower degree.
        SolverError
            If the mode was read from a file.

        Examples
        --------
        >>> import cavitydesign as cd
        >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
        >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
        >>> told = cd.find_modes(ball)[0].convergence()
        >>> told.relative_error_seen < told.stated_relative_error
        True
        """
        from .derived.convergence import convergence_of

        return convergence_of(self, fewer)
