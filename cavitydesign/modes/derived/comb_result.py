"""What `ModeSet.dispersion` answers: the coefficients of a comb and its integrated dispersion."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ...arrays import Array
from ...errors import InputError, MissingLibraryError
from ...markup import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd


_HZ_PER_THZ = 1e12  # by definition
# A polynomial of degree 5, and one of 3 whose third derivative differs: their difference is the
# error.
LEAST_WITH_ERROR = 6


@dataclass(frozen=True)
class Coefficients:
    """D1, D2 and D3 over 2 pi.

    Attributes
    ----------
    d1_ghz, d2_mhz, d3_mhz : float
    """

    d1_ghz: float
    d2_mhz: float
    d3_mhz: float

    def minus(self, other: Coefficients) -> Coefficients:
        """The difference of two."""
        return Coefficients(
            self.d1_ghz - other.d1_ghz, self.d2_mhz - other.d2_mhz, self.d3_mhz - other.d3_mhz
        )


@dataclass(frozen=True, repr=False, eq=False)
class CombDispersion:
    """Dispersion of one family of modes about a pumped one.

    Attributes
    ----------
    label : str
        Of the pumped mode.
    m : (n,) int array
        Azimuthal orders, rising.
    frequency_thz : (n,) array
    integrated_ghz : (n,) array
        D_int / 2 pi.
    total, error : Coefficients
        Of the comb, and their estimated errors: those of the solver as it varies along the comb,
        and of the polynomial.
    geometry, material : Coefficients or None
        Parts, where they were asked for. D1 of the geometry is that of media without dispersion.
    """

    label: str
    m: Array
    frequency_thz: Array
    integrated_ghz: Array
    total: Coefficients
    error: Coefficients
    geometry: Coefficients | None = None
    material: Coefficients | None = None

    @property
    def mu(self) -> Array:
        """Azimuthal orders counted from the pumped mode."""
        return np.asarray(self.m - self._pumped)

    @property
    def _pumped(self) -> int:
        return int(self.label.split()[1])

    def to_dataframe(self) -> pd.DataFrame:
        """One row a mode: m, mu, frequency and integrated dispersion."""
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingLibraryError(
                "a data frame needs pandas; pip install 'cavitydesign[tables]'"
            ) from error
        return pd.DataFrame(
            {
                "m": self.m,
                "mu": self.mu,
                "frequency_thz": self.frequency_thz,
                "integrated_ghz": self.integrated_ghz,
            }
        )

    def save_pylle(self, path: str | Path) -> Path:
        """Write the frequencies as pyLLE reads them: one line a mode, "m,frequency in Hz", no head.

        Returns
        -------
        Path
            The file, to be given as `dispfile`.
        """
        path = Path(path)
        lines = [
            f"{int(m)},{_HZ_PER_THZ * f!r}\n"
            for m, f in zip(self.m, self.frequency_thz.tolist(), strict=True)
        ]
        temporary = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            temporary.write_text("".join(lines), encoding="ascii", newline="\n")
            temporary.replace(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            raise InputError(f"{path}: cannot be written: {error.strerror or error}") from None
        return path

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Heads and cells."""
        parts = [("total", self.total), ("+-", self.error)]
        if self.geometry is not None and self.material is not None:
            parts += [("geometry", self.geometry), ("media", self.material)]
        head: tuple[str, ...] = ("part", "D1 / 2 pi GHz", "D2 / 2 pi MHz", "D3 / 2 pi MHz")
        forms = (".6f", ".5g", ".4g")
        cells: list[tuple[str, ...]] = [
            (
                name,
                *(
                    format(value, ".1g" if name == "+-" else form)
                    for value, form in zip(vars(part).values(), forms, strict=True)
                ),
            )
            for name, part in parts
        ]
        return head, cells

    def __repr__(self) -> str:
        """The coefficients as a table."""
        return f"{self.words()}\n{text_table(*self.table())}"

    def words(self) -> str:
        """What the table is of, and which sign the dispersion has."""
        kind = "anomalous" if self.total.d2_mhz > 0 else "normal"
        if abs(self.total.d2_mhz) <= self.error.d2_mhz:
            kind = "not told from zero"
        if math.isinf(self.error.d2_mhz):
            kind = (
                f"without an error: that takes {LEAST_WITH_ERROR} modes of the family; ask for a "
                "wider modes.span_nm"
            )
        return (
            f"Comb of {len(self.m)} modes about {self.label}, "
            f"{self.frequency_thz[self.mu == 0][0]:.6f} THz; dispersion {kind}"
        )

    def _repr_html_(self) -> str:
        """The table, for notebooks."""
        head, cells = self.table()
        return f"<p>{self.words()}</p>{html_table(head, cells)}"
