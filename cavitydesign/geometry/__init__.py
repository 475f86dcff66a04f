"""Outlines of cavities, one file each shape, and the cavity that they bound."""

from .cavity import Cavity, Coating
from .cosine import Cosine
from .cylinder import Cylinder
from .droplet import Droplet
from .droplet_solve import dried, droplet_of
from .fibre import FibreShape, fibre_from_points
from .measured import AxialSpacing, MeasuredOutline, axial_spacing, outline_from_points
from .outline import Outline
from .parabola import Parabola
from .spheroid import Spheroid
from .surroundings.coupler import Coupler

__all__ = [
    "AxialSpacing",
    "Cavity",
    "Coating",
    "Cosine",
    "Coupler",
    "Cylinder",
    "Droplet",
    "FibreShape",
    "MeasuredOutline",
    "Outline",
    "Parabola",
    "Spheroid",
    "axial_spacing",
    "dried",
    "droplet_of",
    "fibre_from_points",
    "outline_from_points",
]
