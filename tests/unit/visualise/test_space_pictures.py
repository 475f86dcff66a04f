"""Pictures in space: rendered in a child process, or refused with the names of the missing system
packages.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cavitydesign.errors import InputError, MissingLibraryError
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.modes.mode import Mode
from cavitydesign.visualise.three_d.space import save_space, save_turntable

image = pytest.importorskip("PIL.Image")
MakeMode = Callable[..., Mode]


def drawn(work: Callable[..., Path], *arguments: Any, **keys: Any) -> Path:
    """The picture; a machine that cannot render skips, with the reason that a user would read."""
    try:
        return work(*arguments, **keys)
    except MissingLibraryError as error:
        assert "apt-get install" in str(error)
        pytest.skip(str(error))


def test_still_shows_both_signs_of_the_field(
    make_mode: MakeMode, cavity: Cavity, tmp_path: Path
) -> None:
    path = drawn(save_space, make_mode(), cavity, tmp_path / "arc.png", view="arc", size=(500, 400))
    with image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert pixels.shape == (400, 500, 3)
    red, blue = pixels[..., 0] - pixels[..., 2] > 100, pixels[..., 2] - pixels[..., 0] > 100
    assert red.sum() > 500 and blue.sum() > 500, "crests and troughs of Re E_z exp(i m phi)"


def test_turntable_turns(make_mode: MakeMode, cavity: Cavity, tmp_path: Path) -> None:
    path = drawn(
        save_turntable,
        make_mode(24, wavelength_nm=2700.0),
        cavity,
        tmp_path / "t.gif",
        frames=3,
        size=(200, 160),
    )
    with image.open(path) as animation:
        assert animation.n_frames == 3
        frames = []
        for place in range(3):
            animation.seek(place)
            frames.append(np.asarray(animation.convert("RGB")).astype(int))
    for first, second in ((0, 1), (1, 2), (0, 2)):
        assert np.mean(np.abs(frames[first] - frames[second]) > 40) > 0.01, "the picture must turn"


def test_scene_holds_rim_field_with_its_phase_and_energy_in_the_cut_planes(
    make_mode: MakeMode, cavity: Cavity
) -> None:
    """What the child draws, read back without drawing: cuts at their azimuth, Re E exp(i m phi) on
    the rim.
    """
    pytest.importorskip("pyvista")
    from cavitydesign.visualise.theme import LIGHT
    from cavitydesign.visualise.three_d import space_worker
    from cavitydesign.visualise.three_d.space import _job

    mode = make_mode()
    job = _job(mode, cavity, "arc", LIGHT)
    field = mode.sample_field(150, 121)
    for azimuth in (-0.3, 1.1):
        plane = space_worker._plane(job, azimuth)
        points = np.asarray(plane.points)
        np.testing.assert_allclose(np.arctan2(points[:, 1], points[:, 0]), azimuth, atol=1e-6)
        assert float(plane["energy"].min()) >= 0.0099 and float(
            plane["energy"].max()
        ) == pytest.approx(1.0, abs=1e-6)
        r, z = np.hypot(points[:, 0], points[:, 1]), points[:, 2]
        seen = field.energy_density >= 0.01
        assert r.min() == pytest.approx(field.r_um[seen].min(), abs=0.05)
        assert np.abs(z).max() == pytest.approx(np.abs(field.z_um[seen]).max(), abs=0.1)
    phi = np.linspace(-0.2, 0.2, 7)
    rim, values = space_worker._rim(job, phi)
    np.testing.assert_allclose(
        values, (job["rim_field"][:, None] * np.exp(1j * mode.m * phi)).real[rim], atol=1e-12
    )
    assert np.abs(values[:, 3]).max() == pytest.approx(np.abs(job["rim_field"]).max(), rel=1e-9)
    inside = field.region[:, 60] == 0
    np.testing.assert_array_equal(job["rim_r_um"], field.r_um[np.flatnonzero(inside)[-1]])


def test_refusals_come_before_any_rendering(
    make_mode: MakeMode, cavity: Cavity, tmp_path: Path
) -> None:
    with pytest.raises(InputError, match="use view arc"):
        save_space(make_mode(700), cavity, tmp_path / "a.png")
    with pytest.raises(InputError, match="ring or arc"):
        save_space(make_mode(), cavity, tmp_path / "a.png", view="torus")
    with pytest.raises(InputError, match=r"ends in \.png"):
        save_space(make_mode(), cavity, tmp_path / "a.jpg")
    with pytest.raises(InputError, match="2 to 180"):
        save_turntable(make_mode(), cavity, tmp_path / "a.gif", frames=1000)


def test_a_child_that_dies_is_told_with_the_packages(
    make_mode: MakeMode, cavity: Cavity, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(command: list[str], **keys: Any) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, -11, "", "")

    monkeypatch.setattr(subprocess, "run", killed)
    with pytest.raises(MissingLibraryError, match="libosmesa6"):
        save_space(make_mode(), cavity, tmp_path / "a.png", view="arc")
    assert list(tmp_path.iterdir()) == []
