"""Fields as files that ParaView opens: .vtu of the meridian plane, .vts of an arc with its phase; units in array names.

The files are written here, as VTK's XML with zlib-compressed blocks, so that neither VTK nor a display is needed.
"""

from __future__ import annotations

import base64
import struct
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..modes.mode import FieldSamples, Mode
from ..units import wavenumber_per_um
from .field import sampled
from .files import write_atomically

Array = NDArray[np.float64]

# 2 pi r eps|E|^2: its integral over the plane is the energy in space
ENERGY = "energy_per_plane_area (2 pi r eps|E|^2, um)"
_VTK_QUAD = 9
_BLOCK = 1 << 20
_TYPES = {"f4": "Float32", "f8": "Float64", "i8": "Int64", "i4": "Int32", "u1": "UInt8"}


def _encoded(values: NDArray[Any]) -> str:
    """Array content as VTK's compressed blocks in base64."""
    content = values.tobytes()
    blocks = [content[start : start + _BLOCK] for start in range(0, len(content), _BLOCK)] or [b""]
    packed = [zlib.compress(block, 6) for block in blocks]
    last = len(blocks[-1]) % _BLOCK
    header = struct.pack(f"<{3 + len(packed)}Q", len(packed), _BLOCK, last, *(len(one) for one in packed))
    return base64.b64encode(header).decode("ascii") + base64.b64encode(b"".join(packed)).decode("ascii")


def _data_array(name: str, values: NDArray[Any], components: int = 1) -> str:
    kind = _TYPES[values.dtype.str[1:]]
    # field data say how many values they hold; point and cell data take that from their piece
    size = f' NumberOfTuples="{values.size}"' if values.size == 1 else ""
    size += f' NumberOfComponents="{components}"' if components > 1 else ""
    safe = name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return f'<DataArray type="{kind}" Name="{safe}"{size} format="binary">{_encoded(values)}</DataArray>'


def _document(kind: str, inner: str) -> bytes:
    head = '<?xml version="1.0"?>\n<VTKFile type="{}" version="1.0" byte_order="LittleEndian" header_type="UInt64"'
    return f'{head.format(kind)} compressor="vtkZLibDataCompressor">{inner}</VTKFile>\n'.encode("ascii")


def _point_arrays(field: FieldSamples) -> Mapping[str, Array]:
    """What each point carries; the field is scaled so that the largest |E| is 1."""
    return {
        ENERGY: 2.0 * np.pi * field.r_um * field.energy_density,
        "energy_density (eps|E|^2, relative)": field.energy_density,
        "permittivity (relative)": field.permittivity,
        "E_r real (relative)": field.e_r.real,
        "E_r imag (relative)": field.e_r.imag,
        "E_phi real (relative)": field.e_phi.real,
        "E_phi imag (relative)": field.e_phi.imag,
        "E_z real (relative)": field.e_z.real,
        "E_z imag (relative)": field.e_z.imag,
    }


def outer_caustic_um(mode: Mode, field: FieldSamples) -> float:
    """Radius m/(k n_surround), up to which the surround's share of the energy counts."""
    outside = field.permittivity[field.region == len(field.region_names) - 1]
    index = float(np.sqrt(outside.max())) if outside.size else 1.0
    return mode.m / (wavenumber_per_um(mode.wavelength_nm) * index)


