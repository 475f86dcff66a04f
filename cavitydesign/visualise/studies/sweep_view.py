"""A sweep that was made in code, drawn as a study of a file is."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.figure import Figure

from ...errors import InputError
from ...study.files.plot_spec import PlotSpec
from ...workflow.sweep import SweepResult
from ..theme import LIGHT, Theme
from .study_panels import draw_panels


def draw_sweep(
    found: SweepResult,
    y: str | Sequence[str] = (),
    *,
    x: str = "",
    by: str = "",
    painted: str = "",
    log: str | Sequence[str] = (),
    where: str = "",
    title: str = "",
    theme: Theme = LIGHT,
) -> Figure:
    """Columns of a sweep against one of its keys, a panel each; or a map over two keys.

    The modes of one point are drawn as points: nothing is averaged. `where` chooses among them.

    Parameters
    ----------
    found : SweepResult
    y : str or sequence of str
        Columns to draw, such as "fsr_nm"; for a map, the key upwards, by default the second one.
    x : str
        The key across, by default the first one.
    by : str
        One line for each value of this column; by default of the second key that varies.
    painted : str
        A column painted over x and y, for a map.
    log : str or sequence of str
        Columns with a logarithmic axis.
    where : str
        Only rows that meet this condition, such as "m == 122 and p == 1".
    title : str
    theme : Theme

    Raises
    ------
    InputError
        If a column is missing or holds no numbers, if no row is left, or if the picture would need
        a choice; the text names it.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 650.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> found = cd.sweep(ball, {"cavity.diameter_um": [6.0, 6.5]})
    >>> cd.plot.sweep(found, "wavelength_nm").axes[0].get_xlabel()
    'diameter (µm)'
    """
    columns = (y,) if isinstance(y, str) else tuple(y)
    if not columns and not painted:
        raise InputError("plot.sweep: name a column to draw, such as 'fsr_nm', or one as painted")
    spec = PlotSpec(
        x=x,
        y=columns,
        by=by,
        map=painted,
        log=(log,) if isinstance(log, str) else tuple(log),
    )
    rows = found.table.filtered(where) if where else found.table
    if not len(rows):
        raise InputError(f"plot.sweep: no row is left where {where}")
    fig = draw_panels(rows, spec, theme=theme)
    fig.axes[0].set_title(title)  # a sweep has no name of its own
    return fig
