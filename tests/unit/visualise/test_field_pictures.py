"""Meridian pictures and cuts: what is read back from the artists is the data that went in."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, QuadMesh
from matplotlib.figure import Figure

from cavitydesign.errors import InputError
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.modes.mode import Mode
from cavitydesign.units import wavenumber_per_um
from cavitydesign.visualise.fields.caustic import caustics
from cavitydesign.visualise.fields.cuts import axial_cut, draw_cuts, radial_cut
from cavitydesign.visualise.fields.meridian_view import (
    component_values,
    draw_components,
    draw_meridian,
)
from cavitydesign.visualise.files import figure_bytes, save_figure
from cavitydesign.visualise.theme import DARK

MakeMode = Callable[..., Mode]


def painted(figure: Figure) -> list[np.ndarray]:
    """The values of every painted panel, colour bars excluded."""
    meshes = [one for ax in figure.axes for one in ax.collections if isinstance(one, QuadMesh)]
    return [np.asarray(one.get_array()) for one in meshes if one.get_array().size > 1000]


def pixels(figure: Figure) -> np.ndarray:
    """The figure as it is rendered, RGBA."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    return np.asarray(canvas.buffer_rgba())


def test_linear_picture_holds_the_energy_density(make_mode: MakeMode, cavity: Cavity) -> None:
    mode = make_mode()
    figure = draw_meridian(mode, cavity, samples=(60, 50))
    (values,) = painted(figure)
    np.testing.assert_array_equal(values, mode.sample_field(60, 50).energy_density)
    assert np.unique(pixels(figure)).size > 100, "picture is blank"


def test_modes_share_one_colour_scale_and_one_length_scale(
    make_mode: MakeMode, cavity: Cavity
) -> None:
    figure = draw_meridian([make_mode(122, 1, 0), make_mode(118, 2, 0)], cavity, samples=(60, 50))
    panels = [ax for ax in figure.axes if ax.get_title(loc="left")]
    assert len(panels) == 2
    assert panels[0].get_xlim() == panels[1].get_xlim()
    assert panels[0].collections[0].norm is panels[1].collections[0].norm
    assert [ax.get_title(loc="left").splitlines()[0] for ax in panels] == [
        "TM 122 1 0",
        "TM 118 2 0",
    ]


def test_logarithmic_picture_reaches_its_floor(make_mode: MakeMode, cavity: Cavity) -> None:
    figure = draw_meridian(make_mode(), cavity, logarithmic=True, floor=1e-12, samples=(60, 50))
    (values,) = painted(figure)
    assert values.min() == pytest.approx(1e-12, rel=1e-12)
    assert values.max() == pytest.approx(1.0, rel=1e-12)
    assert figure.axes[0].collections[0].norm.vmin == 1e-12


@pytest.mark.parametrize("turn", [1.0, 1j, np.exp(0.7j)])
def test_components_do_not_depend_on_the_global_phase(make_mode: MakeMode, turn: complex) -> None:
    field = make_mode().sample_field(40, 30)
    turned = replace(field, e_r=turn * field.e_r, e_phi=turn * field.e_phi, e_z=turn * field.e_z)
    for component in ("e_r", "e_phi", "e_z"):
        np.testing.assert_allclose(
            component_values(turned, component), component_values(field, component), atol=1e-12
        )
    # the synthetic field has E_phi = 0.1 i E_z, a quarter period apart
    np.testing.assert_allclose(
        component_values(field, "e_phi"), 0.1 * component_values(field, "e_z"), atol=1e-12
    )


def test_overlays_outline_mesh_and_scale_bar(make_mode: MakeMode, cavity: Cavity) -> None:
    mode = make_mode()
    ax = draw_meridian(mode, cavity, mesh=True, samples=(60, 50)).axes[0]
    lines = {line.get_label(): line for line in ax.get_lines()}
    rim = mode.sample_field(60, 50).interfaces_um["outline"]
    np.testing.assert_array_equal(np.column_stack(lines["outline"].get_data()), rim)
    (drawn,) = [one for one in ax.collections if isinstance(one, LineCollection)]
    elements = mode.sample_field(60, 50).mesh_lines_um
    assert len(drawn.get_segments()) == len(elements) == 2
    for segment, line in zip(drawn.get_segments(), elements, strict=True):
        np.testing.assert_array_equal(segment, line)
    bar = np.ptp(lines["scale bar"].get_xdata())
    assert f"{bar:g} µm" in [text.get_text() for text in ax.texts], (
        "the bar's text must state its length"
    )


def test_caustics_where_the_wavenumbers_agree(make_mode: MakeMode, cavity: Cavity) -> None:
    """At the inner caustic m/r = k n_body, at the outer m/r = k; the axial one grows as
    sqrt(2q+1).
    """
    mode, higher = make_mode(), make_mode(q=2, wavelength_nm=538.0)
    turning, wider = caustics(mode, cavity), caustics(higher, cavity)
    k = wavenumber_per_um(538.0)
    assert mode.m / turning.inner_radius_um == pytest.approx(1.495 * k, rel=1e-12)
    assert mode.m / turning.outer_radius_um == pytest.approx(k, rel=1e-12)
    assert wider.axial_um / turning.axial_um == pytest.approx(math.sqrt(5.0), rel=1e-12)
    assert math.isinf(caustics(mode, replace(cavity, sliced=True)).axial_um)