def _cells(mode: Mode, field: FieldSamples) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Corners and region of the grid's quadrilaterals, those of no width at an interface left out.

    The region's number past the last name marks what lies beyond the outer caustic.
    """
    rows, columns = field.r_um.shape
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)[None, :]).ravel()
    corners = np.stack([first, first + 1, first + columns + 1, first + columns], axis=1)
    regions = field.region.ravel()[corners]
    whole = (regions == regions[:, :1]).all(axis=1)
    corners, region = corners[whole], regions[whole, 0].astype(np.int32)
    beyond = field.r_um.ravel()[corners].mean(axis=1) > outer_caustic_um(mode, field)
    return corners.astype(np.int64), np.where(beyond, np.int32(len(field.region_names)), region).astype(np.int32)


def meridian_vtu(mode: Mode, samples: tuple[int, int] = (500, 141)) -> bytes:
    """The meridian plane of a mode as an unstructured grid, at x = r, y = 0, z = z (um).

    Parameters
    ----------
    mode : Mode
    samples : tuple of int
        Points outwards and along; the default makes VTK's linear integration agree with the solver within 1e-4.

    Returns
    -------
    bytes
        A .vtu file. Integrating the array `ENERGY` over the cells of each `region` gives the energy shares.
    """
    field = sampled(mode, *samples)
    corners, region = _cells(mode, field)
    points = np.stack([field.r_um, np.zeros_like(field.r_um), field.z_um], axis=-1)
    names = {f"region {number}: {name}": number for number, name in enumerate(field.region_names)}
    kept = {f"confinement in {name} (solver)": share for name, share in mode.confinement.items()}
    facts = {"wavelength (nm)": mode.wavelength_nm, "azimuthal order m": float(mode.m), **names, **kept}
    constants = [_data_array(name, np.array([value], dtype="<f8")) for name, value in facts.items()]
    arrays = [_data_array(name, values.astype("<f4").ravel()) for name, values in _point_arrays(field).items()]
    offsets = 4 * np.arange(1, len(corners) + 1, dtype="<i8")
    kinds = np.full(len(corners), _VTK_QUAD, dtype="u1")
    inner = (
        f"<UnstructuredGrid><FieldData>{''.join(constants)}</FieldData>"
        f'<Piece NumberOfPoints="{field.r_um.size}" NumberOfCells="{len(corners)}">'
        f"<Points>{_data_array('Points (um)', points.astype('<f8').ravel(), 3)}</Points>"
        f"<Cells>{_data_array('connectivity', corners.astype('<i8').ravel())}"
        f"{_data_array('offsets', offsets)}{_data_array('types', kinds)}</Cells>"
        f"<PointData>{''.join(arrays)}</PointData>"
        f'<CellData Scalars="region">{_data_array("region", region.astype("<i4"))}</CellData>'
        "</Piece></UnstructuredGrid>"
    )
    return _document("UnstructuredGrid", inner)


def arc_vts(mode: Mode, periods: float = 8.0, samples: tuple[int, int, int] = (40, 41, 129)) -> bytes:
    """An arc of the mode in space, with its phase exp(i m phi), as a structured grid (um).

    Parameters
    ----------
    mode : Mode
    periods : float
        Length of the arc in azimuthal periods; m of them are the whole ring.
    samples : tuple of int
        Points outwards, along z and along the arc.

    Returns
    -------
    bytes
        A .vts file.

    Raises
    ------
    InputError
        For an arc of no length or longer than the ring.
    """
    if not 0.0 < periods <= mode.m:
        raise InputError(f"arc: periods = {periods:g} must lie between 0 and m = {mode.m}")
    field = sampled(mode, *samples[:2])
    phi = np.linspace(-0.5, 0.5, samples[2]) * (2.0 * np.pi * periods / mode.m)
    # VTK runs its first index fastest: outwards, then along z, then along the arc
    r, z = field.r_um.T[None], field.z_um.T[None]
    x, y = r * np.cos(phi)[:, None, None], r * np.sin(phi)[:, None, None]
    points = np.stack([x, y, np.broadcast_to(z, x.shape)], axis=-1)
    turn = np.exp(1j * mode.m * phi)[:, None, None]
    scalars = {
        "Re E_z (relative)": (field.e_z.T[None] * turn).real,
        "Re E_r (relative)": (field.e_r.T[None] * turn).real,
        "Re E_phi (relative)": (field.e_phi.T[None] * turn).real,
        "energy_density (eps|E|^2, relative)": np.broadcast_to(field.energy_density.T[None], x.shape),
        "region": np.broadcast_to(field.region.T[None], x.shape),
    }
    arrays = [_data_array(name, values.astype("<f4").ravel()) for name, values in scalars.items()]
    extent = f"0 {r.shape[2] - 1} 0 {r.shape[1] - 1} 0 {len(phi) - 1}"
    inner = (
        f'<StructuredGrid WholeExtent="{extent}"><Piece Extent="{extent}">'
        f"<Points>{_data_array('Points (um)', points.astype('<f4').ravel(), 3)}</Points>"
        f"<PointData>{''.join(arrays)}</PointData></Piece></StructuredGrid>"
    )
    return _document("StructuredGrid", inner)


def save_vtk(mode: Mode, path: Path | str) -> Path:
    """Write a mode for ParaView; the suffix says which: .vtu the meridian plane, .vts an arc in space.

    Raises
    ------
    InputError
        For another suffix, or a mode without a field.
    """
    target = Path(path)
    if target.suffix not in (".vtu", ".vts"):
        raise InputError(f"{target}: a VTK file ends in .vtu (meridian plane) or .vts (arc in space)")
    write_atomically(target, meridian_vtu(mode) if target.suffix == ".vtu" else arc_vts(mode))
    return target
