"""The columns of a mode as a sensor: entries of `sensing` in the JSON."""

from __future__ import annotations

from .column import NOWHERE, PRINTED, TABLES, Column, only

COLUMNS: tuple[Column, ...] = (
    Column("sensing.bulk_nm_per_riu", "d lambda/dn",
           "shift of the wavelength with the index of the region of [sensing]", "nm", ".5g",
           group="sensing", shown=TABLES, optional=True, error="sensing.bulk_error_nm_per_riu"),
    Column("sensing.bulk_error_nm_per_riu", "+- d lambda/dn",
           "error of that sensitivity, of the computation", "nm", ".1e", group="sensing",
           shown=only("terminal"), optional=True),
    Column("sensing.figure_of_merit_per_riu", "figure of merit",
           "sensitivity over line width", form=".4g", group="sensing", shown=TABLES,
           optional=True),
    Column("sensing.resolution_pm", "resolution",
           "three standard deviations of a wavelength", "pm", ".3g", group="sensing",
           shown=PRINTED, optional=True),
    Column("sensing.detection_limit_riu", "least dn",
           "change of the region's index that moves the line by the resolution", form=".2e",
           group="sensing", shown=TABLES, optional=True),
    Column("sensing.layer_shift_pm", "layer shift",
           "shift of the wavelength by the whole layer", "pm", ".5g", group="sensing",
           shown=TABLES, optional=True),
    Column("sensing.layer_error_pm", "+- layer shift",
           "error of that shift, of the computation", "pm", ".1e", group="sensing",
           shown=NOWHERE, optional=True),
    Column("sensing.layer_pm_per_nm", "per nm", "the same over the thickness of the layer", "pm",
           ".4g", group="sensing", shown=PRINTED, optional=True),
    Column("sensing.layer_detection_limit_pm", "least layer",
           "thickness of the layer that moves the line by the resolution", "pm", ".3g",
           group="sensing", shown=TABLES, optional=True),
    Column("sensing.linewidth_nm", "line read", "full width of the line that is read", "nm",
           ".3g", group="sensing", shown=NOWHERE, optional=True),
    Column("sensing.region", "region", "region whose index is sensed", group="sensing",
           shown=NOWHERE, optional=True),
)  # fmt: skip
