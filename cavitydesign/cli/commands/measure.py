"""`cavitydesign measure`: constants from measured curves: light curve, Z-scan, stripe length, mode
spacings.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from ...columns.cell_text import plain_with_error
from ..exit_codes import DONE, named, reported, say
from ..printing import new_table, print_json, print_tables
from .measure_series import series
from .modes import AsJson

measure = typer.Typer(
    name="measure",
    help="Constants from measured curves (CSV with a header), with their errors.",
    no_args_is_help=True,
)
CsvFile = Annotated[
    Path,
    typer.Argument(
        metavar="FILE.csv", help="Measured curve; the columns are named in the help above."
    ),
]


def _show(title: str, rows: dict[str, str], answer: dict[str, Any], json: bool) -> int:
    if json:
        print_json(answer)
        return DONE
    table = new_table(title, ("quantity", "value"))
    for name, value in rows.items():
        table.add_row(name, value)
    print_tables(table)
    return DONE


def light_curve(
    file: CsvFile,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Picture of curve and fit: .png, .pdf or .svg."),
    ] = None,
    json: AsJson = False,
) -> int:
    """Slopes of a light curve, and as many breaks (thresholds) as it shows. Columns:
    fluence_mj_cm2, emission (any unit).
    """
    from ...design.files.column_file import read_columns
    from ...lasing.outcomes.break_count import CHANCE, count_breaks

    names = ("fluence_mj_cm2", "emission")
    columns = read_columns(file, names, positive=names)
    with named(file):
        found = count_breaks(columns["fluence_mj_cm2"], columns["emission"])
    if out is not None:
        from ...visualise.files import save_figure
        from ...visualise.lasers.measured_curve import draw_measured_curve

        drawn = draw_measured_curve(columns["fluence_mj_cm2"], columns["emission"], found)
        say(f"picture: {save_figure(drawn, out)}")
    count = len(found.breaks_mj_cm2)
    parts = (("of the whole curve",), ("below", "above"), ("below", "between", "above"))[count]
    rows = {
        f"{name}, mJ/cm2": plain_with_error(value, error)
        for name, value, error in zip(
            found.break_names, found.breaks_mj_cm2, found.breaks_error_mj_cm2, strict=True
        )
    }
    rows |= {
        f"slope {part}": plain_with_error(value, error)
        for part, value, error in zip(parts, found.slopes, found.slopes_error, strict=True)
    }
    if count < 2:
        smaller = ("a straight power law", "a law with one break")[count]
        rows["two breaks"] = (
            f"not seen: {smaller} would look so by chance in {found.chance[count]:.0%} of the cases"
            f" (asked: {CHANCE:.0%})"
        )
    elif not found.onset:
        rows["thresholds"] = "none: the curve does not steepen between the breaks"
    words = ("no break", "one break", "two breaks")[count]
    return _show(
        f"Light curve: power law with {words}", rows, {**asdict(found), "onset": found.onset}, json
    )


def z_scan(
    file: CsvFile,
    photons: Annotated[int, typer.Option(help="Order of the absorption, 2 or 3.")],
    wavelength: Annotated[float, typer.Option(metavar="NM", help="Wavelength.")],
    energy: Annotated[float, typer.Option(metavar="NJ", help="Pulse energy on the sample.")],
    pulse: Annotated[float, typer.Option(metavar="FS", help="Intensity FWHM of the pulse.")],
    waist: Annotated[
        float, typer.Option(metavar="UM", help="1/e^2 intensity radius of the focus.")
    ],
    density: Annotated[float, typer.Option(metavar="PER_CM3", help="Absorbers per cm^3.")],
    thickness: Annotated[float, typer.Option(metavar="MM", help="Of the sample.")],
    linear: Annotated[float, typer.Option(metavar="PER_CM", help="Linear absorption.")] = 0.0,
    json: AsJson = False,
) -> int:
    """Cross-section sigma_n from an open-aperture Z-scan. Columns: position_mm, transmittance."""
    from ...design.files.column_file import read_columns
    from ...gain.measured.z_scan import ZScan

    columns = read_columns(file, ("position_mm", "transmittance"), positive=("transmittance",))
    scan = ZScan(photons, wavelength, energy, pulse, waist, density, thickness, linear)
    with named(file):
        fit = scan.fitted(columns["position_mm"], columns["transmittance"])
    rows = {
        f"sigma_{photons} (photons removed), cm^{2 * photons} s^{photons - 1}": (
            plain_with_error(fit.sigma, fit.sigma_error)
        ),
        "focus, mm": f"{fit.centre_mm:.4g}",
        "baseline": f"{fit.baseline:.4g}",
        "rms deviation": f"{fit.rms:.2g}",
    }
    return _show(
        "Open-aperture Z-scan (errors of energy, pulse length and waist come on top)",
        rows,
        asdict(fit),
        json,
    )


def emission(file: CsvFile, json: AsJson = False) -> int:
    """Centre and width of an emission line, as priors of a calibration. Columns: wavelength_nm
    (vacuum), intensity.
    """
    from ...design.files.column_file import read_columns
    from ...gain.measured.emission_line import fit_emission_line

    columns = read_columns(file, ("wavelength_nm", "intensity"), positive=("wavelength_nm",))
    with named(file):
        fit = fit_emission_line(columns["wavelength_nm"], columns["intensity"])
    rows = {
        "gain.emission_energy_ev": (
            plain_with_error(fit.emission_energy_ev, fit.emission_energy_error_ev)
        ),
        "gain.emission_fwhm_mev": (
            plain_with_error(fit.emission_fwhm_mev, fit.emission_fwhm_error_mev)
        ),
        "background over the peak": f"{fit.background:.2g}",
        "rms deviation over the peak": f"{fit.rms:.2g}",
    }
    if not fit.is_gaussian:
        rows["shape"] = "no Gaussian: the constants describe only its centre and width"
    return _show("Emission line, Gaussian in energy", rows, asdict(fit), json)


def decay(file: CsvFile, json: AsJson = False) -> int:
    """Life times of a decay, as priors of a calibration. Columns: time_ps, signal."""
    from ...design.files.column_file import read_columns
    from ...gain.measured.decay import fit_decay

    columns = read_columns(file, ("time_ps", "signal"))
    with named(file):
        fit = fit_decay(columns["time_ps"], columns["signal"])
    lives = zip(fit.lifetimes_ps, fit.errors_ps, fit.shares, strict=True)
    rows = {
        f"life time {number}, ps": f"{plain_with_error(life, error)} (share {share:.2f})"
        for number, (life, error, share) in enumerate(lives, start=1)
    }
    rows |= {
        "background over the start": f"{fit.background:.2g}",
        "rms deviation over the start": f"{fit.rms:.2g}",
        "chance of two life times by noise alone": f"{fit.chance:.2g}",
    }
    return _show("Decay; the instrument's response is not unfolded", rows, asdict(fit), json)


def stripe(file: CsvFile, json: AsJson = False) -> int:
    """Net modal gain from variable stripe lengths, unsaturated part. Columns: length_um,
    emission.
    """
    from ...design.files.column_file import read_columns
    from ...gain.measured.stripe import fit_stripe_gain

    names = ("length_um", "emission")
    columns = read_columns(file, names, positive=names)
    with named(file):
        fit = fit_stripe_gain(columns["length_um"], columns["emission"])
    rows = {
        "net modal gain, cm^-1": plain_with_error(fit.net_gain_per_cm, fit.error_per_cm),
        "rms relative deviation": f"{fit.rms:.2g}",
    }
    return _show("Variable stripe length", rows, asdict(fit), json)


def spacings(file: CsvFile, json: AsJson = False) -> int:
    """Index that a series of mode spacings implies, lambda^2/(pi D n). Columns: wavelength_nm,
    spacing_nm, diameter_um.
    """
    from ...design.files.column_file import read_columns
    from ...lasing.competition.comb import fit_effective_index

    names = ("wavelength_nm", "spacing_nm", "diameter_um")
    columns = read_columns(file, names, positive=names)
    with named(file):
        fit = fit_effective_index(*(columns[name] for name in names))
    told = (
        plain_with_error(fit.index, fit.error)
        if math.isfinite(fit.error)
        else f"{fit.index:.4f} (one spacing tells no error)"
    )
    rows = {
        "index (a group index: the spacings carry the dispersion)": told,
        "rms deviation, nm": f"{fit.rms_nm:.2g}",
    }
    return _show("Mode spacings", rows, asdict(fit), json)


def temperature(file: CsvFile, json: AsJson = False) -> int:
    """Characteristic temperature T0 of thresholds against temperature. Columns: temperature_k,
    threshold (any unit).
    """
    from ...design.files.column_file import read_columns
    from ...gain.measured.characteristic_temperature import fit_characteristic_temperature

    names = ("temperature_k", "threshold")
    columns = read_columns(file, names, positive=names)
    with named(file):
        fit = fit_characteristic_temperature(columns["temperature_k"], columns["threshold"])
    low, high = fit.range_k
    rows = {
        "T0, K": plain_with_error(fit.t0_k, fit.t0_error_k),
        "d ln(threshold) / dT, 1/K": (
            plain_with_error(fit.log_slope_per_k, fit.log_slope_error_per_k)
        ),
        f"threshold of the fit at {low:g} K": f"{fit.threshold:.4g}",
        "rms deviation of the logarithm": f"{fit.rms:.2g}",
    }
    return _show(f"Fit of ln(threshold), {low:g} to {high:g} K", rows, asdict(fit), json)


for _command in (light_curve, series, emission, decay, z_scan, stripe, spacings, temperature):
    measure.command(_command.__name__.replace("_", "-"))(reported(_command))
