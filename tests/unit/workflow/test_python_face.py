"""What a notebook needs: designs in code, a sequence of modes, sweeps, frames, cubes, files."""

import math
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest

import cavitydesign as cd

BALL = {
    "body": {"index": 1.5},
    "wavelength_nm": 600.0,
    "azimuthal_order": 40,
    "span_nm": None,
    "polarisation": "both",
}


@pytest.fixture(scope="module")
def ball() -> cd.Design:
    return cd.sphere(diameter_um=6.0, axial_orders=2, **BALL)


@pytest.fixture(scope="module")
def modes(ball: cd.Design) -> cd.ModeSet:
    return cd.find_modes(ball)


def test_names_of_the_root() -> None:
    names = dir(cd)
    assert {"find_modes", "predict_lasing", "sweep", "plot", "save", "load", "Design"} <= set(names)
    assert 20 <= len(names) <= 45
    assert all(getattr(cd, name) is not None for name in names)


def test_a_mode_set_is_a_sequence(modes: cd.ModeSet) -> None:
    assert modes[0] is modes.modes[0] and modes[-1] is modes.modes[-1]
    assert isinstance(modes[1:3], cd.ModeSet) and len(modes[1:3]) == 2
    assert modes[modes[0].label] is modes[0]
    assert modes.index(modes[2]) == 2
    with pytest.raises(IndexError):
        modes[99]
    with pytest.raises(KeyError, match="did you mean 'TM 40 1 "):
        modes["TM 40 1"]


def test_modes_are_chosen(modes: cd.ModeSet) -> None:
    assert modes.nearest(modes[1].wavelength_nm + 1e-3) is modes[1]
    chosen = modes.select(polarisation="TE", q=0)
    assert [mode.label for mode in chosen] == ["TE 40 1 0"]
    with pytest.raises(cd.InputError, match="no mode"):
        modes[:0].nearest(500.0)


def test_reprs_are_short(modes: cd.ModeSet) -> None:
    assert repr(modes[0]).startswith(f"Mode {modes[0].label}, ") and len(repr(modes[0])) < 100
    assert len(repr(modes).splitlines()) == 1 + len(modes)
    assert "<table>" in modes._repr_html_()


def test_every_result_shows_itself_in_a_line_and_in_a_notebook(
    ball: cd.Design, modes: cd.ModeSet
) -> None:
    """A design, its cavity (of a section with thousands of points too) and a mode."""
    disk = cd.load_design(Path(__file__).parents[3] / "studies" / "sections" / "ring.toml")
    for thing in (ball, ball.cavity, modes[0], disk, disk.cavity):
        assert len(repr(thing)) < 200 and "\n" not in repr(thing)
        assert "<table>" in thing._repr_html_()
    assert "cavity.diameter_um" in ball._repr_html_()


def test_frame_and_dataset(modes: cd.ModeSet) -> None:
    frame = modes.to_dataframe()
    assert frame.loc[modes[0].label, "wavelength_nm"] == modes[0].wavelength_nm
    assert frame["log10_q.total"].notna().all()
    data = modes.to_xarray()
    np.testing.assert_array_equal(data.wavelength_nm, [mode.wavelength_nm for mode in modes])
    assert data.wavelength_nm.attrs["units"] == "nm" and data.wavelength_nm.dims == ("mode",)


def test_everything_is_pickled(ball: cd.Design, modes: cd.ModeSet) -> None:
    again = pickle.loads(pickle.dumps(modes))
    assert [mode.label for mode in again] == [mode.label for mode in modes]
    one, other = (found[0].sample_field(12, 12) for found in (modes, again))
    np.testing.assert_array_equal(one.e_z, other.e_z)
    assert pickle.loads(pickle.dumps(ball)) == ball


def test_modes_are_kept_with_their_fields(modes: cd.ModeSet, tmp_path: Path) -> None:
    path = cd.save(modes, tmp_path / "modes.npz", resolution=(20, 30))
    again = cd.load(path)
    assert again.to_json_dict() == modes.to_json_dict()
    kept, solved = again[0].sample_field(1, 1), modes[0].sample_field(20, 30)
    np.testing.assert_array_equal(kept.e_r, solved.e_r)
    assert kept.interfaces_um.keys() == solved.interfaces_um.keys()


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 no archive", b"text"])
def test_a_damaged_file_of_modes_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "modes.npz"
    path.write_bytes(content)
    with pytest.raises(cd.InputError, match=r"modes\.npz"):
        cd.load(path)
    with pytest.raises(cd.InputError, match="cannot be read"):
        cd.load(tmp_path / "absent.npz")


def test_other_values_are_checked(ball: cd.Design) -> None:
    assert ball.with_values({"cavity.diameter_um": 7.0}).cavity.diameter_um == 7.0
    with pytest.raises(cd.InputError, match="did you mean 'diameter_um'"):
        ball.with_values({"cavity.diametr_um": 7.0})
    named = cd.sphere(diameter_um=6.0, body="PMMA", wavelength_nm=600.0, span_nm=5.0)
    shifted = named.with_values({"cavity.body.index_offset": 0.01})
    assert shifted.raw["cavity"]["body"] == {"name": "PMMA", "index_offset": 0.01}


