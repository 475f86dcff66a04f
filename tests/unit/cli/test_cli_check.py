"""`cavitydesign check`: the shipped cases are many and varied; a wrong answer is caught and ends
with 1.
"""

import dataclasses
import json

import pytest
from typer.testing import CliRunner

from cavitydesign.analytic import exact_cases as shipped
from cavitydesign.analytic.exact_cases import exact_cases
from cavitydesign.cli.commands.check import design_of, judged
from cavitydesign.cli.main import app
from cavitydesign.design import parse_design
from cavitydesign.workflow import steps

CASES = exact_cases()
QUICK = [
    case
    for case in CASES
    if case.geometry == "cylinder" and case.radii_um[-1] == 7.5 and len(case.radii_um) == 1
]


def test_enough_cases_of_every_kind() -> None:
    assert len(CASES) >= 12
    assert {case.geometry for case in CASES} == {"sphere", "cylinder"}
    assert {case.polarisation for case in CASES} == {"TM", "TE"}
    assert {case.p for case in CASES} == {1, 2, 3}
    assert (
        min(case.radii_um[-1] for case in CASES) <= 1.0
        and max(case.radii_um[-1] for case in CASES) >= 62.5
    )
    assert min(case.log10_q for case in CASES) < 3 and max(case.log10_q for case in CASES) > 180


@pytest.mark.parametrize(
    "case", CASES, ids=lambda case: f"{case.name} {case.polarisation} {case.m} {case.p}"
)
def test_each_case_is_a_sound_design_and_its_shares_sum_to_one(case: shipped.ExactCase) -> None:
    design = parse_design(design_of(case, 1e-6))
    assert design.cavity.diameter_um == 2 * case.radii_um[-1]
    assert len(design.cavity.regions) == len(case.shares)
    assert abs(sum(case.shares) - 1.0) < 1e-12


def test_a_right_answer_holds() -> None:
    verdict = judged(QUICK[0], 1e-6)
    assert verdict.missed == ()
    assert verdict.relative_error is not None and verdict.relative_error < 1e-6


@pytest.mark.parametrize(
    ("change", "missed"),
    [
        ({"wavelength_nm": QUICK[0].wavelength_nm * (1 + 2e-6)}, ("wavelength", "stated error")),
        ({"log10_q": QUICK[0].log10_q + 0.02}, ("Q",)),
        ({"shares": (QUICK[0].shares[0] + 2e-4, QUICK[0].shares[1] - 2e-4)}, ("confinement",)),
    ],
)
def test_a_wrong_answer_is_named(change: dict[str, object], missed: tuple[str, ...]) -> None:
    assert judged(dataclasses.replace(QUICK[0], **change), 1e-6).missed == missed


def test_an_absent_mode_and_a_refused_case_are_misses(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = judged(dataclasses.replace(QUICK[0], indices=("no such medium", 1.0 + 0j)), 1e-6)
    assert "no such medium" in refused.missed[0]
    solve = steps.find_modes
    monkeypatch.setattr(
        steps, "find_modes", lambda design: dataclasses.replace(solve(design), modes=())
    )
    absent = judged(QUICK[0], 1e-6)
    assert (absent.missed, absent.wavelength_nm) == (("mode not found",), None)


def test_command_exit_codes_and_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shipped, "exact_cases", lambda: (QUICK[0],))
    good = CliRunner().invoke(app, ["check", "--json"])
    assert good.exit_code == 0
    assert json.loads(good.stdout)["held"] == 1
    wrong = dataclasses.replace(QUICK[0], wavelength_nm=QUICK[0].wavelength_nm + 0.01)
    monkeypatch.setattr(shipped, "exact_cases", lambda: (QUICK[0], wrong))
    bad = CliRunner().invoke(app, ["check"])
    assert bad.exit_code == 1
    assert "MISSED: wavelength, stated error" in bad.stdout
    assert "1 of 2 hold" in bad.stdout


def test_accuracy_out_of_range() -> None:
    result = CliRunner().invoke(app, ["check", "--accuracy", "2"])
    assert (result.exit_code, result.stderr) == (
        2,
        "--accuracy 2: must be between 1e-12 and 1e-2\n",
    )
