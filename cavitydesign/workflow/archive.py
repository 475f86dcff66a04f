"""Modes kept in a file, with their fields, and read back."""

from __future__ import annotations

import functools
import io
import json
import math
import struct
import zipfile
import zlib
from dataclasses import fields, replace
from pathlib import Path
from typing import IO, Any

import numpy as np

from ..errors import InputError
from ..modes import FieldSamples, LossBudget, Mode, ModeSet
from ..study.records.disk import write_whole
from ..texts import Refused, open_regular

_FORMAT = "cavitydesign modes 1"
# Points outwards and along the rim: enough for a picture of the highest orders that are usual.
_RESOLUTION = (160, 200)
_ARRAYS = ("r_um", "z_um", "e_r", "e_phi", "e_z", "permittivity", "region")
_MOST_BYTES = 1_500_000_000  # of arrays: some 600 modes of the usual resolution
# What damaged archives, arrays and descriptions are told by.
_DAMAGED = (
    ArithmeticError,
    AttributeError,
    EOFError,
    LookupError,
    MemoryError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
# What writes the other files that one may think of.
_OTHER = {
    ".csv": "; modes.to_dataframe().to_csv(...) writes a table",
    ".nc": "; modes.to_xarray().to_netcdf(...) writes netCDF",
    ".vtu": "; cd.plot.vtk(modes, ...) writes fields for ParaView",
    ".vts": "; cd.plot.vtk(modes, ...) writes fields for ParaView",
}
_FUNCTIONS = ("sample_field", "raw", "raw_next")


def save(modes: ModeSet, path: str | Path, resolution: tuple[int, int] = _RESOLUTION) -> Path:
    """Write modes with their fields into one file, a NumPy archive (.npz).

    Parameters
    ----------
    modes : ModeSet
    path : str or Path
        Ends with .npz.
    resolution : tuple of int
        Points of each field outwards and along the rim.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the name does not end with .npz, or the object is not a mode set.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = cd.load(cd.save(cd.find_modes(ball), Path(folder) / "modes.npz"))
    >>> kept[0].label
    'TM 40 1 0'
    """
    path = Path(path)
    if not isinstance(modes, ModeSet):
        raise InputError(f"save: keeps a ModeSet, not a {type(modes).__name__}")
    if path.suffix != ".npz":
        raise InputError(f"{path}: must end with .npz{_OTHER.get(path.suffix, '')}")
    arrays: dict[str, Any] = {}
    described = []
    for number, mode in enumerate(modes):
        entry = {
            part.name: getattr(mode, part.name)
            for part in fields(Mode)
            if part.name not in (*_FUNCTIONS, "losses")
        }
        entry["losses"] = {
            part.name: getattr(mode.losses, part.name) for part in fields(LossBudget)
        }
        entry = {
            key: dict(value) if hasattr(value, "items") else value for key, value in entry.items()
        }
        if mode.sample_field is not None:
            samples = mode.sample_field(*resolution)
            for name in _ARRAYS:
                arrays[f"{number}/{name}"] = getattr(samples, name)
            for name, curve in samples.interfaces_um.items():
                arrays[f"{number}/interface/{name}"] = curve
            entry["region_names"] = list(samples.region_names)
        described.append(entry)
    head = {
        part.name: getattr(modes, part.name) for part in fields(ModeSet) if part.name != "modes"
    }
    head = {key: dict(value) if hasattr(value, "items") else value for key, value in head.items()}
    size = sum(array.nbytes for array in arrays.values())
    if size > _MOST_BYTES:
        raise InputError(f"{path}: {_too_large(size)} to keep; lower the resolution")
    text = json.dumps({"format": _FORMAT, "set": head, "modes": described})
    content = io.BytesIO()
    np.savez_compressed(content, description=np.array(text), **arrays)
    write_whole(path, content.getvalue())
    return path


def load(path: str | Path) -> ModeSet:
    """Read modes that `save` wrote.

    Their numbers are all there. Their fields are those of the saved grid, whatever resolution is
    asked for; derivatives and thresholds that need the solved vector are not available.

    Parameters
    ----------
    path : str or Path
        A file that `save` wrote (.npz).

    Returns
    -------
    ModeSet

    Raises
    ------
    InputError
        If the file cannot be read or was not written by `save`.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> import tempfile
    >>> from pathlib import Path
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     kept = cd.load(cd.save(cd.find_modes(ball), Path(folder) / "modes.npz"))
    >>> len(kept)
    1
    """
    try:
        arrays = _arrays(Path(path))
        described = json.loads(str(arrays.pop("description")))
        if described["format"] != _FORMAT:
            raise KeyError("format")
        head = dict(described["set"])
        for name in ("wavelength_range_nm", "warnings"):
            head[name] = tuple(head[name])
        modes = tuple(
            _mode(entry, number, arrays) for number, entry in enumerate(described["modes"])
        )
        return ModeSet(modes=modes, **head)
    except InputError:
        raise
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror or error}") from None
    except _DAMAGED:
        raise InputError(f"{path}: is not a file of modes that cavitydesign saved") from None


def _arrays(path: Path) -> dict[str, Any]:
    """The arrays of an archive, none of them pickled, of bounded size when unpacked."""
    try:
        # Opened here: NumPy leaves the file open where it is a damaged archive.
        with open_regular(path) as file:
            # Some kB can say that they unpack to TB.
            with zipfile.ZipFile(file) as archive:
                for member in archive.infolist():
                    with archive.open(member) as start:
                        _check_header(path, start, member.file_size)
                size = sum(member.file_size for member in archive.infolist())
            if size > _MOST_BYTES:
                raise InputError(f"{path}: {_too_large(size)} to read")
            file.seek(0)
            with np.load(file, allow_pickle=False) as content:
                return {name: content[name] for name in content.files}
    except Refused as error:
        raise InputError(f"{path}: {error}") from None


def _check_header(path: Path, start: IO[bytes], size: int) -> None:
    """Refuse an array that claims more numbers than stand in it: memory is taken by what it
    claims.
    """
    version = np.lib.format.read_magic(start)
    read = {
        (1, 0): np.lib.format.read_array_header_1_0,
        (2, 0): np.lib.format.read_array_header_2_0,
    }[version]
    shape, _, dtype = read(start)
    if dtype.hasobject or math.prod(shape) * dtype.itemsize > size:
        raise ValueError("an array that is not whole")


def _too_large(size: float) -> str:
    return f"{size / 1e9:.3g} GB of fields are more than {_MOST_BYTES / 1e9:g} GB; too many"


def _mode(entry: dict[str, Any], number: int, arrays: dict[str, Any]) -> Mode:
    names = entry.pop("region_names", None)
    mode = Mode(**{**entry, "losses": LossBudget(**entry["losses"])})
    if names is None:
        return mode
    mark = f"{number}/interface/"
    samples = FieldSamples(
        **{name: arrays[f"{number}/{name}"] for name in _ARRAYS},
        region_names=tuple(names),
        interfaces_um={
            name.removeprefix(mark): curve
            for name, curve in arrays.items()
            if name.startswith(mark)
        },
    )
    return replace(mode, sample_field=functools.partial(_kept, samples))


def _kept(samples: FieldSamples, outwards: int, along: int) -> FieldSamples:
    """The saved grid, whatever is asked for."""
    return samples
