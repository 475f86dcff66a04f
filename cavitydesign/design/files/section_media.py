"""Reads a section and gives each of its regions a medium."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ...materials import Material

LengthUnit = Literal["nm", "um", "mm", "m"]
LENGTH_UNITS_UM: dict[str, float] = {"nm": 1e-3, "um": 1.0, "mm": 1e3, "m": 1e6}

if TYPE_CHECKING:
    from ...mesh.section import SectionMesh
    from ...mesh.section_cavity import SectionCavity


def load_section(
    path: Path,
    parameters: Mapping[str, float],
    names: Mapping[str, str],
    media: Mapping[str, Material],
    walls: tuple[tuple[str, ...], tuple[str, ...]],
    rim: Mapping[str, float],
    length_unit: LengthUnit = "um",
) -> SectionCavity:
    """A cavity of any meridian section.

    Parameters
    ----------
    path : Path
        .msh, .geo, .step, .brep, or what meshio reads.
    parameters : mapping of str to float
        Constants of a .geo file.
    names : mapping of str to str
        The file's own names of regions, and ours ("body", "surround", ...).
    media : mapping of str to Material
        By region.
    walls : two tuples of str
        Curves that are magnetic walls, and curves that are metal.
    rim : mapping of str to float
        roughness_nm, correlation_nm.
    length_unit : str
        Unit of the file's coordinates.

    Raises
    ------
    InputError
        One line for each problem: file and what is wrong with it.
    """
    from ...errors import InputError
    from ...mesh.files.section_files import section_files
    from ...mesh.section_cavity import SectionCavity, body_in_surround
    from .named_files import digest_of

    if parameters and not path.suffix.startswith(".geo"):
        raise InputError(f"{path}: parameters belong to a .geo section")
    unit_um = LENGTH_UNITS_UM[length_unit]
    content = digest_of(section_files(path))
    mesh = _mesh(path, content, tuple(sorted(parameters.items())), unit_um)
    named = mesh.renamed(names or body_in_surround(mesh), str(path))
    return SectionCavity.of(named, media, str(path), walls[0], walls[1], **rim)


@lru_cache(maxsize=8)
def _mesh(
    path: Path, content: str, parameters: tuple[tuple[str, float], ...], unit_um: float
) -> SectionMesh:
    """The mesh of a file; the digest of all that it reads keeps old contents apart."""
    from ...mesh.files.gmsh_reader import Meshing
    from ...mesh.files.section_file import read_section

    return read_section(path, Meshing(parameters=dict(parameters)), unit_um)
