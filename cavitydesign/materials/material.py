"""What a medium is to the field solver: index and absorption against wavelength, within a stated
range.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass

from ..errors import InputError
from ..units import absorption_per_cm, extinction

# Five points over 2 nm are right to about 1e-11 on smooth laws (PMMA, silica and water, with
# steps of the same relative size).
_DERIVATIVE_STEP_NM = 0.5


@dataclass(frozen=True)
class Material(ABC):
    """A linear medium, isotropic unless it says otherwise.

    Parameters
    ----------
    name : str
        Name in the library or in the design file.
    source : str
        Where the data come from.
    range_nm : tuple of float
        Vacuum wavelengths within which the data hold; outside, asking is an error.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> silica = cd.find_material("silica")
    >>> isinstance(silica, cd.Material), round(silica.index(1550.0), 4)
    (True, 1.444)
    """

    name: str
    source: str
    range_nm: tuple[float, float]

    @abstractmethod
    def _index(self, wavelength_nm: float) -> float:
        """Real (ordinary) index within the range."""

    def _extinction(self, wavelength_nm: float) -> float:
        """Imaginary index within the range, zero unless a subclass says otherwise."""
        return 0.0

    def check_range(self, wavelength_nm: float) -> None:
        """Refuse a wavelength outside the range of the data.

        Parameters
        ----------
        wavelength_nm : float
            In vacuum, within `range_nm`.

        Raises
        ------
        InputError
            With the material, the wavelength and the range.
        """
        low, high = self.range_nm
        if not low <= wavelength_nm <= high:
            end = low if wavelength_nm < low else high
            raise InputError(
                f"material {self.name}: {wavelength_nm:.6g} nm is outside its data, {low:g} to "
                f"{high:g} nm ({self.source}); if a constant index will do, write "
                f"{{ index = {self._index(end):.6g} }} in its place, its value at {end:g} nm"
                f"{self._elsewhere(wavelength_nm)}"
            )

    def _elsewhere(self, wavelength_nm: float) -> str:
        """Which other data of the same substance hold at a wavelength, as the end of a message."""
        return ""

    def index(self, wavelength_nm: float) -> float:
        """Real refractive index (ordinary, of a uniaxial medium) at a vacuum wavelength in nm.

        Parameters
        ----------
        wavelength_nm : float
            In vacuum, within `range_nm`.

        Returns
        -------
        float
            n, a pure number.

        Raises
        ------
        InputError
            As `check_range`.
        """
        self.check_range(wavelength_nm)
        return self._index(wavelength_nm)

    def index_extraordinary(self, wavelength_nm: float) -> float:
        """Real index for E along the optic axis z; the same as `index` in an isotropic medium.

        Parameters
        ----------
        wavelength_nm : float
            In vacuum, within `range_nm`.

        Returns
        -------
        float
            n, a pure number.

        Raises
        ------
        InputError
            As `check_range`.
        """
        return self.index(wavelength_nm)

    def extinction(self, wavelength_nm: float) -> float:
        """Imaginary part of the refractive index at a vacuum wavelength in nm.

        Parameters
        ----------
        wavelength_nm : float
            In vacuum, within `range_nm`.

        Returns
        -------
        float
            kappa, a pure number.

        Raises
        ------
        InputError
            As `check_range`.
        """
        self.check_range(wavelength_nm)
        return self._extinction(wavelength_nm)

    def absorption_per_cm(self, wavelength_nm: float) -> float:
        """Intensity absorption in cm^-1.

        Parameters
        ----------
        wavelength_nm : float
            In vacuum, within `range_nm`.

        Returns
        -------
        float
            4 pi kappa / lambda, in cm^-1.

        Raises
        ------
        InputError
            As `check_range`.
        """
        return absorption_per_cm(self.extinction(wavelength_nm), wavelength_nm)

    def index_slope_per_nm(self, wavelength_nm: float) -> float:
        """dn/dlambda in nm^-1, by a five-point difference inside the range of the data where no
        formula is known.

        Parameters
        ----------
        wavelength_nm : float
            In vacuum, within `range_nm`.

        Returns
        -------
        float
            In nm^-1.

        Raises
        ------
        InputError
            As `check_range`.
        """
        self.check_range(wavelength_nm)
        low, high = self.range_nm
        step = min(_DERIVATIVE_STEP_NM, (high - low) / 8)
        centre = min(max(wavelength_nm, low + 2 * step), high - 2 * step)
        samples = [self._index(centre + j * step) for j in (-2, -1, 1, 2)]
        return (samples[0] - 8 * samples[1] + 8 * samples[2] - samples[3]) / (12 * step)

    def group_index(self, wavelength_nm: float) -> float:
        """Group index n - lambda dn/dlambda (ordinary).

        Parameters
        ----------
        wavelength_nm : float
            In vacuum, within `range_nm`.

        Returns
        -------
        float
            A pure number.

        Raises
        ------
        InputError
            As `check_range`.
        """
        return self.index(wavelength_nm) - wavelength_nm * self.index_slope_per_nm(wavelength_nm)

    @property
    def uniaxial(self) -> bool:
        """Whether the index for E along z differs from the index across it."""
        return False

    @property
    def thermo_optic_per_k(self) -> float | None:
        """dn/dT in K^-1 near room temperature and 0.6 um, None where no published value is at
        hand.
        """
        return None

    @property
    def expansion_per_k(self) -> float | None:
        """Linear thermal expansion in K^-1, None where no published value is at hand."""
        return None

    @property
    def thermal_range_k(self) -> tuple[float, float]:
        """Temperatures at which both hold."""
        return ROOM_K


# Temperatures at which the coefficients of the library hold: their sources give one value at or
# about 20 C. That of silica's dn/dT changes by 9 % over 40 K (LITHOSIL-Q, SCHOTT TIE-19).
ROOM_K = (253.15, 333.15)

# Range of media without dispersion, from X rays to radio waves; a margin about every wavelength
# that a design may ask for (1 to 1e9 nm)
EVERYWHERE_NM = (0.1, 1e10)


@dataclass(frozen=True)
class ConstantIndex(Material):
    """A medium of one index at every wavelength, given by the user.

    Parameters
    ----------
    value : float
        Real index.
    constant_absorption_per_cm : float
        Intensity absorption in cm^-1, the same at every wavelength.
    value_extraordinary : float or None
        Index for E along z, where it differs.
    """

    value: float
    constant_absorption_per_cm: float = 0.0
    value_extraordinary: float | None = None

    @classmethod
    def of(
        cls,
        index: float,
        absorption_per_cm: float = 0.0,
        index_extraordinary: float | None = None,
        name: str | None = None,
    ) -> ConstantIndex:
        """The explicit medium {index, absorption_per_cm} of the design file."""
        title = name or f"index {index:g}"
        return cls(
            title,
            "given in the design",
            EVERYWHERE_NM,
            index,
            absorption_per_cm,
            index_extraordinary,
        )

    def _index(self, wavelength_nm: float) -> float:
        return self.value

    def index_extraordinary(self, wavelength_nm: float) -> float:
        return self.value if self.value_extraordinary is None else self.value_extraordinary

    @property
    def uniaxial(self) -> bool:
        return self.value_extraordinary is not None

    def _extinction(self, wavelength_nm: float) -> float:
        return extinction(self.constant_absorption_per_cm, wavelength_nm)
