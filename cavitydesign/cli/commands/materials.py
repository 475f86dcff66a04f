"""`cavitydesign materials`: the library with its sources and ranges, one medium, or a user's own
file, checked.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError
from ..exit_codes import DONE
from ..printing import new_table, number, print_json, print_tables
from .modes import AsJson

if TYPE_CHECKING:
    from ...materials import Material

Name = Annotated[
    str | None,
    typer.Argument(
        metavar="[NAME|FILE]",
        help="One medium, or a material file of yours to check: .toml, .csv or .yml.",
    ),
]
At = Annotated[
    float,
    typer.Option("--wavelength", metavar="NM", help="Where index and absorption are told, nm."),
]
Plot = Annotated[
    Path | None,
    typer.Option("--plot", metavar="FILE", help="Draw the dispersion: PNG, SVG or PDF."),
]


def materials(
    name: Name = None, wavelength: At = 537.6, plot: Plot = None, json: AsJson = False
) -> int:
    """List the material library with sources and ranges, or check a material file."""
    from ...materials import (
        MATERIAL_SUFFIXES,
        find_material,
        material_aliases,
        material_names,
        read_material,
    )

    if not wavelength > 0:
        raise InputError(f"--wavelength {wavelength:g}: must be greater than 0 (nm)")
    if name is None:
        media = [find_material(known) for known in material_names()]
    elif Path(name).suffix.lower() in MATERIAL_SUFFIXES:
        media = [read_material(Path(name))]
    else:
        media = [find_material(name)]
    if plot is not None:
        from ...visualise.files import save_figure
        from ...visualise.spectra.material_view import draw_materials

        save_figure(draw_materials(media), plot)
    rows = [_row(medium, wavelength) for medium in media]
    if json:
        print_json(
            {
                "schema": 1,
                "wavelength_nm": wavelength,
                "materials": rows,
                "aliases": material_aliases(),
            }
        )
        return DONE
    head = ("medium", "range nm", f"n({wavelength:g} nm)", "n_g", "absorption cm^-1", "source")
    table = new_table("Materials", head)
    table.columns[-1].justify, table.columns[-1].no_wrap = "left", False
    for row in rows:
        table.add_row(
            row["name"],
            f"{row['range_nm'][0]:g} - {row['range_nm'][1]:g}",
            number(row["index"], ".5f"),
            number(row["group_index"], ".5f"),
            number(row["absorption_per_cm"], ".3g"),
            row["source"],
        )
    print_tables(
        table,
        "A dash: the wavelength is outside the data. Explicit media: { index = 1.49, "
        "absorption_per_cm = 0.0 }",
    )
    return DONE


def _row(medium: Material, wavelength_nm: float) -> dict[str, Any]:
    inside = medium.range_nm[0] <= wavelength_nm <= medium.range_nm[1]
    return {
        "name": medium.name,
        "range_nm": list(medium.range_nm),
        "index": medium.index(wavelength_nm) if inside else None,
        "index_extraordinary": medium.index_extraordinary(wavelength_nm) if inside else None,
        "group_index": medium.group_index(wavelength_nm) if inside else None,
        "absorption_per_cm": medium.absorption_per_cm(wavelength_nm) if inside else None,
        "thermo_optic_per_k": medium.thermo_optic_per_k,
        "source": medium.source,
        "licence": getattr(medium, "licence", None),
    }
