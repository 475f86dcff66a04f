"""Fields as files that ParaView opens: .vtu of the meridian plane, .vts of an arc with its phase;
units in array names.

The files are written here, as VTK's XML with zlib-compressed blocks, so that neither VTK nor a
display is needed.
"""

from __future__ import annotations

import base64
import math
import struct
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...errors import InputError
from ...modes.mode import Mode
from ..fields.meridian_view import sampled
from ..files import write_atomically
from .vtk_plane import meridian_plane, quadrilaterals
from .vtk_vectors import Vectors, inside_cells, named_arrays, solved_modes, turned, vectors_at

_VTK_QUAD = 9  # VTK's number of a linear quadrilateral
_BLOCK = 1 << 20  # Bytes that are compressed at once; VTK's own writers take 32 kB to 1 MB.
_MOST_POINTS = 1_000_000  # of an arc: 60 MB for one mode
# Points outwards, along z and for each period of an arc, the finest that fits is taken.
_ARC_SAMPLES = ((40, 41, 16), (30, 31, 12), (20, 21, 10), (12, 13, 8))
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


def _point_arrays(arrays: Mapping[str, Array]) -> str:
    """Scalars and vectors of the points in single precision."""
    return "".join(
        _data_array(name, values.astype("<f4").ravel(), 3 if values.ndim == 2 else 1)
        for name, values in arrays.items()
    )


def _field_data(facts: Mapping[str, float]) -> str:
    constants = [_data_array(name, np.array([value], dtype="<f8")) for name, value in facts.items()]
    return f"<FieldData>{''.join(constants)}</FieldData>"


def _document(kind: str, inner: str) -> bytes:
    head = (
        '<?xml version="1.0"?>\n<VTKFile type="{}" version="1.0" byte_order="LittleEndian" '
        'header_type="UInt64"'
    )
    return f'{head.format(kind)} compressor="vtkZLibDataCompressor">{inner}</VTKFile>\n'.encode(
        "ascii"
    )


def meridian_vtu(modes: Mode | Sequence[Mode], samples: tuple[int, int] = (500, 141)) -> bytes:
    """The meridian plane of one or several modes as an unstructured grid, at x = r, y = 0, z = z
    (um).

    Parameters
    ----------
    modes : Mode or sequence of Mode
        Of one cavity; the grid is that of the first.
    samples : tuple of int
        Points outwards and along (a meshed section is sampled on its elements instead); the default
        makes VTK's linear integration agree with the solver within 1e-4.

    Returns
    -------
    bytes
        A .vtu file. Integrating the array `ENERGY` over the cells of each `region` gives the energy
        shares of the first mode. E and H of every solved mode are pairs of vectors, "E real (V/m)"
        and "E imag (V/m)", "H real (A/m)" and "H imag (A/m)", for one photon in the mode, along x
        = r, y = phi and z, beside the "energy_density (J/m^3)"; where there are several modes the
        names begin with the label. Of a mode whose solved vector was not kept there is E alone,
        relative to its largest value.
    """
    given = solved_modes(modes)
    first = given[0]
    plane = meridian_plane(first, samples)
    points = np.stack([plane.r_um, np.zeros_like(plane.r_um), plane.z_um], axis=-1)
    facts = {
        "wavelength (nm)": first.wavelength_nm,
        "azimuthal order m": float(first.m),
        **{f"region {number}: {name}": number for number, name in enumerate(plane.region_names)},
        **{f"confinement in {name} (solver)": share for name, share in first.confinement.items()},
    }
    arrays = dict(plane.arrays)
    if all(mode.raw is not None for mode in given):
        arrays = {name: values for name, values in arrays.items() if values.ndim == 1}
        r, z = inside_cells(plane.r_um, plane.z_um, plane.corners)
        for mode in given:
            prefix = f"{mode.label} " if len(given) > 1 else ""
            vectors = vectors_at(mode, r, z)
            arrays |= named_arrays(vectors, prefix)
            facts |= _facts(mode, vectors, prefix)
    elif len(given) > 1:
        raise InputError("modes: of several modes in one file all must be solved, not read back")
    offsets = 4 * np.arange(1, len(plane.corners) + 1, dtype="<i8")
    kinds = np.full(len(plane.corners), _VTK_QUAD, dtype="u1")
    inner = (
        f"<UnstructuredGrid>{_field_data(facts)}"
        f'<Piece NumberOfPoints="{plane.r_um.size}" NumberOfCells="{len(plane.corners)}">'
        f"<Points>{_data_array('Points (um)', points.astype('<f8').ravel(), 3)}</Points>"
        f"<Cells>{_data_array('connectivity', plane.corners.astype('<i8').ravel())}"
        f"{_data_array('offsets', offsets)}{_data_array('types', kinds)}</Cells>"
        f"<PointData>{_point_arrays(arrays)}</PointData>"
        f'<CellData Scalars="region">{_data_array("region", plane.region.astype("<i4"))}</CellData>'
        "</Piece></UnstructuredGrid>"
    )
    return _document("UnstructuredGrid", inner)


