"""The child process of `space`: reads a job of plain arrays, renders it off screen, writes the
picture.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ..labels import SCALE_BARS_UM

_POINTS_PER_PERIOD = 12  # A cosine of twelve points looks smooth.
_LEAST_SEEN = 0.04  # of the largest field, where its colour begins to differ from none
_ARC_AWAY = 4.8  # Distance of the camera in units of what is seen: the arc fills the picture.
# Of the largest density: the cut plane ends where its colour would be that of none.
_LEAST_ENERGY = 0.01
_PEELS = 8  # sheets behind each other: fibre, body and cut planes, each crossed twice
_GIF_COLOURS = 48  # the tints of glass and of two colour maps; more double the file
_POINTS_PER_PIXEL = 0.6  # font size of `add_text` for letters as high as those of the bars
# Printed 89 mm wide, the width of a column, letters are 2 mm high (6 points).
_PIXELS_PER_LETTER = 44
_TITLE_LETTERS = 9.5  # width of the longest title of a bar, in heights of its letters
# A polymer of a blue tint on a fibre of warmer glass, both with highlights.
_BODY_TINT, _BODY_OPACITY = "#58b4f0", 0.30
_FIBRE_TINT, _FIBRE_OPACITY = "#ffe3b0", 0.45  # seen through, and behind the cavity
_GLASS: dict[str, Any] = {
    "smooth_shading": True,
    "ambient": 0.45,
    "diffuse": 0.7,
    "specular": 0.8,
    "specular_power": 40.0,
}


def _revolved(r: Array, z: Array, phi: Array) -> Any:
    """A curve (r, z) swept around the axis, as a structured grid."""
    import pyvista

    x, y = r[:, None] * np.cos(phi), r[:, None] * np.sin(phi)
    return pyvista.StructuredGrid(
        x[:, :, None], y[:, :, None], np.broadcast_to(z[:, None], x.shape)[:, :, None].copy()
    )


def _plane(job: Any, phi: float) -> Any:
    """The meridian plane at an azimuth, with the energy density; what holds nothing is left out."""
    import pyvista

    r, z = job["r_um"], job["z_um"]
    grid = pyvista.StructuredGrid(
        (r * np.cos(phi))[:, :, None], (r * np.sin(phi))[:, :, None], z[:, :, None].copy()
    )
    grid["energy"] = job["energy"].ravel(order="F")
    return grid.clip_scalar(scalars="energy", value=_LEAST_ENERGY, invert=False)


def _rim(job: Any, phi: Array) -> tuple[NDArray[np.int64], Array]:
    """Points of the rim where there is field to see, and Re E exp(i m phi) there."""
    size_of_field = np.abs(job["rim_field"]) / np.abs(job["rim_field"]).max()
    seen = np.flatnonzero(size_of_field > _LEAST_SEEN)
    seen = np.arange(seen[0], seen[-1] + 1)
    return seen, (job["rim_field"][seen, None] * np.exp(1j * int(job["m"]) * phi)).real


def _scene(job: Any, size: tuple[int, int]) -> Any:
    import pyvista

    half, m, whole = float(job["half_angle"]), int(job["m"]), bool(job["whole"])
    plotter = pyvista.Plotter(off_screen=True, window_size=size)
    plotter.set_background(str(job["ground"]))
    plotter.enable_anti_aliasing("ssaa")
    # Sheets of glass lie behind each other: without the order of depth they mix to grey.
    plotter.enable_depth_peeling(_PEELS)
    _add_lamps(plotter, whole)
    # a quarter of the ring stays open, so that the cut planes are seen
    start, end = (-half, half - 0.5 * np.pi) if whole else (-half, half)
    phi = np.linspace(
        start, end, max(60, int(_POINTS_PER_PERIOD * m * (end - start) / (2 * np.pi)))
    )
    seen, values = _rim(job, phi)
    rim = _revolved(job["rim_r_um"][seen], job["rim_z_um"][seen], phi)
    rim["field"] = (values / np.abs(values).max()).ravel(order="F")
    ink = str(job["ink"])
    letters = max(9, round(size[0] / _PIXELS_PER_LETTER))
    bar = {
        "color": ink,
        "title_font_size": letters,
        "label_font_size": letters - 1,
        "n_labels": 3,
        "fmt": "%.1f",
    }
    # A bar is as wide as its title, which stands centred above it.
    wide = max(0.26, _TITLE_LETTERS * letters / size[0])
    bar |= {"width": wide, "height": 0.15}
    plotter.add_mesh(
        rim,
        scalars="field",
        cmap="RdBu_r",
        clim=(-1, 1),
        lighting=False,
        scalar_bar_args={
            **bar,
            "title": f"Re {job['component']} / max,\non the rim\n",
            "position_x": 0.03,
            "position_y": 0.02,
        },
    )
    for azimuth in (start, end):
        plane = _plane(job, azimuth)
        plotter.add_mesh(
            plane,
            scalars="energy",
            cmap="magma_r",
            clim=(0, 1),
            lighting=False,
            scalar_bar_args={
                **bar,
                "title": "energy density\n/ max, in the cuts\n",
                "position_x": 0.03,
                "position_y": 0.21,
            },
        )
    profile = job["profile_um"]
    if not whole:
        near = np.abs(profile[:, 1]) < 1.6 * np.abs(job["rim_z_um"]).max()
        profile = profile[near]
    _aim(plotter, job, whole, np.abs(job["rim_z_um"][seen]).max())
    if whole:  # to the right of the bars and of the title
        plotter.camera.SetWindowCenter(-(wide + 0.03), 0.0)
    body = _revolved(0.999 * profile[:, 0], profile[:, 1], np.linspace(start, end, 200))
    plotter.add_mesh(body, color=_BODY_TINT, opacity=_BODY_OPACITY, **_GLASS)
    _add_fibre(plotter, job, whole)
    if int(job["frames"]) == 1:  # in a turntable it would turn with the camera
        _add_scale_bar(
            plotter, whole, ink, letters, (wide + 0.03) * size[0] / size[1] if whole else 0.0
        )
    # A corner text of VTK grows with the window and is cut by it: pixels are counted instead.
    plotter.add_text(
        str(job["title"]),
        position=(0.03 * size[0], size[1] - 2.0 * letters),
        font_size=round(_POINTS_PER_PIXEL * letters),
        color=ink,
    )
    return plotter


def _add_lamps(plotter: Any, whole: bool) -> None:
    """A key light from the upper left of the camera and a weak fill from the right."""
    import pyvista

    if not whole:
        return
    plotter.remove_all_lights()
    for position, strength in (((-1.0, 1.2, 1.5), 1.0), ((1.5, 0.2, 0.6), 0.6)):
        lamp = pyvista.Light(position=position, light_type="camera light", intensity=strength)
        plotter.add_light(lamp)


def _add_scale_bar(plotter: Any, whole: bool, ink: str, letters: int, aside: float) -> None:
    """An upright bar of a round length in the plane of sight, left of what is shown."""
    import pyvista

    eye, aim, up = (np.array(one, dtype=float) for one in plotter.camera_position)
    sight = aim - eye
    distance = float(np.linalg.norm(sight))
    right = np.cross(sight, up)
    right /= np.linalg.norm(right)
    upright = np.cross(right, sight / distance)
    half = distance * np.tan(np.deg2rad(plotter.camera.view_angle) / 2)
    length = max(one for one in SCALE_BARS_UM if one <= 0.5 * half)
    foot = aim - (0.92 + aside) * half * right + (0.1 if whole else 0.3) * half * upright
    ends = np.array([foot, foot + length * upright])
    plotter.add_mesh(pyvista.Line(*ends), color=ink, line_width=4, lighting=False)
    plotter.add_point_labels(
        ends.mean(axis=0)[None, :] + 0.03 * half * right,
        [f"{length:g} \u00b5m"],
        text_color=ink,
        font_size=letters,
        shape=None,
        show_points=False,
        always_visible=True,
        bold=False,
    )


def _add_fibre(plotter: Any, job: Any, whole: bool) -> None:
    import pyvista

    radius = float(job["fibre_radius_um"])
    if radius > 0 and whole:
        length = 1.3 * float(np.ptp(job["profile_um"][:, 1]))
        fibre = pyvista.Cylinder(direction=(0, 0, 1), radius=radius, height=length, resolution=80)
        plotter.add_mesh(fibre, color=_FIBRE_TINT, opacity=_FIBRE_OPACITY, **_GLASS)


def _aim(plotter: Any, job: Any, whole: bool, half_height: float) -> None:
    """Look into the open quarter of a ring, or at the end of an arc from the side."""
    radius = float(job["rim_r_um"].max())
    if whole:
        # The rim with its mode fills the picture; the ends of the body may leave it.
        away = 6.2 * radius
        eye = (-0.80 * away, 0.31 * away, 0.52 * away)
        plotter.camera_position = [eye, (0, 0, -0.15 * radius), (0, 0, 1)]
        return
    reach = max(half_height, radius * float(job["half_angle"]))
    azimuth = float(job["half_angle"]) + 0.75
    turn = 0.35 * float(job["half_angle"])
    aim = np.array([radius * np.cos(turn), radius * np.sin(turn), -0.15 * reach])
    direction = np.array([np.cos(azimuth), np.sin(azimuth), 0.35])
    plotter.camera_position = [tuple(aim + _ARC_AWAY * reach * direction), tuple(aim), (0, 0, 1)]


def _write_turntable(plotter: Any, path: Path, frames: int) -> None:
    from PIL import Image

    pictures = []
    for _ in range(frames):
        pictures.append(
            Image.fromarray(plotter.screenshot(return_img=True)).convert(
                "P", palette=Image.Palette.ADAPTIVE, colors=_GIF_COLOURS
            )
        )
        plotter.camera.Azimuth(360.0 / frames)
        plotter.render()
    pictures[0].save(path, save_all=True, append_images=pictures[1:], duration=90, loop=0)


def main(task: Path, path: Path) -> None:
    """Render one job."""
    with np.load(task) as job:
        size = (int(job["size"][0]), int(job["size"][1]))
        plotter = _scene(job, size)
        frames = int(job["frames"])
        if frames == 1:
            plotter.screenshot(str(path))
        else:
            plotter.show(auto_close=False)
            _write_turntable(plotter, path, frames)
        plotter.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
