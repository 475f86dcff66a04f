"""What `Mode.convergence` answers: a table of degrees."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ...errors import MissingLibraryError
from ...markup import html_table, text_table

if TYPE_CHECKING:
    import pandas as pd

MORE = 2  # degrees beyond the mode's own: the error falls by about a hundred


@dataclass(frozen=True)
class ConvergenceRow:
    """The mode at one degree.

    Attributes
    ----------
    degree : int
        Polynomial degree of the elements; of a section with several, the highest.
    unknowns : int
    wavelength_nm : float
        NaN where the space is too coarse to hold the mode.
    relative_change : float
        Of the wavelength against the highest degree.
    log10_q : float
        Radiative Q: by the absorbing layer where the mode's own is, else by the far field. NaN
        where nothing radiates or it is not known.
    """

    degree: int
    unknowns: int
    wavelength_nm: float
    relative_change: float
    log10_q: float


@dataclass(frozen=True, repr=False)
class Convergence:
    """Wavelength and Q of one mode against the polynomial degree.

    Attributes
    ----------
    label : str
        Of the mode.
    rows : tuple of ConvergenceRow
        By rising degree.
    degree : int
        That at which the mode was solved.
    stated_relative_error : float
        Of the mode's wavelength, in all: the elements, the walls and the file of a section.
    stated_log10_q_error : float
    """

    label: str
    rows: tuple[ConvergenceRow, ...]
    degree: int
    stated_relative_error: float
    stated_log10_q_error: float

    @property
    def relative_error_seen(self) -> float:
        """Change of the wavelength from the mode's own degree to the highest one."""
        (own,) = (row for row in self.rows if row.degree == self.degree)
        return abs(own.relative_change)

    def to_dataframe(self) -> pd.DataFrame:
        """One row a degree."""
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingLibraryError(
                "a data frame needs pandas; pip install 'cavitydesign[tables]'"
            ) from error
        return pd.DataFrame([vars(row) for row in self.rows])

    def to_json_dict(self) -> dict[str, object]:
        """Plain numbers, for JSON."""
        return {
            "label": self.label,
            "degree": self.degree,
            "stated_relative_error": self.stated_relative_error,
            "stated_log10_q_error": self.stated_log10_q_error,
            "rows": [vars(row) for row in self.rows],
        }

    def table(self) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
        """Heads and cells; the mode's own degree has a star."""
        head: tuple[str, ...] = (
            "degree",
            "unknowns",
            "wavelength nm",
            "change",
            "log10 Q radiation",
        )
        cells: list[tuple[str, ...]] = [
            (
                f"{row.degree}{' *' if row.degree == self.degree else ''}",
                str(row.unknowns),
                _written(row.wavelength_nm, ".9f"),
                "-" if row is self.rows[-1] else _written(row.relative_change, ".1e"),
                _written(row.log10_q, ".6g"),
            )
            for row in self.rows
        ]
        return head, cells

    def words(self) -> str:
        """What the table shows."""
        return (
            f"{self.label}: solved at degree {self.degree} (*); "
            f"{MORE} degrees more change the wavelength by {self.relative_error_seen:.1e} of "
            f"itself; the stated error is {self.stated_relative_error:.1e}"
        )

    def __repr__(self) -> str:
        """The table as text."""
        return f"{self.words()}\n{text_table(*self.table())}"

    def _repr_html_(self) -> str:
        """The table, for notebooks."""
        head, cells = self.table()
        return f"<p>{self.words()}</p>{html_table(head, cells)}"


def _written(value: float, form: str) -> str:
    return format(value, form) if math.isfinite(value) else "-"
