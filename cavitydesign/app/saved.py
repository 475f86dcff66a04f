"""What the page can save of a design: journal figures, the table of modes, fields for ParaView."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from ..progress import Progress
from .remembered import drawn_of, mode_of, prediction_of, remembered_modes, requested_design

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FIGURES = (
    "field",
    "components",
    "cuts",
    "comb",
    "light_curve",
    "output_shares",
    "loss_budget",
    "dispersion",
    "cavity",
)


def gain_at(
    payload: Mapping[str, Any], lasing: Mapping[str, Any], progress: Progress
) -> tuple[list[float], list[float]] | None:
    """The gain curve (nm, cm^-1) at the fluence of the regime, None where the record does not tell
    the excitations.
    """
    from ..visualise.spectra.comb_view import gain_curve

    medium = requested_design(payload).needed_medium()
    return gain_curve(lasing, medium, remembered_modes(payload, progress).wavelength_range_nm)


def _of_mode(kind: str, payload: Mapping[str, Any], progress: Progress) -> Figure:
    from ..visualise.fields import cuts, meridian_view

    mode, cavity = (
        mode_of(remembered_modes(payload, progress), payload.get("label")),
        requested_design(payload).cavity,
    )
    if kind == "cuts":
        return cuts.draw_cuts(mode)
    if kind == "components":
        return meridian_view.draw_components(mode, cavity)
    component, logarithmic = payload.get("component", "energy"), payload.get("logarithmic") is True
    logarithmic = logarithmic and component == "energy"
    return meridian_view.draw_meridian(mode, cavity, component=component, logarithmic=logarithmic)


def _of_comb(kind: str, payload: Mapping[str, Any], progress: Progress) -> Figure:
    from ..visualise.lasers import light_curve_view
    from ..visualise.spectra import comb_view, dispersion_view, loss_budget

    found = remembered_modes(payload, progress)
    if kind == "loss_budget":
        return loss_budget.draw_loss_budget(found)
    if kind == "dispersion":
        return dispersion_view.draw_dispersion(found)
    prediction = prediction_of(payload, progress).to_json_dict()
    if kind == "comb":
        return comb_view.draw_comb(found, gain_at(payload, prediction, progress))
    if kind == "output_shares":
        return light_curve_view.draw_output_shares(prediction)
    drawn = drawn_of(payload, progress)
    bands = {} if drawn is None else {"calibrated": drawn.to_json_dict()}
    return light_curve_view.draw_light_curve({**prediction, **bands})


def _figure(kind: Any, payload: Mapping[str, Any], progress: Progress) -> Figure:
    if kind not in FIGURES:
        raise InputError(f"kind: one of {', '.join(FIGURES)}")
    if kind == "cavity":
        from ..visualise.fields.cavity_view import draw_cavity

        return draw_cavity(requested_design(payload).cavity)
    return (_of_mode if kind in ("field", "components", "cuts") else _of_comb)(
        kind, payload, progress
    )


def draw_figure(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """A journal figure of the design, as the bytes of a file."""
    from ..visualise.files import FORMATS, figure_bytes

    file_format = payload.get("format", "png")
    if file_format not in FORMATS:
        raise InputError("format: one of png, pdf, svg")
    kind = payload.get("kind")
    content = figure_bytes(_figure(kind, payload, progress), file_format)
    return {"content": content, "name": f"{kind}.{file_format}"}


def write_vtk(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The field of one mode as a file that ParaView opens: the meridian plane (.vtu) or an arc in
    space (.vts).
    """
    from ..visualise.three_d.vtk_file import arc_vts, meridian_vtu

    kind = payload.get("kind", "vtu")
    if kind not in ("vtu", "vts"):
        raise InputError("kind: vtu (meridian plane) or vts (arc in space)")
    mode = mode_of(remembered_modes(payload, progress), payload.get("label"))
    content = meridian_vtu(mode) if kind == "vtu" else arc_vts(mode)
    return {"content": content, "name": f"{mode.label.replace(' ', '_')}.{kind}"}


def write_table(payload: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    """The table of modes as CSV."""
    from .mode_csv import mode_csv

    return {
        "content": mode_csv(remembered_modes(payload, progress).to_json_dict()["modes"]),
        "name": "modes.csv",
    }