def test_a_cube_over_two_keys(ball: cd.Design, tmp_path: Path) -> None:
    """A uniform scale multiplies every wavelength of a medium of constant index."""
    sizes, indices = [6.0, 6.6], [1.5, 1.52, 1.54]
    values = {"cavity.diameter_um": sizes, "cavity.body.index": indices}
    found = cd.sweep(ball, values, store=tmp_path / "store")
    cube = found.to_xarray()
    assert dict(cube.sizes) == {"cavity.diameter_um": 2, "cavity.body.index": 3, "mode": 4}
    wave = cube.wavelength_nm.sel(mode=0)
    np.testing.assert_allclose(wave[1] / wave[0], 1.1, rtol=3e-6)
    assert len(found.to_dataframe()) == 24 and len(repr(found)) < 120
    again = cd.sweep(ball, values, store=tmp_path / "store")
    assert again.to_xarray().equals(cube)


def test_a_sweep_is_drawn_from_what_it_returned(ball: cd.Design, tmp_path: Path) -> None:
    """Every mode is a point where its table has it; a condition chooses among them."""
    found = cd.sweep(ball, {"cavity.diameter_um": [6.0, 6.6]}, store=tmp_path / "store")
    shown = cd.plot.sweep(found, "wavelength_nm").axes[0].lines[0].get_xydata()
    rows = found.table.rows
    told = sorted((row["cavity.diameter_um"], row["wavelength_nm"]) for row in rows)
    assert len(told) > 2
    np.testing.assert_allclose(shown, told)
    longest = max(row["wavelength_nm"] for row in rows if row["cavity.diameter_um"] == 6.0)
    chosen = cd.plot.sweep(found, "wavelength_nm", where=f"wavelength_nm < {longest}")
    assert len(chosen.axes[0].lines[0].get_xydata()) < len(told)
    with pytest.raises(cd.InputError, match="did you mean 'wavelength_nm'"):
        cd.plot.sweep(found, "wavelenght_nm")
    with pytest.raises(cd.InputError, match="no row is left where p == 9"):
        cd.plot.sweep(found, "wavelength_nm", where="p == 9")
    with pytest.raises(cd.InputError, match="name a column to draw"):
        cd.plot.sweep(found)


def test_a_sweep_refuses_before_it_solves(ball: cd.Design) -> None:
    with pytest.raises(cd.InputError, match="diametr_um"):
        cd.sweep(ball, {"cavity.diametr_um": [1.0]})
    with pytest.raises(cd.InputError, match=r"it belongs in \[cavity\]"):
        cd.sweep(ball, {"diameter_um": [6.0]})
    with pytest.raises(cd.InputError, match="at least one value"):
        cd.sweep(ball, {"cavity.diameter_um": []})
    with pytest.raises(cd.InputError, match="task"):
        cd.sweep(ball, {"cavity.diameter_um": [6.0]}, task="solve")


def test_builders_name_what_is_wrong() -> None:
    with pytest.raises(cd.InputError, match="fibre_diameter_um"):
        cd.bottle(diameter_um=10.0, axial_radius_um=40.0, fibre_diameter_um=12.0, fibre="silica")
    with pytest.raises(cd.InputError, match="gain: must be a dictionary"):
        cd.sphere(diameter_um=6.0, gain="CsPbBr3-PMMA")
    # every table of the design file may be given, the newest too
    with pytest.raises(cd.InputError, match="sensing: must be a dictionary"):
        cd.sphere(diameter_um=6.0, sensing="water")


def test_pictures_under_short_names(modes: cd.ModeSet) -> None:
    assert "comb" in dir(cd.plot)
    figure = cd.plot.comb(modes)
    assert math.isfinite(figure.get_size_inches()[0])


def test_a_sweep_without_xarray_says_where_its_points_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Nobody solves a sweep twice because a library was missing at its end."""
    asked = {"wavelength_nm": 650.0, "azimuthal_order": 40}
    ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    swept = cd.sweep(ball, {"cavity.diameter_um": [6.0]}, store=tmp_path)
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(cd.MissingLibraryError, match="sweep again with store=") as found:
        swept.to_xarray()
    assert str(tmp_path) in str(found.value)


def test_a_part_of_a_set_says_so(modes: cd.ModeSet) -> None:
    """What was chosen is not the list that was certified; the whole set stays itself."""
    assert repr(modes[:1]).startswith(f"ModeSet of 1 mode chosen from {len(modes)}, ")
    assert "complete" not in repr(modes[:1]).splitlines()[0] and not modes[:1].complete
    assert modes[:2].select(polarisation="TM")[:1].chosen_from == len(modes)
    assert modes[:] == modes and modes[:].chosen_from is None
    html = modes[:1]._repr_html_()
    assert f"chosen from {len(modes)}" in html and "complete" not in html
