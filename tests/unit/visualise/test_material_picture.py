"""Lines of the dispersion picture are the media's own numbers; the command writes the file."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from cavitydesign.cli.main import app
from cavitydesign.errors import InputError
from cavitydesign.materials import ConstantIndex, find_material
from cavitydesign.visualise.spectra.material_view import draw_materials


def test_lines_are_the_media() -> None:
    media = [find_material(name) for name in ("PMMA", "quartz", "water")]
    fig = draw_materials(media)
    index, group, absorption = fig.axes
    assert [line.get_label() for line in index.lines] == [
        "PMMA",
        "quartz",
        "quartz, along z",
        "water",
    ]
    for line, ask in (
        (index.lines[0], media[0].index),
        (index.lines[2], media[1].index_extraordinary),
        (group.lines[1], media[1].group_index),
        (absorption.lines[0], media[2].absorption_per_cm),
    ):
        x, y = np.asarray(line.get_xdata()), np.asarray(line.get_ydata())
        assert y[100] == pytest.approx(ask(float(x[100])), rel=1e-14)
    x = np.asarray(index.lines[0].get_xdata())
    assert (x[0], x[-1]) == media[0].range_nm
    assert len(draw_materials(media[:1]).axes) == 2


def test_nothing_to_draw() -> None:
    with pytest.raises(InputError, match="no medium"):
        draw_materials([])
    with pytest.raises(InputError, match="no data between"):
        draw_materials([ConstantIndex("x", "none", (1.0, 10.0), 1.0)])


def test_command_writes_the_picture(tmp_path: Path) -> None:
    picture = tmp_path / "pmma.png"
    result = CliRunner().invoke(app, ["materials", "PMMA", "--plot", str(picture), "--json"])
    assert result.exit_code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert (
        json.loads(result.stdout)["materials"][0]["thermo_optic_per_k"]
        == find_material("PMMA").thermo_optic_per_k
    )
