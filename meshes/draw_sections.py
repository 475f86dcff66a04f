"""Draw every section of this folder as the solver meshes it: NAME.geo -> NAME.png beside it."""

from pathlib import Path

from cavitydesign.mesh.files.section_file import read_section
from cavitydesign.visualise.fields.section_view import draw_section, element_outlines

FOLDER = Path(__file__).parent
DOTS_PER_INCH = 200


def main() -> None:
    """Draw all sections."""
    for path in sorted(FOLDER.glob("*.geo")):
        if path.name == "size_field.geo":
            continue
        mesh = read_section(path)
        picture = draw_section(
            mesh.topology.p.T,
            mesh.corners[:, :3],
            [mesh.region_names[number] for number in mesh.region],
            outlines_um=element_outlines(mesh),
            title=f"{path.stem.replace('_', ' ')}: {mesh.elements} elements",
        )
        picture.savefig(path.with_suffix(".png"), dpi=DOTS_PER_INCH)


if __name__ == "__main__":
    main()
