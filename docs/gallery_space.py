"""Pictures of the gallery in three dimensions, which need something that renders."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from gallery_examples import (
    design,
    family,
)

if TYPE_CHECKING:
    pass


def in_space(view: str, folder: Path) -> None:
    from cavitydesign.visualise.three_d.space import save_space, save_turntable

    mode, cavity = family(15.0, 1, 0), design().cavity
    if view == "vtk":
        _as_paraview_shows_it(mode, folder / "vtk.png")
    elif view == "turntable":
        save_turntable(mode, cavity, folder / "turntable.gif", frames=12, size=(420, 340))
    else:
        save_space(mode, cavity, folder / f"{view}.png", view=view, size=(1200, 930))


def _as_paraview_shows_it(mode: Any, picture: Path) -> None:
    """The file for ParaView, opened by VTK itself: an arc coloured by E along the fibre."""
    import tempfile

    import pyvista

    from cavitydesign.visualise.three_d.vtk_file import save_vtk

    with tempfile.TemporaryDirectory() as folder:
        arc = pyvista.read(save_vtk(mode, Path(folder) / "field.vts", periods=8.0))
    arc["E_z (V/m)"] = arc["E real (V/m)"][:, 2]
    plotter = pyvista.Plotter(off_screen=True, window_size=(1000, 760))
    plotter.background_color = "white"
    largest = float(np.abs(arc["E_z (V/m)"]).max())
    bar = {
        "color": "black",
        "title": "E_z (V/m),\none photon\n",
        "fmt": "%.0f",
        "n_labels": 3,
        "vertical": True,
        "title_font_size": 24,
        "label_font_size": 22,
        "position_x": 0.78,
        "position_y": 0.1,
        "width": 0.12,
        "height": 0.55,
    }
    half = arc.clip("z", origin=(0.0, 0.0, 0.0))
    plotter.add_mesh(
        half,
        scalars="E_z (V/m)",
        cmap="RdBu_r",
        clim=(-largest, largest),
        scalar_bar_args=bar,
        lighting=False,
    )
    plotter.add_mesh(half.extract_feature_edges(), color="grey", lighting=False)
    plotter.camera_position = [(13.0, -5.0, 9.0), (7.0, 0.0, -1.6), (0.0, 0.0, 1.0)]
    plotter.screenshot(picture)
    plotter.close()
