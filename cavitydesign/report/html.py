"""Writes the report: one HTML file, pictures and downloads inside it, nothing asked from outside."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..visualise.files import figure_bytes, write_atomically
from . import sections
from .references import references_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

CAPTIONS = {
    "field": "Energy density of the mode in the meridian plane, scaled to its maximum; full line: surfaces; dashed: "
    "radial caustics r = m/(k n); dotted: axial turning points of the adiabatic picture.",
    "comb": "a: the modes at their wavelengths under the gain curve, labelled polarisation m p q. b: quality factors.",
    "loss_budget": "a: share of each loss channel in 1/Q. b: log10 Q of each channel and of all together.",
    "light_curve": "Light in, light out: computed points, the fitted piecewise power law, and the thresholds.",
}


def _data_uri(content: bytes, kind: str) -> str:
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def headline(modes: Mapping[str, Any], lasing: Mapping[str, Any] | None) -> list[tuple[str, str]]:
    """The answer in a few numbers."""
    listed = modes.get("modes") or ()
    items = [(str(len(listed)), "modes found")]
    if lasing:
        threshold = (lasing.get("threshold_mj_cm2") or {}).get("lasing")
        items.insert(0, (str(lasing.get("regime")), "regime at 1.1 x the lasing threshold"))
        items.insert(1, (sections.number(threshold, 3) + " mJ/cm²", "lasing threshold"))
    if listed:
        items.append((sections.number(listed[0].get("fsr_nm"), 4) + " nm", f"FSR of {listed[0]['label']}"))
        items.append((sections.number(listed[0]["log10_q"].get("total"), 3), f"log10 Q of {listed[0]['label']}"))
    return items


def _count(modes: Mapping[str, Any]) -> str:
    low, high = modes.get("wavelength_range_nm", (0.0, 0.0))
    verdict = "as many as were found: none is missing" if modes.get("complete") else "not shown to be all: see the warnings"
    leaky = any(mode.get("log10_q_radiation_absorbing_layer") is not None for mode in modes.get("modes") or ())
    beside = " Leaky families have a complex spectrum without inertia: there, the modes found are counted." if leaky else ""
    return (
        f"Searched from {low:.6g} to {high:.6g} nm. At the azimuthal order where each family is solved first, the inertia "
        f"of the factorised problem counts the eigenvalues in the range of the wanted modes: {modes.get('counted')}, {verdict}."
        f"{beside}"
    )


def report_html(results: Mapping[str, Any], figures: Mapping[str, Figure]) -> str:
    """The report as text.

    Parameters
    ----------
    results : mapping
        The content of results.json: input, versions, platform, seconds, modes, and lasing where it was computed.
    figures : mapping of str to Figure
        Pictures by name; field, comb, loss_budget and light_curve have their places, others follow.
    """
    from jinja2 import Environment, StrictUndefined

    design, modes, lasing = results.get("input") or {}, results.get("modes") or {}, results.get("lasing")
    listed = modes.get("modes") or ()
    references = references_of(design, lasing is not None)
    bibtex = "\n\n".join(one.bibtex for one in references) + "\n"
    pictures = {
        name: {"uri": _data_uri(figure_bytes(figure, "svg", 200), "image/svg+xml"), "caption": CAPTIONS.get(name, name)}
        for name, figure in figures.items()
    }
    cavity = design.get("cavity", {})
    context = {
        "title": f"Cavity of {sections.number(modes.get('diameter_um'))} µm: modes, losses and lasing",
        "subtitle": f"{cavity.get('profile', 'cavity')} of {_medium(cavity.get('body'))}, made by cavitydesign",
        "headline": headline(modes, lasing),
        "warnings": sections.all_warnings(results),
        "input": sections.input_table(design),
        "count": _count(modes),
        "modes": sections.mode_table(listed),
        "confinement": sections.confinement_table(listed),
        "losses": sections.loss_table(listed),
        "lasing": None if lasing is None else sections.lasing_table(lasing),
        "per_mode": None if lasing is None else sections.per_mode_table(lasing),
        "origin": sections.origin_table(design, lasing),
        "provenance": sections.provenance_table(results),
        "references": references,
        "bibtex": bibtex,
        "bibtex_uri": _data_uri(bibtex.encode(), "application/x-bibtex"),
        "results_uri": _data_uri(json.dumps(results, indent=1).encode(), "application/json"),
        "figures": pictures,
        "other_figures": [name for name in pictures if name not in CAPTIONS],
    }
    template = (resources.files(__package__) / "report.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    return environment.from_string(template).render(context)


def _medium(given: Any) -> str:
    return given if isinstance(given, str) else f"index {given.get('index')}" if isinstance(given, Mapping) else "?"


def write_report(path: Path | str, results: Mapping[str, Any], figures: Mapping[str, Figure]) -> Path:
    """Write the report, atomically.

    Parameters
    ----------
    path : path
        An .html file.
    results : mapping
        The content of results.json.
    figures : mapping of str to Figure
        Pictures by name (field, comb, loss_budget, light_curve, others).

    Returns
    -------
    Path
        Where it was written.
    """
    target = Path(path)
    write_atomically(target, report_html(results, figures).encode("utf-8"))
    return target
