"""Pictures in space: rendered in a child process, or refused with the names of the missing system packages."""

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
from cavitydesign.visualise.space import save_space, save_turntable

image = pytest.importorskip("PIL.Image")
MakeMode = Callable[..., Mode]


def drawn(work: Callable[..., Path], *arguments: Any, **keys: Any) -> Path:
    """The picture; a machine that cannot render skips, with the reason that a user would read."""
    try:
        return work(*arguments, **keys)
    except MissingLibraryError as error:
        assert "apt-get install" in str(error)
        pytest.skip(str(error))


def test_still_shows_both_signs_of_the_field(make_mode: MakeMode, cavity: Cavity, tmp_path: Path) -> None:
    path = drawn(save_space, make_mode(), cavity, tmp_path / "arc.png", view="arc", size=(500, 400))
    with image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGB")).astype(int)
    assert pixels.shape == (400, 500, 3)
    red, blue = pixels[..., 0] - pixels[..., 2] > 100, pixels[..., 2] - pixels[..., 0] > 100
    assert red.sum() > 500 and blue.sum() > 500, "crests and troughs of Re E_z exp(i m phi)"


def test_turntable_turns(make_mode: MakeMode, cavity: Cavity, tmp_path: Path) -> None:
    path = drawn(
        save_turntable, make_mode(24, wavelength_nm=2700.0), cavity, tmp_path / "t.gif", frames=3, size=(200, 160)
    )
    with image.open(path) as animation:
        assert animation.n_frames == 3, "three different pictures"


def test_refusals_come_before_any_rendering(make_mode: MakeMode, cavity: Cavity, tmp_path: Path) -> None:
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
