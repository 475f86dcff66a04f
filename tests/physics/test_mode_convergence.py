"""`mode.convergence()`: wavelength and Q of one mode settle as the degree rises."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from section_sources import annular_sector

from cavitydesign import section
from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.errors import InputError
from cavitydesign.geometry import Cavity, Spheroid
from cavitydesign.materials import find_material
from cavitydesign.materials.material import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.derived.convergence import _refined
from cavitydesign.modes.permittivities import permittivities


def test_window_settles_on_the_exact_sphere() -> None:
    """Every degree falls short by less than the one before, the last by less than 1e-9.

    The exact wavelength is 618.842857... nm; Q is the exact one to 1e-4 from degree 6 on.
    """
    ball = Cavity(Spheroid(3.0, 3.0), ConstantIndex.of(1.5), ConstantIndex.of(1.0))
    (mode,) = find_modes(ball, ModeRequest("TM", 650.0, None, 40, 1, 1, 1e-6))
    exact = find_resonance(Resonator((3.0,), (1.5, 1.0), True), 40, 1, "TM", 650.0)
    found = mode.convergence()
    off = [abs(row.wavelength_nm / exact.wavelength_nm - 1) for row in found.rows]
    assert off[:5] == sorted(off[:5], reverse=True)
    assert off[0] > 1e-5 and off[-1] < 1e-9
    assert [row.degree for row in found.rows] == list(range(found.degree - 4, found.degree + 3))
    unknowns = [row.unknowns for row in found.rows]
    assert unknowns == sorted(unknowns)
    assert found.rows[-1].log10_q == pytest.approx(exact.log10_q, abs=1e-4)
    assert found.relative_error_seen < found.stated_relative_error
    (own,) = (row for row in found.rows if row.degree == found.degree)
    assert own.wavelength_nm == pytest.approx(mode.wavelength_nm, rel=1e-12)
    assert own.log10_q == pytest.approx(mode.losses.radiation, abs=1e-6)
    assert own.relative_change == pytest.approx(
        found.rows[-1].wavelength_nm / own.wavelength_nm - 1, abs=1e-12
    ) or own.relative_change == pytest.approx(
        own.wavelength_nm / found.rows[-1].wavelength_nm - 1, abs=1e-12
    )
    assert f"{found.degree} *" in repr(found) and "<table" in found._repr_html_()
    assert len(found.to_dataframe()) == 7
    with pytest.raises(InputError, match="fewer"):
        mode.convergence(0)


def test_changes_are_those_of_dispersive_media() -> None:
    """Three degrees less move k as a solve there does whose indices follow k, to 1e-3 of the change.

    At frozen indices the change is n_g / n larger, by 2 % in PMMA.
    """
    ball = Cavity(Spheroid(3.0, 3.0), find_material("PMMA"), ConstantIndex.of(1.0))
    (mode,) = find_modes(ball, ModeRequest("TE", 560.0, None, 46, 1, 1, 1e-6))
    raw = mode.raw
    assert raw is not None
    low = raw.problem.at_degree(-3)
    start = low.embed(raw.problem, raw.vector[:, None])
    for _ in range(4):
        square, _ = _refined(low, raw, start)
        k = math.sqrt(square.real)
        raw = replace(raw, k_per_um=complex(k), eps=permittivities(ball, k))
    right = 2000 * math.pi / k / mode.wavelength_nm - 1
    row = mode.convergence(3).rows[0]
    assert abs(right) > 1e-5
    assert row.wavelength_nm / mode.wavelength_nm - 1 == pytest.approx(right, rel=1e-3)


def test_section_with_absorbing_layers() -> None:
    """The mesh of a file at all its degrees; the lowest are held at 1."""
    mesh = annular_sector(
        np.array([0.8, 1.5, 2.05, 2.5, 3.1, 3.8, 4.5]),
        np.array([-1.35, -1.0, -0.65, -0.3, 0.0, 0.3, 0.65, 1.0, 1.35]),
        2.5,
    )
    cavity = SectionCavity.of(
        mesh, {"body": ConstantIndex.of(2.5), "surround": ConstantIndex.of(1.45)}
    )
    (mode,) = find_modes(cavity, ModeRequest("TM", 1540.0, None, 21, 1, 1, 1e-4))
    found = mode.convergence(1)
    exact = find_resonance(Resonator((2.5,), (2.5, 1.45), True), 21, 1, "TM", 1530.0)
    assert found.rows[-1].wavelength_nm == pytest.approx(exact.wavelength_nm, rel=1e-6)
    assert found.rows[-1].log10_q == pytest.approx(exact.log10_q, abs=2e-3)
    changes = [abs(row.relative_change) for row in found.rows[:-1]]
    assert changes[0] > 3 * changes[-1] and all(math.isfinite(one) for one in changes)
    assert found.relative_error_seen < found.stated_relative_error


def test_degrees_that_hold_no_mode_of_a_disk_say_so(tmp_path: Path) -> None:
    """Two to four in the graded elements of a thin disk hold gradients where the mode was: rows of
    84 um at log10 Q = 222 once stood for a mode at 1555 nm.
    """
    (tmp_path / "disk.geo").write_text("""
SetFactory("OpenCASCADE");
Rectangle(1) = {0, -2, 0, 8, 4};
Rectangle(2) = {0, -0.15, 0, 5, 0.3};
BooleanFragments{ Surface{1}; Delete; }{ Surface{2}; Delete; }
Physical Surface("body") = {2};
Physical Surface("surround") = {3};
Mesh.MeshSizeMax = 0.4;
""")
    asked = {"wavelength_nm": 1550.0, "azimuthal_order": 26, "relative_accuracy": 1e-3}
    disk = section(
        file=tmp_path / "disk.geo", body="SiN", surround="air", polarisation="TE", **asked
    )
    (mode,) = find_modes(disk.cavity, disk.modes)
    rows = mode.convergence().rows
    held = [row for row in rows if math.isfinite(row.wavelength_nm)]
    assert len(held) < len(rows)
    assert all(abs(row.relative_change) < 1e-3 for row in held)
    assert all(row.log10_q == pytest.approx(4.738, abs=0.01) for row in held)
    assert [row.degree for row in held] == [row.degree for row in rows[-len(held) :]]