def _facts(mode: Mode, vectors: Vectors, prefix: str) -> dict[str, float]:
    """What a file says of a mode's vectors."""
    facts = {
        f"{prefix}energy in the mode (J)": vectors.energy_j,
        f"{prefix}error of E over its largest value": vectors.relative_error,
    }
    if prefix:
        facts |= {
            f"{prefix}wavelength (nm)": mode.wavelength_nm,
            f"{prefix}azimuthal order m": float(mode.m),
        }
    return facts


def arc_vts(
    modes: Mode | Sequence[Mode],
    periods: float | None = 8.0,
    samples: tuple[int, int, int] | None = None,
) -> bytes:
    """An arc of one or several modes in space, or the whole ring, with the phase exp(i m phi), as a
    structured grid (um).

    Parameters
    ----------
    modes : Mode or sequence of Mode
        Of one cavity; the grid is that of the first.
    periods : float or None
        Length of the arc in azimuthal periods of the first mode; None is the whole ring.
    samples : tuple of int, optional
        Points outwards, along z and along the arc; by default 40, 41 and 16 for each period, fewer
        where the file would pass a million points.

    Returns
    -------
    bytes
        A .vts file, its vectors along x, y and z, with the names of `meridian_vtu`.

    Raises
    ------
    InputError
        For an arc of no length or longer than the ring, or of more periods than a file holds.
    """
    given = solved_modes(modes)
    mode = given[0]
    periods = float(mode.m) if periods is None else periods
    if not 0.0 < periods <= mode.m:
        raise InputError(f"arc: periods = {periods:g} must lie between 0 and m = {mode.m}")
    outwards, along, angles = samples or _arc_samples(periods)
    field = sampled(mode, outwards, along)
    phi = np.linspace(-0.5, 0.5, angles) * (2.0 * np.pi * periods / mode.m)
    # VTK runs its first index fastest: outwards, then along z, then along the arc
    r, z = field.r_um.T[None], field.z_um.T[None]
    x, y = r * np.cos(phi)[:, None, None], r * np.sin(phi)[:, None, None]
    points = np.stack([x, y, np.broadcast_to(z, x.shape)], axis=-1)
    arrays: dict[str, Array] = {
        "energy_density (eps|E|^2, relative)": np.broadcast_to(
            field.energy_density.T[None], x.shape
        ).ravel(),
        "region": np.broadcast_to(field.region.T[None], x.shape).astype(float).ravel(),
    }
    facts = {"wavelength (nm)": mode.wavelength_nm, "azimuthal order m": float(mode.m)}
    if all(one.raw is not None for one in given):
        corners = quadrilaterals(*field.r_um.shape)
        one_region = np.ptp(field.region.ravel()[corners], axis=1) == 0
        at_r, at_z = inside_cells(field.r_um.ravel(), field.z_um.ravel(), corners[one_region])
        order = np.arange(field.r_um.size).reshape(field.r_um.shape).T.ravel()
        for one in given:
            prefix = f"{one.label} " if len(given) > 1 else ""
            vectors = vectors_at(one, at_r[order], at_z[order])
            arrays |= named_arrays(turned(vectors, one.m, phi), prefix)
            facts |= _facts(one, vectors, prefix)
    elif len(given) > 1:
        raise InputError("modes: of several modes in one file all must be solved, not read back")
    else:
        parts = [part.T.ravel() for part in (field.e_r, field.e_phi, field.e_z)]
        relative = Vectors(
            np.stack(parts, -1),
            np.zeros((len(parts[0]), 3), complex),
            np.zeros(len(parts[0])),
            0.0,
            0.0,
        )
        e = turned(relative, mode.m, phi).e_v_per_m
        arrays |= {"E real (relative)": e.real, "E imag (relative)": e.imag}
    extent = f"0 {r.shape[2] - 1} 0 {r.shape[1] - 1} 0 {len(phi) - 1}"
    inner = (
        f'<StructuredGrid WholeExtent="{extent}">{_field_data(facts)}<Piece Extent="{extent}">'
        f"<Points>{_data_array('Points (um)', points.astype('<f4').ravel(), 3)}</Points>"
        f"<PointData>{_point_arrays(arrays)}</PointData></Piece></StructuredGrid>"
    )
    return _document("StructuredGrid", inner)


def _arc_samples(periods: float) -> tuple[int, int, int]:
    """Points of an arc: as fine as a million points allow."""
    for outwards, along, each in _ARC_SAMPLES:
        angles = math.ceil(each * periods) + 1
        if outwards * along * angles <= _MOST_POINTS:
            return outwards, along, angles
    outwards, along, each = _ARC_SAMPLES[-1]
    most = _MOST_POINTS // (outwards * along * each)
    raise InputError(
        f"arc: {periods:g} periods would pass {_MOST_POINTS} points; up to {most} are written, or "
        "give samples"
    )


def save_vtk(modes: Mode | Sequence[Mode], path: Path | str, periods: float | None = 8.0) -> Path:
    """Write one or several modes for ParaView; the suffix says which: .vtu the meridian plane, .vts
    an arc in space.

    Parameters
    ----------
    modes : Mode or sequence of Mode
        Such as a `ModeSet` or a part of it.
    path : Path or str
    periods : float or None
        Length of an arc in azimuthal periods; None is the whole ring.

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
    content = meridian_vtu(modes) if target.suffix == ".vtu" else arc_vts(modes, periods)
    write_atomically(target, content)
    return target
