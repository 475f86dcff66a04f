"""Kinds of files that hold measurements: what is missing in them cannot be told, so that an answer
is an answer. A broken one is refused in short lines that name a file, or answered.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from damaged_inputs import BOTTLE, Kind
from damages import other_head

SCAN = (
    *("--photons", "3", "--wavelength", "1500", "--energy", "100", "--pulse", "100"),
    *("--waist", "20", "--density", "1e18", "--thickness", "1"),
)
PAGE = """# a comment
REFERENCES: |
    A. Author
COMMENTS: "a sample"
DATA:
  - type: formula 2
    wavelength_range: 0.3 2.5
    coefficients: 0 1.03961212 0.00600069867 0.231792344 0.0200179144 1.01046945 103.560653
  - type: tabulated k
    data: |
        0.3 1e-8
        0.6 2e-8
        0.9 2e-8
        2.5 3e-8
"""
STUDY = 'design = "of.toml"\ntask = "modes"\n[axes]\n"cavity.diameter_um" = [15.0, 15.1]\n'


def csv(head: str, *columns: np.ndarray) -> bytes:
    """A table of numbers."""
    rows = [",".join(f"{one:.10g}" for one in row) for row in zip(*columns, strict=True)]
    return "\n".join([head, *rows, ""]).encode()


def any_answer(told: dict) -> float:
    """That there is one."""
    return 1.0


def measured_kinds() -> Iterator[Kind]:
    """Each kind of table, page, study and list of draws."""
    fluence = np.geomspace(1.0, 6.0, 40)
    light = fluence**3 * np.where(fluence > 2.5, (fluence / 2.5) ** 3, 1.0)
    place = np.linspace(-6, 6, 61)
    length, energy = np.linspace(50.0, 200.0, 12), np.linspace(2.2, 2.5, 60)
    wave = 1239.84198 / energy
    line = np.exp(-(((energy - 2.33) / 0.03) ** 2))
    time = np.linspace(0.0, 5000.0, 80)
    diameter = np.array([15.0, 33.0, 88.0])
    comb = np.linspace(525.0, 545.0, 400)
    spectra = [
        1.0 + level * sum(np.exp(-(((comb - peak) / 0.1) ** 2)) for peak in (533.9, 538.0, 542.2))
        for level in (1.0, 3.0, 10.0)
    ]
    files = {
        ("light.csv", "measure light-curve"): csv("fluence_mj_cm2,emission", fluence, light),
        ("scan.csv", "measure z-scan"): csv(
            "position_mm,transmittance", place, 1 - 0.1 / (1 + place**2)
        ),
        ("emission.csv", "measure emission"): csv("wavelength_nm,intensity", wave, line),
        ("decay.csv", "measure decay"): csv("time_ps,signal", time, np.exp(-time / 900.0)),
        ("stripe.csv", "measure stripe"): csv("length_um,emission", length, np.exp(length / 60.0)),
        ("spacings.csv", "measure spacings"): csv(
            "wavelength_nm,spacing_nm,diameter_um",
            np.full(3, 537.6),
            537.6**2 / (np.pi * diameter * 1e3 * 1.5),
            diameter,
        ),
        ("series.csv", "measure series"): csv("wavelength_nm,1.0,2.0,3.0", comb, *spectra),
    }
    for (name, words), data in files.items():
        more = SCAN if "z-scan" in words else ()
        command = (*words.split(), "FILE", *more, "--json")
        yield Kind(name, command, "", data, (other_head,), answer=any_answer)
    page = BOTTLE.replace("MORE", 'body = { file = "FILE" }')
    table = csv("wavelength_nm,n,k", np.array([400.0, 500.0, 600.0, 900.0]), np.array([1.53, 1.52, 1.51, 1.5]),
                np.full(4, 1e-8))  # fmt: skip
    for name, data in (("page.yml", PAGE.encode()), ("glass.csv", table)):
        yield Kind(name, ("materials", "FILE", "--json"), "", data, answer=any_answer)
        yield Kind(name, ("modes", "DESIGN", "--json"), page, data, answer=any_answer)
    plain = BOTTLE.replace("MORE", 'body = "PMMA"')
    run = ("study", "run", "FILE", "--workers", "1", "--json")
    yield Kind("study.toml", run, plain, STUDY.encode(), answer=any_answer)
