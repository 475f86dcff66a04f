"""Fields as files that ParaView opens: .vtu of the meridian plane, .vts of an arc with its phase;
units in array names.

The files are written here, as VTK's XML with zlib-compressed blocks, so that neither VTK nor a
display is needed.
"""

from __future__ import annotations

import base64
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..modes.mode import Mode
from .field import sampled
from .files import write_atomically
from .vtk_plane import meridian_plane

_VTK_QUAD = 9
_BLOCK = 1 << 20
_TYPES = {"f4": "Float32", "f8": "Float64", "i8": "Int64", "i4": "Int32", "u1": "UInt8"}


def _encoded(values: NDArray[Any]) -> str:
    """Array content as VTK's compressed blocks in base64."""
    content = values.tobytes()
    blocks = [content[start : start + _BLOCK] for start in range(0, len(content), _BLOCK)] or [b""]
    packed = [zlib.compress(block, 6) for block in blocks]
    last = len(blocks[-1]) % _BLOCK
    header = struct.pack(
        f"<{3 + len(packed)}Q", len(packed), _BLOCK, last, *(len(one) for one in packed)
    )
    return base64.b64encode(header).decode("ascii") + base64.b64encode(b"".join(packed)).decode(
        "ascii"
    )


def _data_array(name: str, values: NDArray[Any], components: int = 1) -> str:
    kind = _TYPES[values.dtype.str[1:]]
    # field data say how many values they hold; point and cell data take that from their piece
    size = f' NumberOfTuples="{values.size}"' if values.size == 1 else ""
    size += f' NumberOfComponents="{components}"' if components > 1 else ""
    safe = name.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return (
        f'<DataArray type="{kind}" Name="{safe}"{size} '
        f'format="binary">{_encoded(values)}</DataArray>'
    )


def _document(kind: str, inner: str) -> bytes:
    head = (
        '<?xml version="1.0"?>\n<VTKFile type="{}" version="1.0" byte_order="LittleEndian" '
        'header_type="UInt64"'
    )
    return f'{head.format(kind)} compressor="vtkZLibDataCompressor">{inner}</VTKFile>\n'.encode(
        "ascii"
    )


def meridian_vtu(mode: Mode, samples: tuple[int, int] = (500, 141)) -> bytes:
    """The meridian plane of a mode as an unstructured grid, at x = r, y = 0, z = z (um).

    Parameters
    ----------
    mode : Mode
    samples : tuple of int
        Points outwards and along (a meshed section is sampled on its elements instead); the default
        makes VTK's linear integration agree with the solver within 1e-4.

    Returns
    -------
    bytes
        A .vtu file. Integrating the array `ENERGY` over the cells of each `region` gives the energy
        shares.
    """
    plane = meridian_plane(mode, samples)
    points = np.stack([plane.r_um, np.zeros_like(plane.r_um), plane.z_um], axis=-1)
    names = {f"region {number}: {name}": number for number, name in enumerate(plane.region_names)}
    kept = {f"confinement in {name} (solver)": share for name, share in mode.confinement.items()}
    facts = {
        "wavelength (nm)": mode.wavelength_nm,
        "azimuthal order m": float(mode.m),
        **names,
        **kept,
    }
    constants = [_data_array(name, np.array([value], dtype="<f8")) for name, value in facts.items()]
    arrays = [_data_array(name, values.astype("<f4")) for name, values in plane.arrays.items()]
    offsets = 4 * np.arange(1, len(plane.corners) + 1, dtype="<i8")
    kinds = np.full(len(plane.corners), _VTK_QUAD, dtype="u1")
    inner = (
        f"<UnstructuredGrid><FieldData>{''.join(constants)}</FieldData>"
        f'<Piece NumberOfPoints="{plane.r_um.size}" NumberOfCells="{len(plane.corners)}">'
        f"<Points>{_data_array('Points (um)', points.astype('<f8').ravel(), 3)}</Points>"
        f"<Cells>{_data_array('connectivity', plane.corners.astype('<i8').ravel())}"
        f"{_data_array('offsets', offsets)}{_data_array('types', kinds)}</Cells>"
        f"<PointData>{''.join(arrays)}</PointData>"
        f'<CellData Scalars="region">{_data_array("region", plane.region.astype("<i4"))}</CellData>'
        "</Piece></UnstructuredGrid>"
    )
    return _document("UnstructuredGrid", inner)


def arc_vts(
    mode: Mode, periods: float = 8.0, samples: tuple[int, int, int] = (40, 41, 129)
) -> bytes:
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
        "energy_density (eps|E|^2, relative)": np.broadcast_to(
            field.energy_density.T[None], x.shape
        ),
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
    """Write a mode for ParaView; the suffix says which: .vtu the meridian plane, .vts an arc in
    space.

    Raises
    ------
    InputError
        For another suffix, or a mode without a field.
    """
    target = Path(path)
    if target.suffix not in (".vtu", ".vts"):
        raise InputError(
            f"{target}: a VTK file ends in .vtu (meridian plane) or .vts (arc in space)"
        )
    write_atomically(target, meridian_vtu(mode) if target.suffix == ".vtu" else arc_vts(mode))
    return target
