"""`cavitydesign lase`: modes, then gain and lasing."""

from __future__ import annotations

from ..exit_codes import named
from ..outline_note import tell_design
from ..printing import print_json, print_tables
from ..progress_line import ProgressLine
from .modes import AsJson, DesignFile, accuracy_code


def lase(design: DesignFile, json: AsJson = False) -> int:
    """Modes, then gain and lasing: thresholds, regime, light curve."""
    from ...design import load_design

    loaded = load_design(design)
    loaded.needed_medium()
    tell_design(loaded)
    from ...workflow.steps import find_modes, predict_lasing

    with ProgressLine() as progress, named(design):
        found = find_modes(loaded, progress)
        prediction = predict_lasing(found, loaded, progress).to_json_dict()
    if json:
        print_json({"schema": 1, "modes": found.to_json_dict(), "lasing": prediction})
    else:
        from ...columns.plain_words import lasing_in_words
        from ..lasing_table import print_lasing
        from ..mode_table import print_modes

        print_tables(lasing_in_words(prediction))
        print_modes(found)
        print_lasing(prediction)
    return accuracy_code(found)
