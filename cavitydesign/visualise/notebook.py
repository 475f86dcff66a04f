"""Rich displays in notebooks: `%load_ext cavitydesign.visualise.notebook`, then a result at the end
of a cell shows itself.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..markup import html_table
from .files import figure_bytes, screen_width_px

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ..geometry.cavity import Cavity
    from ..lasing.prediction import LasingPrediction
    from ..study.study_definition import Study


def _picture(figure: Figure, words: str) -> str:
    content = base64.b64encode(figure_bytes(figure)).decode("ascii")
    width = screen_width_px(figure)
    return f'<img alt="{html.escape(words)}" width="{width}" src="data:image/png;base64,{content}">'


def html_of_cavity(cavity: Cavity) -> str:
    """Section and media of a cavity."""
    from .fields.cavity_view import draw_cavity

    rows = [(name, medium.name, medium.source) for name, medium in cavity.regions]
    return _picture(draw_cavity(cavity), "section of the cavity") + html_table(
        ("region", "medium", "source"), rows
    )


def html_of_prediction(prediction: LasingPrediction) -> str:
    """Regime, thresholds and light curve of a prediction."""
    from .lasers.light_curve_view import draw_light_curve

    record = prediction.to_json_dict()
    threshold = prediction.thresholds.lasing
    words = (
        "no lasing threshold in this range"
        if threshold is None
        else f"lasing threshold {threshold:.3f} mJ/cm²"
    )
    if prediction.single_mode_probability is not None:
        words += f", chance of a single mode {100 * prediction.single_mode_probability:.0f} %"
    return f"<p><b>{html.escape(str(record['regime']))}</b>, {words}</p>" + _picture(
        draw_light_curve(record), "light curve"
    )


def html_of_study(study: Study) -> str:
    """Axes of a study and how far it is."""
    from ..study.status import study_status

    status = study_status(study)
    done = (
        f"{status.done} of {status.points} points done, {status.failed} failed, {status.missing} "
        "missing"
    )
    rows = [
        (key, str(len(axis)), f"{axis.rows[0][i]} … {axis.rows[-1][i]}")
        for axis in study.axes
        for i, key in enumerate(axis.keys)
    ]
    return f"<p>study of {html.escape(study.task)}: {done}</p>" + html_table(
        ("axis", "points", "values"), rows
    )


DISPLAYS: dict[tuple[str, str], Callable[[Any], str]] = {
    ("cavitydesign.geometry.cavity", "Cavity"): html_of_cavity,
    ("cavitydesign.modes.mode_set", "ModeSet"): lambda modes: str(modes._repr_html_()),
    ("cavitydesign.lasing.prediction", "LasingPrediction"): html_of_prediction,
    ("cavitydesign.study.study_definition", "Study"): html_of_study,
}


def load_ipython_extension(shell: Any) -> None:
    """Teach a notebook to show cavities, mode sets, predictions, studies and figures.

    Parameters
    ----------
    shell : InteractiveShell
        Given by IPython.
    """
    formatter = shell.display_formatter.formatters["text/html"]
    for (module, name), display in DISPLAYS.items():
        formatter.for_type_by_name(module, name, display)
    formatter.for_type_by_name(
        "matplotlib.figure", "Figure", lambda figure: _picture(figure, "figure")
    )
