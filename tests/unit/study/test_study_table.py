"""The table: columns, filters, files, and ten thousand points."""

import csv
import io

import numpy as np
import pytest
from toy_points import SCHEMA, evaluate, tabulate

from cavitydesign.errors import InputError
from cavitydesign.study import (
    Record,
    SerialExecutor,
    Store,
    Table,
    load_study,
    run_study,
    study_status,
    study_table,
)
from cavitydesign.study.files.table_export import csv_text, write_csv, write_netcdf, write_parquet
from cavitydesign.study.study_run import fingerprints
from cavitydesign.units import unit_of


@pytest.fixture
def table(tmp_path):
    (tmp_path / "design.toml").write_text("[cavity]\ndiameter_um = 15.0\nthickest_um = 18.5\n")
    (tmp_path / "study.toml").write_text(
        'design = "design.toml"\n[axes]\n"cavity.diameter_um" = { from = 10.0, to = 19.0, points '
        "= 10 }\n"
        '[columns]\nq_per_um = "log10_q.total / cavity.diameter_um"\n'
    )
    study = load_study(tmp_path / "study.toml", SCHEMA)
    run_study(study, evaluate, SerialExecutor(), indices=range(1, 10))
    return study_table(study, tabulate)


def test_columns_and_rows(table):
    assert table.columns[:2] == ("point", "cavity.diameter_um") and table.columns[-2:] == (
        "status",
        "error",
    )
    assert {
        "counted",
        "label",
        "wavelength_nm",
        "log10_q.radiation",
        "log10_q.total",
        "q_per_um",
    } <= set(table.columns)
    assert "list" not in table.columns
    assert table.rows[0]["status"] == "missing" and table.rows[-1]["status"] == "failed"
    assert len([row for row in table.rows if row["point"] == 3]) == next(
        row["counted"] for row in table.rows if row["point"] == 3
    )
    row = next(row for row in table.rows if row["status"] == "ok")
    assert row["q_per_um"] == row["log10_q.total"] / row["cavity.diameter_um"]


def test_choice_and_filter(table):
    chosen = table.filtered("log10_q.total > 0.2 and cavity.diameter_um < 15").selected(
        ["log10_q.*", "point"]
    )
    assert chosen.columns == ("log10_q.radiation", "log10_q.total", "point", "status", "error")
    assert chosen.rows and all(
        row["log10_q.total"] > 0.2 and row["cavity.diameter_um"] < 15 for row in chosen.rows
    )
    with pytest.raises(InputError, match=r"no column 'log10_q.totl'; did you mean 'log10_q.total'"):
        table.selected(["log10_q.totl"])
    with pytest.raises(InputError, match="no column"):
        table.filtered("q > 1")
    with pytest.raises(InputError, match="not allowed"):
        table.filtered("open('x')")


def test_a_column_that_names_what_no_row_has_is_told(tmp_path):
    (tmp_path / "design.toml").write_text("[cavity]\ndiameter_um = 15.0\n")
    (tmp_path / "study.toml").write_text(
        'design = "design.toml"\n[axes]\n"cavity.diameter_um" = [10.0]\n[columns]\nq = '
        '"log10_q.totl / 2"\n'
    )
    study = load_study(tmp_path / "study.toml", SCHEMA)
    assert study_table(study, tabulate).rows[0]["status"] == "missing"
    run_study(study, evaluate, SerialExecutor())
    with pytest.raises(
        InputError,
        match=r"columns\.\"q\" = 'log10_q.totl / 2': no column .*did you mean 'log10_q.total'",
    ):
        study_table(study, tabulate)


def test_csv_is_exact(table, tmp_path):
    write_csv(table, tmp_path / "t.csv")
    read = list(csv.DictReader(io.StringIO((tmp_path / "t.csv").read_text())))
    assert len(read) == len(table)
    for got, row in zip(read, table.rows, strict=True):
        if row["status"] == "ok":
            assert (
                float(got["wavelength_nm"]) == row["wavelength_nm"]
                and got["log10_q.radiation"] == ""
            )


def test_parquet_and_netcdf_hold_units_and_provenance(table, tmp_path):
    parquet = pytest.importorskip("pyarrow.parquet")
    xarray = pytest.importorskip("xarray")
    provenance = {"study": "text of the study"}
    write_parquet(table, tmp_path / "t.parquet", provenance)
    write_netcdf(table, tmp_path / "t.nc", provenance)
    arrow = parquet.read_table(tmp_path / "t.parquet")
    assert arrow.column("wavelength_nm").to_pylist() == table.column("wavelength_nm")
    assert arrow.schema.field("wavelength_nm").metadata[b"units"] == b"nm"
    with xarray.open_dataset(tmp_path / "t.nc", engine="h5netcdf") as dataset:
        assert (
            dataset.attrs["study"] == "text of the study"
            and dataset["wavelength_nm"].attrs["units"] == "nm"
        )
        expected = [np.nan if cell is None else cell for cell in table.column("wavelength_nm")]
        assert np.array_equal(dataset["wavelength_nm"].values, expected, equal_nan=True)
        assert list(dataset["cavity.diameter_um"].values) == table.column("cavity.diameter_um")


@pytest.mark.parametrize(
    ("name", "unit"),
    [
        ("cavity.diameter_um", "um"),
        ("threshold_mj_cm2.lasing", "mJ/cm^2"),
        ("gain_per_cm", "cm^-1"),
        ("mode_volume_um3", "um^3"),
        ("q_total", ""),
    ],
)
def test_units_are_read_from_names(name, unit):
    assert unit_of(name) == unit


def test_ten_thousand_points_are_counted_and_tabulated(tmp_path):
    """Right counts at that size; how long it takes is in the benchmarks."""
    (tmp_path / "design.toml").write_text("[cavity]\ndiameter_um = 15.0\n")
    (tmp_path / "study.toml").write_text(
        'design = "design.toml"\n[axes]\n"cavity.diameter_um" = { from = 10.0, to = 130.0, points '
        "= 10000 }\n"
    )
    study = load_study(tmp_path / "study.toml", SCHEMA)
    names = fingerprints(study, range(10_000))
    with Store(study.store).writer() as writer:
        writer.append(
            Record(name, "ok", evaluate(study.design_at(study.point(index)), "modes"))
            for index, name in names.items()
        )
    assert study_status(study).done == 10_000
    table = study_table(study, tabulate)
    assert len({row["point"] for row in table.rows}) == 10_000
    assert isinstance(table, Table) and csv_text(table).count("\n") == len(table) + 1
