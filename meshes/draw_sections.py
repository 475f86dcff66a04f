"""Mesh every section of this folder with gmsh and draw it: NAME.geo -> NAME.png beside it."""

from pathlib import Path

import gmsh
import numpy as np

from cavitydesign.visualise.section import draw_section

FOLDER = Path(__file__).parent


def mesh_of(path: Path) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Nodes (r, z), corner nodes of the elements and the region of each element."""
    gmsh.initialize(interruptible=False)
    try:
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.open(str(path))
        gmsh.model.mesh.generate(2)
        tags, coordinates, _ = gmsh.model.mesh.getNodes()
        place = {tag: i for i, tag in enumerate(tags)}
        corners, regions = [], []
        for dimension, group in gmsh.model.getPhysicalGroups(2):
            name = gmsh.model.getPhysicalName(dimension, group)
            for surface in gmsh.model.getEntitiesForPhysicalGroup(dimension, group):
                _, _, nodes = gmsh.model.mesh.getElements(2, surface)
                triangles = np.array([place[tag] for tag in nodes[0]]).reshape(-1, 6)[:, :3]
                corners.append(triangles)
                regions += [name] * len(triangles)
        return np.array(coordinates).reshape(-1, 3)[:, :2], np.concatenate(corners), regions
    finally:
        gmsh.finalize()


def main() -> None:
    """Draw all sections."""
    for path in sorted(FOLDER.glob("*.geo")):
        if path.name == "size_field.geo":
            continue
        points, triangles, regions = mesh_of(path)
        picture = draw_section(
            points, triangles, regions, title=f"{path.stem}: {len(triangles)} elements"
        )
        picture.savefig(path.with_suffix(".png"), dpi=110)


if __name__ == "__main__":
    main()
