"""Writes the report: one HTML file, pictures and downloads inside it, nothing asked from
outside.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..visualise.files import figure_bytes, write_atomically
from ..visualise.theme import ONE_COLUMN_IN
from .document import Heading, Sources, document, title_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def _data_uri(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def report_html(results: Mapping[str, Any], figures: Mapping[str, Figure]) -> str:
    """The report as text.

    Parameters
    ----------
    results : mapping
        The content of results.json: input, applied, versions, platform, seconds, modes, and lasing
        where it was computed.
    figures : mapping of str to Figure
        Pictures by name.
    """
    from jinja2 import Environment, StrictUndefined

    blocks = list(document(results, figures))
    bibtex = next(one.bibtex for one in blocks if isinstance(one, Sources))
    title, subtitle = title_of(results)
    context = {
        "title": title,
        "subtitle": subtitle,
        "blocks": [(type(one).__name__, one) for one in blocks],
        "headings": [one for one in blocks if isinstance(one, Heading)],
        "pictures": {
            name: _data_uri(figure_bytes(one, "svg", 200), "image/svg+xml")
            for name, one in figures.items()
        },
        "wide": [name for name, one in figures.items() if one.get_figwidth() > ONE_COLUMN_IN],
        "bibtex_uri": _data_uri(bibtex.encode(), "application/x-bibtex"),
        "results_uri": _data_uri(json.dumps(results, indent=1).encode(), "application/json"),
    }
    template = (resources.files(__package__) / "report.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(template).render(context)


def write_report(
    path: Path | str, results: Mapping[str, Any], figures: Mapping[str, Figure]
) -> Path:
    """Write the report, atomically.

    Parameters
    ----------
    path : path
        An .html file.
    results : mapping
        The content of results.json.
    figures : mapping of str to Figure
        Pictures by name (cavity, field, cuts, comb, loss_budget, light_curve, output_shares).

    Returns
    -------
    Path
        Where it was written.
    """
    target = Path(path)
    write_atomically(target, report_html(results, figures).encode("utf-8"))
    return target
