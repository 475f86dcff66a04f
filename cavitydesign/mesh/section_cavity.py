"""A cavity given by any meridian section: its mesh and the medium of each region."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np

from ..arrays import IntArray
from ..errors import InputError, nearest
from ..geometry.cavity import Cavity
from ..materials.material import Material
from .locate import Locator
from .section import SLACK, SectionMesh
from .section_bodies import body_numbers
from .section_ends import SectionEnds, section_ends
from .section_outline import SectionOutline

# What the readers call regions of which a file has no names.
_NUMBERED = re.compile(r"(surface|region) -?\d+")
# Whoever draws the body alone, as programs with a background medium allow, reads this.
_NOT_DRAWN = {"surround": "; what lies around the body is drawn too, as a surface of that name"}
_TYPICAL_NM = 600.0  # where media are compared, or the nearest wavelength at which all have data


def body_in_surround(mesh: SectionMesh) -> dict[str, str]:
    """Names for two regions that a file only numbers, where one lies within the other (or within
    its upper or lower half): the inner is the body, the outer the surround. Empty where this is not
    so.
    """
    present = [mesh.region_names[i] for i in np.unique(mesh.region)]
    return _nested(mesh) if all(_NUMBERED.fullmatch(name) for name in present) else {}


def _nested(mesh: SectionMesh) -> dict[str, str]:
    """Names for two regions of any names, where one lies within the other."""
    present = [mesh.region_names[i] for i in np.unique(mesh.region)]
    if len(present) != 2:
        return {}
    _, high_r, low_z, high_z = mesh.extent_um
    slack = SLACK * max(high_r, high_z - low_z)
    inner = []
    for name in present:
        part = mesh.nodes[mesh.region == mesh.region_names.index(name)].reshape(-1, 2)
        if part[:, 0].max() < high_r - slack and (
            part[:, 1].min() > low_z + slack or part[:, 1].max() < high_z - slack
        ):
            inner.append(name)
    if len(inner) != 1:
        return {}
    outer = next(name for name in present if name != inner[0])
    return {inner[0]: "body", outer: "surround"}


def _key(name: str) -> str:
    """A name as a key of TOML."""
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else f'"{name}"'


@dataclass(frozen=True, repr=False, eq=False)
class SectionCavity(Cavity):
    """A body of revolution of any section; its outline is the body's outermost curve.

    Parameters
    ----------
    mesh : SectionMesh
        Regions in the order of `media`.
    media : tuple of (str, Material)
        Name and medium of each region; the body last but one, the surround last.
    magnetic : tuple of str
        Tagged curves of the boundary that are magnetic walls; the rest of the boundary and the axis
        are electric.
    electric : tuple of str
        Tagged curves of the boundary where metal is meant; the rest are cuts, which must not
        matter.
    source : str
        The file, for messages.
    """

    mesh: SectionMesh = field(kw_only=True, repr=False)
    media: tuple[tuple[str, Material], ...] = field(kw_only=True)
    magnetic: tuple[str, ...] = field(default=(), kw_only=True)
    electric: tuple[str, ...] = field(default=(), kw_only=True)
    source: str = field(default="section", kw_only=True)

    @classmethod
    def of(
        cls,
        mesh: SectionMesh,
        media: Mapping[str, Material],
        source: str = "section",
        magnetic: tuple[str, ...] = (),
        electric: tuple[str, ...] = (),
        **given: Any,
    ) -> SectionCavity:
        """A cavity from a mesh and the medium of each region by name; "body" and "surround" must be
        among them.

        Parameters
        ----------
        mesh : SectionMesh
        media : mapping of str to Material
        source : str
        magnetic, electric : tuple of str
        given : roughness_nm, correlation_nm

        Raises
        ------
        InputError
            If a region has no medium, a medium no region, or a wall no curve.
        """
        present = {mesh.region_names[i] for i in np.unique(mesh.region)}
        has = f"it has {', '.join(sorted(present))}"
        # Within walls all around the body may fill everything: the surround is then nowhere.
        filled = section_ends(mesh, electric, magnetic).closed and "surround" in media
        wanted = (*(n for n in ("body", "surround") if n not in media), *media)
        wanted = tuple(n for n in wanted if not (filled and n == "surround"))
        if all(_NUMBERED.fullmatch(name) for name in present):
            has += "; say which is which in [cavity.region_names]"
        elif not {"body", "surround"} & present:
            meant = _nested(mesh) or dict(zip(sorted(present), ("body", "surround"), strict=False))
            entries = ", ".join(f'{_key(name)} = "{what}"' for name, what in meant.items())
            # what else is missing follows from this alone
            raise InputError(
                f"{source}: no regions named 'body' and 'surround'; {has}; say which is which in "
                f"[cavity.region_names], such as {entries}"
            )
        problems = [
            f"{source}: no region named {n!r}; {has}{nearest(n, present) or _NOT_DRAWN.get(n, '')}"
            for n in wanted
            if n not in present
        ]
        problems += [
            f"{source}: region {n!r} has no medium; give {n} = ... in [cavity.materials]"
            for n in sorted(present - set(media))
        ]
        tags = f"it has {', '.join(sorted(mesh.boundary)) or 'none'}"
        unknown = [n for n in (*magnetic, *electric) if n not in mesh.boundary]
        problems += [
            f"{source}: no curve named {n!r}; {tags}{nearest(n, mesh.boundary)}" for n in unknown
        ]
        if problems:
            raise InputError(problems)
        names = (*sorted(present - {"body", "surround"}), "body", "surround")
        number = np.array(
            [names.index(name) if name in present else -1 for name in mesh.region_names]
        )
        ordered = replace(mesh, region=number[mesh.region], region_names=names)
        return cls(
            SectionOutline.of(ordered, len(names) - 2),
            media["body"],
            media["surround"],
            mesh=ordered,
            media=tuple((name, media[name]) for name in names),
            magnetic=magnetic,
            electric=electric,
            source=source,
            **given,
        )

    @property
    def regions(self) -> tuple[tuple[str, Material], ...]:
        """Names and media, the body last but one, the surround last."""
        return self.media

    @cached_property
    def rim_um(self) -> tuple[float, float]:
        """The body's point (r, z) farthest from the axis."""
        r, z = self.outline.point(np.zeros(1))
        return float(r[0]), float(z[0])

    @cached_property
    def _body_numbers(self) -> IntArray:
        lows, highs = zip(*(medium.range_nm for _, medium in self.media), strict=True)
        at_nm = min(max(_TYPICAL_NM, *lows), min(highs))
        index = [max(m.index(at_nm), m.index_extraordinary(at_nm)) for _, m in self.media]
        return body_numbers(self.mesh, len(self.media) - 2, np.array(index))

    @cached_property
    def bodies(self) -> int:
        """How many bodies may share a mode (`section_bodies`): one, but for coupled cavities."""
        return int(self._body_numbers.max()) + 1

    def bodies_of(self, mesh: SectionMesh) -> IntArray:
        """Number of the body that each element of the section's mesh, or of some of it, perhaps
        cut finer, belongs to; -1 outside all.
        """
        if mesh is self.mesh:
            return self._body_numbers
        middle = np.zeros(1)
        r, z, *_ = mesh.positions(middle, middle)
        return self._body_numbers[self._locator.find(r.ravel(), z.ravel())[0]]

    @cached_property
    def _locator(self) -> Locator:
        return Locator(self.mesh)

    @cached_property
    def ends(self) -> SectionEnds:
        """Where the section is cut, where it ends at walls, and the media that run on outwards."""
        return section_ends(self.mesh, self.electric, self.magnetic)

    @property
    def symmetric(self) -> bool:
        """Not known of a section."""
        return False
