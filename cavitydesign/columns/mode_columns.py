"""The columns of a mode: each entry of `modes` in the JSON, under which name it is shown where."""

from __future__ import annotations

from . import deviation_columns, sensing_columns
from .cell_text import number, with_powers
from .column import NOWHERE, PRINTED, TABLES, Column, Record, only

# Below it the next smaller unit is read more easily.
_LEAST_IN_UNIT = 0.1


def line_width(value_nm: float) -> str:
    """A line width in the unit that needs no power of ten: nm, pm or fm."""
    for unit, scale in (("nm", 1.0), ("pm", 1e3)):
        if scale * value_nm >= _LEAST_IN_UNIT:
            return f"{number(scale * value_nm, '.3g')} {unit}"
    return f"{with_powers(number(1e6 * value_nm, '.3g'))} fm"


def _met(value: bool) -> str:
    return "met" if value else "missed"


def _total_error(record: Record) -> float | None:
    """Of log10 Q: 1/Q is the sum of 1/Q of the losses, so that d log Q is the mean of theirs by
    their shares.
    """
    parts = record["log10_q"]
    total = parts["total"]
    if total is None:
        return None
    return float(
        sum(
            10.0 ** (total - value) * (record.get(f"log10_q_{name}_error") or 0.0)
            for name, value in parts.items()
            if name != "total" and value is not None
        )
    )


