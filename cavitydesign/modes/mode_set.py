"""What was asked of the solver, and the set of modes that answers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, overload

from ..errors import InputError, nearest
from ..texts import counted
from ..units import wavenumber_per_um
from . import mode_frame
from .mode import Mode

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from .derived.comb_result import CombDispersion


def why_no_order(azimuthal_order: int) -> str | None:
    """Why an azimuthal order cannot be asked for; None if it can."""
    if azimuthal_order == 0:
        return (
            "m = 0 goes straight across the axis and not around the rim, and is not solved; give m "
            "of at least 1 (whispering-gallery modes have m near pi D n / lambda)"
        )
    if azimuthal_order < 0:
        return f"m and -m are one mode in two senses: give {-azimuthal_order}"
    return None


@dataclass(frozen=True)
class ModeRequest:
    """Which modes are wanted, and how accurately.

    Parameters
    ----------
    polarisation : {"TM", "TE", "both"}
        TM: E along the fibre axis.
    wavelength_nm : float
        Centre of the range (a hint if `azimuthal_order` is given).
    span_nm : float or None
        Full width of the range.
    azimuthal_order : int or None
        Given instead of the span: this m only, every p and q asked for, wherever it lies.
    radial_orders, axial_orders : int
        p = 1 .. radial_orders, q = 0 .. axial_orders - 1.
    relative_accuracy : float
        Of the wavelength.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> cd.ModeRequest("both", wavelength_nm=600.0, span_nm=20.0).polarisations
    ('TM', 'TE')
    """

    polarisation: str = "TM"
    wavelength_nm: float = 537.6
    span_nm: float | None = 10.0
    azimuthal_order: int | None = None
    radial_orders: int = 1
    axial_orders: int = 1
    relative_accuracy: float = 1e-6

    def __post_init__(self) -> None:
        if self.polarisation not in ("TM", "TE", "both"):
            raise InputError(
                f"modes.polarisation: {self.polarisation!r} is not allowed; TM (E along the fibre "
                "axis), TE or both"
            )
        if self.span_nm is None and self.azimuthal_order is None:
            raise InputError(
                "modes: give span_nm (all modes in a range) or azimuthal_order (one m)"
            )
        refusal = None if self.azimuthal_order is None else why_no_order(self.azimuthal_order)
        if refusal is not None:
            raise InputError(f"modes.azimuthal_order: {refusal}")

    @property
    def polarisations(self) -> tuple[str, ...]:
        """The polarisations asked for."""
        return ("TM", "TE") if self.polarisation == "both" else (self.polarisation,)

    @property
    def families(self) -> tuple[tuple[str, int], ...]:
        """Polarisation and p of each radial family asked for."""
        radial = range(1, self.radial_orders + 1)
        return tuple((polarisation, p) for polarisation in self.polarisations for p in radial)

    @property
    def range_nm(self) -> tuple[float, float]:
        """Shortest and longest wavelength of the range; of a request by azimuthal order the hint
        alone.
        """
        half = 0.5 * (self.span_nm or 0.0)
        return self.wavelength_nm - half, self.wavelength_nm + half

    @property
    def wavenumbers_per_um(self) -> tuple[float, float]:
        """Lowest and highest wavenumber of the range."""
        short_nm, long_nm = self.range_nm
        return wavenumber_per_um(long_nm), wavenumber_per_um(short_nm)


# A notebook shows the first modes of a long comb.
_SHOWN = 12


@dataclass(frozen=True, repr=False)
class ModeSet(Sequence[Mode]):
    """The modes found, ordered by falling wavelength, with the evidence that none is missing.

    A mode set is a sequence: `modes[0]` is its first mode and `modes[:3]` a mode set of three.
    `modes["TM 122 1 0"]` is the mode of a label.

    Attributes
    ----------
    modes : tuple of Mode
    wavelength_range_nm : tuple of float
        The range that was searched.
    counted : int
        Eigenvalues from the lowest wanted mode of each family to just above the highest, by inertia
        at one azimuthal order, times the azimuthal orders in the range (a family has the same modes
        at each of them): the modes listed, others between them, of families that were not asked
        for, and those of one azimuthal order that lie outside the range at another.
    complete : bool
        Whether every eigenvalue counted was found, and every one that has a name asked for is
        listed; never of some modes chosen from a set.
    seconds : mapping of str to float
        Wall time by stage, imports excluded.
    warnings : tuple of str
        What the user must know: a missed accuracy, a window that could not grow.
    chosen_from : int or None
        How many modes the set holds that these were chosen from, by a slice or `select`.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> modes = cd.find_modes(ball)
    >>> modes["TM 40 1 0"] is modes.nearest(619.0)
    True
    """

    modes: tuple[Mode, ...]
    wavelength_range_nm: tuple[float, float]
    counted: int
    complete: bool
    seconds: Mapping[str, float]
    diameter_um: float
    warnings: tuple[str, ...] = ()
    statistics: Mapping[str, float] = field(default_factory=dict)
    chosen_from: int | None = None

    def __iter__(self) -> Iterator[Mode]:
        return iter(self.modes)

    def __len__(self) -> int:
        return len(self.modes)

    @overload
    def __getitem__(self, key: int | str) -> Mode: ...

    @overload
    def __getitem__(self, key: slice) -> ModeSet: ...

    def __getitem__(self, key: int | str | slice) -> Mode | ModeSet:
        """A mode by its number or its label such as "TM 122 1 0"; a slice is a mode set.

        Raises
        ------
        IndexError, KeyError
            If there is no such mode. The text of the latter names the nearest label.
        """
        if isinstance(key, slice):
            return self._chosen(self.modes[key])
        if isinstance(key, str):
            for mode in self.modes:
                if mode.label == key:
                    return mode
            raise KeyError(f"{key}{nearest(key, [mode.label for mode in self.modes])}")
        return self.modes[key]

    def nearest(self, wavelength_nm: float) -> Mode:
        """The mode whose wavelength is closest to a given one.

        Parameters
        ----------
        wavelength_nm : float
            In vacuum.

        Returns
        -------
        Mode

        Raises
        ------
        InputError
            If the set holds no mode.
        """
        if not self.modes:
            raise InputError("there is no mode in the set")
        return min(self.modes, key=lambda mode: abs(mode.wavelength_nm - wavelength_nm))

    def select(
        self,
        polarisation: str | None = None,
        m: int | None = None,
        p: int | None = None,
        q: int | None = None,
    ) -> ModeSet:
        """The modes of a polarisation, azimuthal, radial or axial order; what is None is free.

        Parameters
        ----------
        polarisation : {"TM", "TE"}, optional
        m, p, q : int, optional
            Azimuthal, radial and axial order.

        Returns
        -------
        ModeSet
            The modes that have all of them, in their order; it may be empty.
        """
        wanted = {"polarisation": polarisation, "m": m, "p": p, "q": q}
        fixed = {name: value for name, value in wanted.items() if value is not None}
        chosen = tuple(
            mode
            for mode in self.modes
            if all(getattr(mode, name) == value for name, value in fixed.items())
        )
        return self._chosen(chosen)

    def _chosen(self, some: tuple[Mode, ...]) -> ModeSet:
        """Some of the modes; all of them are the set itself, in whatever order."""
        if len(some) == len(self):
            return replace(self, modes=some)
        return replace(self, modes=some, complete=False, chosen_from=self.chosen_from or len(self))

    @property
    def _words(self) -> str:
        """How many modes there are, where, and whether one may be missing."""
        low, high = self.wavelength_range_nm
        where = f"{low:.6g} to {high:.6g} nm" if low < high else f"near {low:.6g} nm"
        count = counted(len(self), "mode")
        if self.chosen_from is not None:
            return f"{count} chosen from {self.chosen_from}, {where}"
        return f"{count}, {where}, list {'complete' if self.complete else 'not certified complete'}"

    def dispersion(self, near_nm: float | None = None, parts: bool = False) -> CombDispersion:
        """D1, D2, D3 and the integrated dispersion of the comb, which must be of one family.

        Parameters
        ----------
        near_nm : float, optional
            The pumped mode is the nearest one to it; by default the middle of the comb.
        parts : bool
            Also what the geometry and what the media give, by one more solve with the media held
            at their indices of the pumped mode.

        Raises
        ------
        InputError
            If the set holds several families, fewer than four modes, or a gap between them.

        Examples
        --------
        >>> import cavitydesign as cd
        >>> ball = cd.sphere(
        ...     diameter_um=10.0, body={"index": 1.5}, wavelength_nm=600.0, span_nm=60.0
        ... )
        >>> comb = cd.find_modes(ball).dispersion()
        >>> round(comb.total.d1_ghz)
        6587
        """
        from .derived.comb_dispersion import comb_dispersion

        return comb_dispersion(self.modes, near_nm, parts)

    def to_dataframe(self) -> pd.DataFrame:
        """One row a mode, indexed by label; columns are named as in the JSON, with their units.

        Raises
        ------
        MissingLibraryError
            Without pandas.
        """
        return mode_frame.mode_frame(self.modes)

    def to_xarray(self) -> xr.Dataset:
        """Dimension `mode`, with label, polarisation, m, p and q as coordinates and units as
        attributes.

        Raises
        ------
        MissingLibraryError
            Without xarray and pandas.
        """
        return mode_frame.dataset_of(self.modes, self.diameter_um)

    def __repr__(self) -> str:
        """One line for the set and one for each of its first modes."""
        head = f"ModeSet of {self._words}"
        shown = [f"  {mode!r}" for mode in self.modes[:_SHOWN]]
        rest = [f"  and {len(self) - _SHOWN} more"] if len(self) > _SHOWN else []
        return "\n".join([head, *shown, *rest])

    def _repr_html_(self) -> str:
        """The set as a table of its modes, for notebooks."""
        return mode_frame.html_of(self.modes, self._words)

    @property
    def accuracy_met(self) -> bool:
        """Whether every mode reached the asked accuracy; never where no mode was found."""
        return bool(self.modes) and all(mode.accuracy_met for mode in self.modes)

    def to_json_dict(self) -> dict[str, object]:
        """The JSON of the command `modes` (schema 1)."""
        return {
            "schema": 1,
            "wavelength_range_nm": list(self.wavelength_range_nm),
            "diameter_um": self.diameter_um,
            "counted": self.counted,
            "complete": self.complete,
            "seconds": dict(self.seconds),
            "accuracy_met": self.accuracy_met,
            "warnings": list(self.warnings),
            "statistics": dict(self.statistics),
            "modes": [mode.to_json_dict() for mode in self.modes],
        }
