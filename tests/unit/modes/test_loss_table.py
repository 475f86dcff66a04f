"""The table of loss mechanisms: a line there is a loss in the budget and in every output."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

import pytest

import cavitydesign as cd
from cavitydesign.app.mode_csv import mode_csv
from cavitydesign.app.mode_rows import mode_rows
from cavitydesign.cli.mode_table import print_modes
from cavitydesign.errors import InputError
from cavitydesign.modes import LossBudget, ModeSet
from cavitydesign.modes.losses import mechanisms
from cavitydesign.modes.losses.mechanism import Loss, Mechanism, SolvedLosses
from cavitydesign.report.html import report_html
from cavitydesign.visualise.spectra.comb_view import draw_comb
from cavitydesign.visualise.spectra.loss_budget import channels, draw_loss_budget, loss_shares
from cavitydesign.workflow.study_point import rows_of_point

PLAIN = {
    "cavity": {"profile": "spheroid", "diameter_um": {"value": 6.0, "sd": 1e-3}, "body": "PMMA"},
    "modes": {"wavelength_nm": 540.0, "span_nm": 12.0},
}


def grating(mode: SolvedLosses) -> Loss:
    """A made-up loss: Q = 1000 m."""
    return Loss(3.0 + math.log10(mode.raw.m), 0.01, {"grating_lines": 2.0})


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> ModeSet:
    more = (*mechanisms.MECHANISMS, Mechanism("grating", grating))
    monkeypatch.setattr(mechanisms, "MECHANISMS", more)
    return cd.find_modes(cd.parse_design(PLAIN))


def test_a_new_loss_is_in_every_output(
    found: ModeSet, capsys: pytest.CaptureFixture[str], tmp_path: Any
) -> None:
    mode, record = found[0], found.to_json_dict()
    first = record["modes"][0]
    log10_q = 3.0 + math.log10(mode.m)
    assert first["log10_q"]["grating"] == pytest.approx(log10_q, abs=1e-12), "JSON"
    assert first["log10_q_grating_error"] == 0.01 and first["grating_lines"] == 2.0
    # It is by far the largest loss: 1/Q of the others, 1e-6, changes the total by 5e-4.
    assert mode.losses.total == pytest.approx(log10_q, abs=0.01)
    assert list(first["log10_q"])[-2:] == ["grating", "total"]
    print_modes(found)
    printed = " ".join(capsys.readouterr().out.split())
    assert f"{log10_q:.3f}" in printed and "grating" in printed, "terminal"
    assert "log10_q.grating" in mode_csv(record["modes"]).decode(), "CSV"
    assert "log10 Q grating" in mode_rows(record["modes"])["head"], "explorer"
    assert "log10 Q grating" in report_html({"modes": record, "input": {}}, {}), "report"
    assert rows_of_point(record, "modes")[0]["log10_q"]["grating"] == first["log10_q"]["grating"]
    assert "log10_q.grating" in found.to_dataframe().columns
    assert channels(record["modes"])[-1] == "grating"
    assert loss_shares(first["log10_q"])["grating"] > 0.9
    legend = draw_loss_budget(record).legends[0].get_texts()
    assert "grating" in [text.get_text() for text in legend], "figure of the losses"
    assert draw_comb(record).axes, "figure of the comb"
    # Q = 1000 m does not depend on the diameter at a fixed azimuthal order.
    assert first["log10_q_grating_sd"] == pytest.approx(0.0, abs=1e-9), "standard deviation"
    saved = cd.save(found, tmp_path / "modes.npz")
    assert cd.load(saved)[0].losses == mode.losses, "archive"


def test_a_new_loss_counts_in_the_threshold(found: ModeSet) -> None:
    """Gamma g_th = 2 pi n_g / (lambda Q): the threshold by all losses is that of their total Q."""
    from cavitydesign.modes.complex_threshold import static_threshold

    mode = found[0]
    q = mode.q_total
    assert q is not None
    own = static_threshold(mode, "body").gain_per_cm
    given = static_threshold(mode, "body", q_passive=q).gain_per_cm
    # PMMA absorbs a millionth of what the grating takes.
    assert own == pytest.approx(given, rel=1e-3)
    without = replace(mode, losses=replace(mode.losses, further={}))
    try:
        less = static_threshold(without, "body").gain_per_cm
    except InputError:
        less = 0.0
    assert less < 0.01 * own


def test_a_budget_by_names_is_the_budget_by_fields() -> None:
    by_name = LossBudget.of(
        {"radiation": 9.0, "absorption": None, "scattering": 6.0}, {"radiation": 0.1}
    )
    assert by_name == LossBudget(9.0, None, 6.0, 0.1)
    assert by_name.to_json_dict() == {
        "radiation": 9.0,
        "absorption": None,
        "scattering": 6.0,
        # 1/Q = 1e-9 + 1e-6
        "total": pytest.approx(-math.log10(1e-9 + 1e-6), abs=1e-12),
    }
