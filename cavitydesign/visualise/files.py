"""Pictures into files and bytes: PNG, PDF and SVG, never half written."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from ..errors import InputError, nearest
from ..study.records.disk import write_whole
from ..texts import visible

FORMATS = ("png", "pdf", "svg")
# Width on a screen: letters of 7.5 pt are then as large as the text of a page around them.
SCREEN_PX_PER_INCH = 140
# settings that matplotlib reads when it writes, not when it draws: the figure's own ground,
# editable text in PDF, letters as outlines in SVG, the same names in each run
_AT_SAVING = {
    "savefig.facecolor": "auto",
    "pdf.fonttype": 42,
    "svg.fonttype": "path",
    "svg.hashsalt": "cavitydesign",
}


def figure_bytes(figure: Figure, kind: str = "png", dpi: float | None = None) -> bytes:
    """A figure as the content of a file.

    Parameters
    ----------
    figure : Figure
    kind : {"png", "pdf", "svg"}
    dpi : float or None
        Pixels per inch (of rasterised parts too); None for the theme's 220.

    Raises
    ------
    InputError
        For another kind.
    """
    if kind not in FORMATS:
        raise InputError(
            f"picture format {kind!r} is not known; png, pdf or svg{nearest(kind, FORMATS)}"
        )
    # dates would make two runs of the same input differ
    dateless = {
        "pdf": {"CreationDate": None},
        "svg": {"Date": None},
        "png": {"Software": "cavitydesign"},
    }[kind]
    _plain_words(figure)
    buffer = io.BytesIO()
    with mpl.rc_context(_AT_SAVING):
        figure.savefig(buffer, format=kind, dpi=dpi or 220, metadata=dateless)
    return buffer.getvalue()


def screen_width_px(figure: Figure) -> int:
    """How wide a page shows a figure; its picture holds half as many dots again."""
    return round(SCREEN_PX_PER_INCH * figure.get_figwidth())


def _plain_words(figure: Figure) -> None:
    """Words with dollar signs that are no formula (names from files) are drawn letter by letter."""
    from matplotlib.mathtext import MathTextParser
    from matplotlib.text import Text

    parser: Any = MathTextParser("path")
    for words in figure.findobj(Text):
        assert isinstance(words, Text)
        text = words.get_text()
        if text != (plain := visible(text)):
            words.set_text(plain)
        if "$" in text:
            try:
                # as they are drawn: line by line
                for line in text.splitlines():
                    parser.parse(line)
            except ValueError:
                words.set_parse_math(False)


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file beside its place and rename it, so that an interruption leaves the old file or
    none.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)


def save_figure(figure: Figure, path: Path | str, dpi: float | None = None) -> Path:
    """Write a figure; the suffix of the path says the format.

    Parameters
    ----------
    figure : Figure
    path : path
        Ends in .png, .pdf or .svg.
    dpi : float or None
        Pixels per inch.

    Returns
    -------
    Path
        Where it was written.

    Raises
    ------
    InputError
        For another suffix.
    """
    target = Path(path)
    write_atomically(target, figure_bytes(figure, target.suffix.lstrip(".").lower(), dpi))
    return target