def test_axial_turning_point_is_that_of_the_oscillator(make_mode: MakeMode, cavity: Cavity) -> None:
    """A Gaussian exp(-z^2/2w^2) (amplitude) turns at z = w; w^2 = sqrt(R0 Rz)/(n k) in the
    adiabatic picture.
    """
    turning = caustics(make_mode(), cavity)
    width = math.sqrt(math.sqrt(7.5 * 60.0) / (1.495 * wavenumber_per_um(538.0)))
    assert turning.axial_um == pytest.approx(width, rel=1e-12)


def test_caustics_are_drawn_at_their_radii_and_heights(make_mode: MakeMode, cavity: Cavity) -> None:
    shown = [make_mode(), make_mode(118, 2, 0)]
    for ax, mode in zip(draw_meridian(shown, cavity, samples=(60, 50)).axes, shown, strict=False):
        turning = caustics(mode, cavity)
        lines = [
            (line.get_label(), line.get_xdata()[0], line.get_ydata()[0]) for line in ax.get_lines()
        ]
        assert [x for label, x, _ in lines if label == "inner caustic"] == [turning.inner_radius_um]
        assert [x for label, x, _ in lines if label == "outer caustic"] == [turning.outer_radius_um]
        assert sorted(z for label, _, z in lines if label == "axial turning point") == [
            -turning.axial_um,
            turning.axial_um,
        ]
    bare = draw_meridian(make_mode(), cavity, show_caustics=False, samples=(60, 50)).axes[0]
    assert not any("caustic" in str(line.get_label()) for line in bare.get_lines())


def test_cuts_pass_through_the_strongest_point(make_mode: MakeMode) -> None:
    field = make_mode(118, 2, 0).sample_field(200, 101)
    _, density, region = radial_cut(field)
    z, along = axial_cut(field)
    assert density.max() == along.max() == 1.0
    assert abs(z[int(np.argmax(along))]) < 0.06, "q = 0 is strongest at the equator"
    assert region[0] == 0 and region[-1] == 1
    peaks = (density[1:-1] > density[:-2]) & (density[1:-1] > density[2:])
    assert int(peaks.sum()) == 2, "p = 2 has two radial maxima"


def test_cut_figure_states_the_shares_of_the_solver(make_mode: MakeMode) -> None:
    figure = draw_cuts([make_mode(), make_mode(118, 2, 0)], samples=(200, 51))
    words = [text.get_text() for ax in figure.axes for text in ax.texts]
    assert "body\n98.5 %" in words and "surround\n2.5 %" in words
    curve = figure.axes[0].get_lines()[0]
    r, density, _ = radial_cut(make_mode().sample_field(200, 51))
    np.testing.assert_array_equal(curve.get_xdata(), r)
    np.testing.assert_array_equal(curve.get_ydata(), density)


def test_component_figure_has_four_panels_with_shares(make_mode: MakeMode, cavity: Cavity) -> None:
    mode = make_mode(q=1)
    figure = draw_components(mode, cavity, samples=(60, 50))
    field = mode.sample_field(60, 50)
    for values, component in zip(painted(figure), ("energy", "e_r", "e_phi", "e_z"), strict=True):
        np.testing.assert_array_equal(values, component_values(field, component))
    assert "98 % of energy" in "".join(ax.get_title(loc="left") for ax in figure.axes)


@pytest.mark.parametrize(
    ("kind", "start"), [("png", b"\x89PNG"), ("pdf", b"%PDF"), ("svg", b"<?xml")]
)
def test_formats_and_dark_ground(
    make_mode: MakeMode, tmp_path: Path, kind: str, start: bytes
) -> None:
    figure = draw_meridian(make_mode(), samples=(40, 30), theme=DARK)
    path = save_figure(figure, tmp_path / f"deep/field.{kind}", dpi=60)
    assert path.read_bytes().startswith(start)
    assert [one.name for one in path.parent.iterdir()] == [f"field.{kind}"], (
        "no half-written file may stay"
    )
    again = draw_meridian(make_mode(), samples=(40, 30), theme=DARK)
    assert figure_bytes(again, kind, 60) == path.read_bytes(), "two runs must give the same bytes"


def test_bad_requests_are_input_errors(make_mode: MakeMode, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="did you mean 'energy'"):
        draw_meridian(make_mode(), component="enery", samples=(40, 30))
    with pytest.raises(InputError, match="no modes"):
        draw_meridian([])
    with pytest.raises(InputError, match="logarithmic"):
        draw_meridian(make_mode(), component="e_z", logarithmic=True)
    with pytest.raises(InputError, match="field was not kept"):
        draw_meridian(replace(make_mode(), sample_field=None))
    with pytest.raises(InputError, match="png, pdf or svg"):
        save_figure(draw_meridian(make_mode(), samples=(20, 20)), tmp_path / "a.gif")
