"""A cavity given by any meridian section: its mesh and the medium of each region."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from ..errors import InputError, nearest
from ..materials.material import Material
from .section import SectionMesh
from .section_outline import SectionOutline


@dataclass(frozen=True, eq=False)
class SectionCavity:
    """A body of revolution of any section.

    Parameters
    ----------
    mesh : SectionMesh
        Regions in the order of `regions`.
    regions : tuple of (str, Material)
        Name and medium of each region; the body last but one, the surround last.
    magnetic : tuple of str
        Tagged curves of the boundary that are magnetic walls; the rest of the boundary and the axis are electric.
    roughness_nm, correlation_nm : float
        Of the rim, as for `geometry.Cavity`.
    source : str
        The file, for messages.
    """

    mesh: SectionMesh
    regions: tuple[tuple[str, Material], ...]
    magnetic: tuple[str, ...] = ()
    roughness_nm: float = 0.0
    correlation_nm: float = 100.0
    source: str = "section"
    sliced = False
    symmetric = False
    fibre = None
    fibre_radius_um = 0.0
    coatings = ()
    inner_radii_um = ()

    @classmethod
    def of(cls, mesh: SectionMesh, media: Mapping[str, Material], source: str = "section", **given: object) -> SectionCavity:
        """A cavity from a mesh and the medium of each region by name; "body" and "surround" must be among them.

        Raises
        ------
        InputError
            If a region has no medium, or a medium no region.
        """
        present = set(mesh.region_names[i] for i in np.unique(mesh.region))
        problems = [
            f"{source}: no region {name!r} in the section (it has {', '.join(sorted(present))}){nearest(name, present)}"
            for name in (*(n for n in ("body", "surround") if n not in media), *(n for n in media if n not in present))
        ]
        problems += [
            f"{source}: region {name!r} has no medium; give it one under [cavity.materials]{nearest(name, media)}"
            for name in sorted(present)
            if name not in media
        ]
        if problems:
            raise InputError(problems)
        names = (*sorted(present - {"body", "surround"}), "body", "surround")
        number = np.array([names.index(name) if name in present else -1 for name in mesh.region_names])
        ordered = replace(mesh, region=number[mesh.region], region_names=names)
        return cls(ordered, tuple((name, media[name]) for name in names), source=source, **given)  # type: ignore[arg-type]

    @property
    def body(self) -> Material:
        """Medium of the body."""
        return self.regions[-2][1]

    @property
    def surround(self) -> Material:
        """Medium around."""
        return self.regions[-1][1]

    @cached_property
    def rim_um(self) -> tuple[float, float]:
        """The body's point (r, z) farthest from the axis."""
        x = np.linspace(-1.0, 1.0, 4 * self.mesh.degree + 1)
        body = self.mesh.chosen(self.mesh.region == len(self.regions) - 2)
        r, z, *_ = body.positions(x, x)
        far = int(np.argmax(r))
        return float(r.ravel()[far]), float(z.ravel()[far])

    @cached_property
    def outline(self) -> SectionOutline:
        """The body's outermost curve."""
        return SectionOutline.of(self.mesh, len(self.regions) - 2, self.rim_um[1])

    @property
    def diameter_um(self) -> float:
        """Largest diameter of the body."""
        return 2.0 * self.rim_um[0]

    @property
    def uniaxial(self) -> bool:
        """Whether a medium has its own index for E along z."""
        return any(material.is_uniaxial for _, material in self.regions)
