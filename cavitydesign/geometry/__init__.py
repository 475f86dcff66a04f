"""Outlines of cavities, one file each shape, and the cavity that they bound."""

from .cavity import Cavity, Coating
from .cosine import Cosine
from .cylinder import Cylinder
from .droplet import Droplet
from .droplet_solve import dried, droplet_of
from .outline import Outline
from .parabola import Parabola
from .spheroid import Spheroid

__all__ = [
    "Cavity",
    "Coating",
    "Cosine",
    "Cylinder",
    "Droplet",
    "Outline",
    "Parabola",
    "Spheroid",
    "dried",
    "droplet_of",
]
