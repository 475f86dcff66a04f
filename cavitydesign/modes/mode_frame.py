"""Modes as a data frame, as an xarray dataset and as a table in HTML."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..columns.html_tables import html_of_modes
from ..dotted import flattened
from ..errors import MissingLibraryError
from ..units import unit_of

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

    from .mode import Mode

_IDENTITY = ("label", "polarisation", "m", "p", "q")


def mode_frame(modes: Sequence[Mode]) -> pd.DataFrame:
    """One row a mode, indexed by label.

    Nested tables of the JSON become columns with dotted names, such as "log10_q.radiation" and
    "confinement.body".
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingLibraryError(
            "a data frame needs pandas; pip install 'cavitydesign[tables]'"
        ) from error
    rows = [flattened(mode.to_json_dict()) for mode in modes]
    columns = list(dict.fromkeys(name for row in rows for name in row)) or list(_IDENTITY)
    frame = pd.DataFrame(rows, columns=columns)
    return frame.set_index("label")


def dataset_of(modes: Sequence[Mode], diameter_um: float) -> xr.Dataset:
    """The data frame as a dataset over the dimension `mode`, with units."""
    try:
        import xarray as xr
    except ImportError as error:
        raise MissingLibraryError(
            "an xarray dataset needs xarray; pip install 'cavitydesign[tables]'"
        ) from error
    frame = mode_frame(modes).reset_index()
    variables = {}
    for name in frame.columns:
        values = frame[name].to_numpy()
        if values.dtype == object and not any(isinstance(value, str) for value in values):
            values = frame[name].astype(float).to_numpy()
        unit = unit_of(name)
        variables[name] = ("mode", values, {"units": unit} if unit else {})
    coordinates = {name: variables.pop(name) for name in _IDENTITY}
    return xr.Dataset(variables, coordinates, {"diameter_um": diameter_um})


def html_of(modes: Sequence[Mode], words: str) -> str:
    """Wavelengths with their errors, below words on what the list rests on."""
    records = [mode.to_json_dict() for mode in modes]
    told = "TM: E along the fibre axis; +-: numerical error"
    return html_of_modes(records, f"{words}. {told}")