COLUMNS: tuple[Column, ...] = (
    Column(
        "label",
        "mode",
        "polarisation (TM: E along the fibre axis; TE: across it), azimuthal order m, radial order "
        "p, axial order q",
    ),
    Column("polarisation", "polarisation", "TM: E along the fibre axis; TE: across it",
           shown=NOWHERE),
    Column("m", "m", "azimuthal order: wavelengths around the rim", shown=NOWHERE),
    Column("p", "p", "radial order: extrema along the radius", shown=NOWHERE),
    Column("q", "q", "axial order: nodes along the outline", shown=NOWHERE),
    Column("wavelength_nm", "wavelength", "vacuum wavelength", "nm", "",
           error="wavelength_error_nm", deviation="wavelength_sd_nm", deviation_form=".3g"),
    Column("wavelength_error_nm", "+-", "error of the computation for the given shape and media",
           "nm", ".1e", shown=only("terminal", "explorer", "notebook", "study")),
    Column("n_eff", "n_eff", "m λ / (π D)", form=".5f",
           shown=only("terminal", "report", "explorer", "notebook")),
    Column("group_index", "n_g", "group index of the comb, λ(m) λ(m+1) / (π D FSR)", form=".4f",
           shown=TABLES),
    Column("fsr_nm", "FSR",
           "spacing to the next azimuthal order at the same p and q, with dispersion", "nm", ".4f",
           error="fsr_error_nm", deviation="fsr_sd_nm"),
    Column("fsr_error_nm", "+- FSR", "error of the spacing, of the computation", "nm", ".1e",
           shown=NOWHERE),
    Column("energy_fraction.axial", "E_z", "share of the energy in the field along the fibre axis",
           "%", ".2f", 100.0, shown=TABLES),
    Column("energy_fraction.radial", "E_r", "share of the energy in the field along the radius",
           "%", ".2f", 100.0, shown=PRINTED),
    Column("energy_fraction.azimuthal", "E_phi", "share of the energy in the field along the rim",
           "%", ".2f", 100.0, shown=PRINTED),
    Column("accuracy_met", "accuracy", "whether the error is within the accuracy that was asked",
           shown=only("report"), told=_met),
    Column("confinement.*", "in {}",
           "share of the energy in this region, that of the surround up to the outer caustic", "%",
           ".4f", 100.0, "energy", PRINTED),
    Column("confinement.surround", "in surround",
           "share of the energy in the surround, up to the outer caustic", "%", ".4g", 100.0,
           "energy", only("explorer", "notebook")),
    Column("confinement_error", "+-", "error of the shares by region, of the computation", "%",
           ".0e", 100.0, "energy", PRINTED),
    Column("mode_volume_um3", "volume",
           "mode volume, int ε|E|² dV over the largest ε|E|², whole azimuth", "um^3", ".5g",
           group="energy", shown=TABLES, error="mode_volume_relative_error",
           error_is_relative=True),
    Column("mode_volume_relative_error", "+- volume",
           "relative error of the mode volume, of the computation", group="energy", shown=NOWHERE),
    Column("log10_q.*", "log10 Q {}", "decimal logarithm of the quality factor by this loss",
           form=".3f", group="losses", shown=TABLES, error="log10_q_{}_error",
           deviation="log10_q_{}_sd"),
    Column("log10_q.total", "log10 Q", "decimal logarithm of the quality factor by all losses",
           form=".3f", group="losses", shown=only("notebook"), error="log10_q_total_error"),
    Column("log10_q_total_error", "+- total",
           "error of log10 Q by all losses: each loss counts with its share of them",
           group="losses", shown=NOWHERE, of=_total_error),
    Column("linewidth_nm", "line width", "full width at half maximum of the passive resonance, λ/Q",
           "nm", ".2e", group="losses", shown=PRINTED, told=line_width),
    Column("log10_q_intrinsic", "log10 Q intrinsic",
           "decimal logarithm of the quality factor without the guide of [coupling]", form=".3f",
           group="losses", shown=only("notebook"), optional=True),
    Column("transmission", "transmission",
           "share of the light in the guide that passes the cavity on resonance", form=".4f",
           group="losses", shown=TABLES, optional=True),
    Column("critical_gap_um", "critical gap",
           "gap at which the guide takes as much as the cavity loses by itself, and nothing passes "
           "on resonance; absent where even contact takes less", "um", ".4f", group="losses",
           shown=TABLES, optional=True),
    Column("phase_mismatch_per_um", "phase mismatch",
           "propagation constant of the guide less m over the radius of the contact; absent of a "
           "prism", "um^-1", ".4g", group="losses", shown=only("notebook"), optional=True),
    Column("guide_index", "guide n_eff",
           "effective index of the guide's mode, or index of the prism", form=".5f",
           group="losses", shown=only("notebook"), optional=True),
    Column("guide_modes_more", "further guided modes",
           "1 where the guide has modes that are not counted", form=".0f", group="losses",
           shown=NOWHERE, optional=True),
    Column("log10_q_external_error", "+- external",
           "error of log10 Q of the guide, of the computation", form=".1e", group="losses",
           shown=NOWHERE, optional=True),
    Column("collected", "collected",
           "share of the emitted light that the objective of [collection] takes", "%", ".2f",
           100.0, group="losses", shown=TABLES, optional=True),
    Column("collected_over_even", "over even light",
           "that share over what the objective takes of light sent out evenly in all directions; "
           "the computed counterpart of `gain.laser_collection`", form=".3g", group="losses",
           shown=only("notebook"), optional=True),
    Column("q_total", "Q", "quality factor by all losses; absent beyond the range of floats",
           form=".4g", group="losses", shown=only("study")),
    Column("log10_q_radiation_error", "+- radiation",
           "error of log10 Q of radiation, of the computation", group="losses", shown=NOWHERE),
    Column("log10_q_radiation_far_field", "log10 Q far field",
           "log10 Q of radiation as the far field of the mode tells it", group="losses",
           shown=NOWHERE),
    Column("log10_q_radiation_absorbing_layer", "log10 Q layer",
           "log10 Q of radiation as the absorbing layer tells it", group="losses", shown=NOWHERE),
    Column("log10_q_radiation_at_least", "log10 Q at least",
           "bound of log10 Q of radiation where neither far field nor layer tells it",
           group="losses", shown=NOWHERE),
    Column("sensitivity_nm_per_riu.*", "dλ/dn {}",
           "shift of the wavelength with the index of this region, alike at all wavelengths, for "
           "each refractive-index unit", "nm", ".5g", group="shifts", shown=only("report"),
           error="sensitivity_error_nm_per_riu"),
    Column("sensitivity_error_nm_per_riu", "+- d lambda/dn",
           "error of these sensitivities, of the computation", "nm", ".1e", group="shifts",
           shown=NOWHERE),
    Column("thermal_shift_pm_per_k", "thermal shift",
           "shift of the wavelength with temperature by the media whose dn/dT is published, "
           "without expansion; absent where none is. With [temperature], at that temperature and "
           "with expansion", "pm/K", ".4g", group="shifts", shown=only("report"),
           error="thermal_shift_error_pm_per_k", optional=True),
    Column("thermal_shift_error_pm_per_k", "+- thermal shift",
           "error of the thermal shift, of the computation", "pm/K", ".1e", group="shifts",
           shown=NOWHERE),
    Column("d1_ghz", "D1", "spacing of the comb about this mode, over 2 pi, where six or more modes"
           " of the family lie side by side", "GHz", group="shifts",
           shown=only("report"), error="d1_error_ghz", optional=True),
    Column("d1_error_ghz", "+- D1", "error of D1, of the computation", "GHz", ".1e", shown=NOWHERE,
           optional=True),
    Column("d2_mhz", "D2", "how the spacing changes with m, over 2 pi; above 0: anomalous "
           "dispersion", "MHz", group="shifts", shown=only("report"), error="d2_error_mhz",
           optional=True),
    Column("d2_error_mhz", "+- D2", "error of D2, of the computation", "MHz", ".1e", shown=NOWHERE,
           optional=True),
    Column("d3_mhz", "D3", "how D2 changes with m, over 2 pi", "MHz", group="shifts",
           shown=only("report"), error="d3_error_mhz", optional=True),
    Column("d3_error_mhz", "+- D3", "error of D3, of the computation", "MHz", ".1e", shown=NOWHERE,
           optional=True),
    Column("residual", "residual", "relative residual of the eigenvalue problem", shown=NOWHERE),
    Column("threshold_gain_per_cm", "threshold gain",
           "material gain that balances the loss of the mode, in studies of thresholds", "cm^-1",
           ".1f", shown=NOWHERE, deviation="threshold_gain_sd_per_cm", deviation_form=".3g"),
    Column("gain_equals_loss_mj_cm2", "gain = loss",
           "fluence at which gain equals loss, in studies of thresholds", "mJ/cm2", ".4g",
           shown=only("study"), deviation="gain_equals_loss_sd_mj_cm2"),
    Column("gain_equals_loss_uw", "gain = loss",
           "power of continuous light at which gain equals loss", "uW", ".4g",
           shown=only("study"), deviation="gain_equals_loss_sd_uw"),
    *deviation_columns.COLUMNS,
    *sensing_columns.COLUMNS,
)  # fmt: skip
