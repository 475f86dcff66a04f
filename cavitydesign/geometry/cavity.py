"""The cavity: an outline of one medium around a fibre of another, in a surrounding medium."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

from ..arrays import Array
from ..errors import InputError
from ..markup import html_table
from ..materials.material import Material
from .fibre import FibreShape
from .outline import Outline
from .surroundings.coupler import Coupler

_THINNEST_UM = 1e-4  # 0.1 nm: no medium has an index in less than an atom


@dataclass(frozen=True)
class Coating:
    """One inner shell between fibre and body, following the fibre's surface.

    Parameters
    ----------
    name : str
        Region name, used in the confinement table.
    thickness_um : float
        Radial thickness.
    material : Material
        Its medium.
    """

    name: str
    thickness_um: float
    material: Material


@dataclass(frozen=True, repr=False)
class Cavity:
    """A body of revolution on a fibre.

    Parameters
    ----------
    outline : Outline
        Meridian curve of the body's surface.
    body, surround : Material
        Media inside and outside the outline.
    fibre : Material or None
        Medium of the fibre, where there is one.
    fibre_radius_um : float
        Radius of the fibre at the equator; 0 without a fibre.
    fibre_taper : float
        Slope d(radius)/dz of a tapered fibre, dimensionless.
    fibre_shape : FibreShape or None
        What the radius gains along z beyond the taper, where the fibre is no cone.
    coatings : tuple of Coating
        Shells between the fibre and the body, from the inside out.
    roughness_nm : float
        Root-mean-square roughness of the rim.
    correlation_nm : float
        Correlation length of the roughness.
    sliced : bool
        True for the infinite cylinder solved as a slice with kz = 0.
    coupler : Coupler or None
        A guide beside the cavity, which takes light from it.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    >>> cd.sphere(diameter_um=6.0, body="silica", **asked).cavity.diameter_um
    6.0
    """

    outline: Outline
    body: Material
    surround: Material
    fibre: Material | None = None
    fibre_radius_um: float = 0.0
    fibre_taper: float = 0.0
    fibre_shape: FibreShape | None = None
    coatings: tuple[Coating, ...] = field(default=())
    roughness_nm: float = 0.0
    correlation_nm: float = 100.0
    sliced: bool = False
    coupler: Coupler | None = None

    def __repr__(self) -> str:
        """Shape, size and media, in one line."""
        media = ", ".join(f"{name} {medium.name}" for name, medium in self.regions)
        kind = type(self.outline).__name__.removesuffix("Outline").lower()
        return f"Cavity ({kind}) of {self.diameter_um:.6g} um: {media}"

    def _repr_html_(self) -> str:
        """The cavity in one line and the sources of its media, for notebooks."""
        radii = dict(zip((name for name, _ in self.regions), self.inner_radii_um, strict=False))
        sizes = {**{name: 2.0 * radius for name, radius in radii.items()}, "body": self.diameter_um}
        rows = [
            (name, f"{sizes[name]:.6g}" if name in sizes else "", medium.name, medium.source)
            for name, medium in self.regions
        ]
        head = ("region", "diameter (µm)", "medium", "source")
        return f"<p>{html.escape(repr(self))}</p>{html_table(head, rows)}"

    def __post_init__(self) -> None:
        inner = self.fibre_radius_um + sum(c.thickness_um for c in self.coatings)
        if inner >= self.outline.equator_radius_um:
            raise InputError(
                f"cavity.fibre_diameter_um: the fibre with its coatings ({2 * inner:g} um) must "
                "be thinner than the cavity "
                f"({self.diameter_um:g} um)"
            )
        left = self.outline.equator_radius_um - inner
        # without a fibre the whole body is that thin: its unit is asked about where it is solved
        if inner > 0.0 and left < _THINNEST_UM:
            raise InputError(
                f"cavity.fibre_diameter_um: the fibre with its coatings leaves {left:.2g} um for "
                f"the body, less than an atom ({_THINNEST_UM:g} um)"
            )

    @property
    def diameter_um(self) -> float:
        """Outer diameter at the equator."""
        return 2.0 * self.outline.equator_radius_um

    @property
    def regions(self) -> tuple[tuple[str, Material], ...]:
        """Names and media from the axis outwards."""
        inner: list[tuple[str, Material]] = []
        if self.fibre is not None and self.fibre_radius_um > 0:
            inner.append(("fibre", self.fibre))
        inner += [(c.name, c.material) for c in self.coatings]
        return (*inner, ("body", self.body), ("surround", self.surround))

    @property
    def inner_radii_um(self) -> tuple[float, ...]:
        """Radii at the equator of the interfaces inside the body: fibre, then each coating's outer
        face.
        """
        if self.fibre is None or self.fibre_radius_um <= 0:
            return ()
        radii = [self.fibre_radius_um]
        for coating in self.coatings:
            radii.append(radii[-1] + coating.thickness_um)
        return tuple(radii)

    def interface_um(self, radius_um: float, z_um: Array) -> Array:
        """Radius at heights z of the interface that has the given radius at the equator: parallel
        to the fibre's wall.

        Parameters
        ----------
        radius_um : float
            At the equator.
        z_um : (n,) array
            Heights above the equator.

        Returns
        -------
        (n,) array
            Radii in um.
        """
        rise = 0.0 if self.fibre_shape is None else self.fibre_shape.rise_um(z_um)
        return radius_um + self.fibre_taper * z_um + rise

    @property
    def straight_fibre(self) -> bool:
        """Whether the fibre's radius is the same everywhere."""
        return self.fibre_taper == 0.0 and self.fibre_shape is None

    @property
    def uniaxial(self) -> bool:
        """Whether a medium has its own index for E along z."""
        return any(material.uniaxial for _, material in self.regions)

    @property
    def symmetric(self) -> bool:
        """Whether z -> -z leaves the cavity as it is."""
        even = self.fibre_shape is None or self.fibre_shape.symmetric
        return self.outline.symmetric and self.fibre_taper == 0.0 and even
