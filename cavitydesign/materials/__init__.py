"""Optical media: dispersion laws, the library of published data, composites, and a reader of the
user's own data.

Examples
--------
>>> import cavitydesign as cd
>>> "silica" in cd.materials.material_names()
True
"""

from .composite import EffectiveMedium, bruggeman, maxwell_garnett
from .database import DatabaseMaterial, database_material
from .dataset import MATERIAL_SUFFIXES, material_from_table, read_material
from .dispersive import DispersiveMaterial, ThermoOptic
from .library import (
    DEFAULT_DOT_FRACTION,
    IndexSpread,
    find_material,
    index_spread,
    material_aliases,
    material_names,
)
from .material import ConstantIndex, Material

__all__ = [
    "DEFAULT_DOT_FRACTION",
    "MATERIAL_SUFFIXES",
    "ConstantIndex",
    "DatabaseMaterial",
    "DispersiveMaterial",
    "EffectiveMedium",
    "IndexSpread",
    "Material",
    "ThermoOptic",
    "bruggeman",
    "database_material",
    "find_material",
    "index_spread",
    "material_aliases",
    "material_from_table",
    "material_names",
    "maxwell_garnett",
    "read_material",
]
