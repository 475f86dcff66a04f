"""`cavitydesign media`: the gain media of the library, and the sources of each constant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..exit_codes import DONE
from ..printing import new_table, number, print_json, print_tables
from .modes import AsJson

if TYPE_CHECKING:
    from ...gain import GainMedium

Name = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="One medium, with its constants.")
]


def media(name: Name = None, json: AsJson = False) -> int:
    """List the gain media of the library, or the constants of one with their sources."""
    from ...gain import find_medium, medium_names

    found = [find_medium(known) for known in (medium_names() if name is None else (name,))]
    rows = [_row(medium) for medium in found]
    if json:
        print_json({"schema": 1, "media": rows})
        return DONE
    head = ("medium", "kind", "emission nm", "width nm", "table nm", "peak gain cm^-1", "pumps nm")
    table = new_table("Gain media", head)
    for row in rows:
        span = row["range_nm"]
        table.add_row(
            row["name"],
            row["kind"],
            number(row["emission_nm"], ".1f"),
            number(row["fwhm_nm"], ".1f"),
            "-" if span is None else f"{span[0]:g} - {span[1]:g}",
            number(row["peak_gain_per_cm"], ".3g"),
            ", ".join(f"{pump['wavelength_nm']:g} ({pump['photons']})" for pump in row["pumps"]),
        )
    shown: list[Any] = [table]
    if name is not None:
        shown.append(_constants(rows[0]))
    hint = "In a design: [gain] medium = NAME; other keys replace its constants. Pumps: wavelength "
    print_tables(*shown, hint + "of a known cross-section (photons).")
    return DONE


def _constants(row: dict[str, Any]) -> Any:
    table = new_table("Constants", ("key", "value", "what", "source"))
    table.columns[-1].justify, table.columns[-1].no_wrap = "left", False
    for one in row["constants"]:
        value = one["value"]
        told = "table" if isinstance(value, list) else number(value, ".4g")
        table.add_row(one["key"], told, one["kind"], one["source"])
    return table


def _row(medium: GainMedium) -> dict[str, Any]:
    from ...gain.medium_library import medium_kind

    table_nm = getattr(medium, "table_wavelength_nm", ())
    return {
        "name": medium.name,
        "kind": medium_kind(medium),
        "emission_nm": medium.emission_wavelength_nm,
        "fwhm_nm": medium.emission_fwhm_nm,
        "range_nm": [table_nm[0], table_nm[-1]] if table_nm else None,
        "peak_gain_per_cm": medium.peak_gain_per_cm,
        "pumps": [
            {"photons": photons, "cross_section": sigma, "wavelength_nm": pump_nm}
            for photons, sigma, pump_nm in medium.absorber.cross_sections
        ],
        "constants": [
            {
                "key": one.key,
                "value": _plain(getattr(medium, one.key)),
                "kind": one.kind,
                "source": one.source,
            }
            for one in medium.constants
        ],
    }


def _plain(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value
