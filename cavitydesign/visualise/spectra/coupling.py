"""A mode beside its guide: Q and transmission by the gap, and the dip in the guide's light."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..theme import (
    LIGHT,
    ONE_COLUMN_IN,
    TWO_COLUMNS_IN,
    Theme,
    colour,
    figure,
    label_panel,
    stroke,
    themed,
)

if TYPE_CHECKING:
    from ...modes.coupling.coupled_mode import CoupledMode

_POINTS = 241  # points of a curve: closer than the dots of a printed column
_DECADES = 4.0  # of the external Q above its value in contact, shown where no loss sets an end
_WIDTHS = 3.0  # of each line, on either side of a dip
_NARROWEST_PM = 1e-6  # an attometre is 40 Hz at 1.5 um: no dip so narrow was ever scanned


@themed
def draw_coupling(
    beside: CoupledMode, gap_um: Sequence[float] | None = None, *, theme: Theme = LIGHT
) -> Figure:
    """External, intrinsic and loaded Q against the gap, and the transmission on resonance below.

    Parameters
    ----------
    beside : CoupledMode
        From `Mode.coupling`.
    gap_um : sequence of float, optional
        By default from contact to twice the critical gap.
    theme : Theme
    """
    gaps = _gaps(beside) if gap_um is None else np.asarray(gap_um, dtype=float)
    fig = figure(ONE_COLUMN_IN, 4.2)
    upper, lower = fig.subplots(2, 1, sharex=True)
    external, loaded = beside.log10_q_external(gaps), beside.log10_q_loaded(gaps)
    intrinsic = beside.log10_q_intrinsic
    lines = [("external", external), ("loaded", loaded)]
    if intrinsic is not None:
        lines.insert(1, ("intrinsic", np.full(gaps.size, intrinsic)))
    for index, (name, values) in enumerate(lines):
        upper.plot(gaps, values, color=colour(index), ls=stroke(index), label=name)
    if intrinsic is not None:
        upper.set_ylim(top=min(float(external.max()), intrinsic + 2.0))
    lower.plot(gaps, beside.transmission(gaps), color=colour(len(lines)))
    lower.set_ylim(-0.03, 1.05)
    marks: list[tuple[str, float, Any]] = [("gap of the design", beside.gap_um, ":")]
    if beside.critical_gap_um is not None:
        marks.append(("critical gap", beside.critical_gap_um, (0, (6, 3))))
    for name, gap, style in marks:
        for ax in (upper, lower):
            ax.axvline(gap, color=theme.muted, ls=style, lw=0.8, label=f"{name}, {gap:.3g} µm")
    upper.set_ylabel(r"$\log_{10} Q$")
    lower.set_ylabel("transmission on resonance")
    lower.set_xlabel("gap (µm)")
    lower.set_xlim(float(gaps[0]), float(gaps[-1]))
    upper.set_title(f"{beside.label} beside a {beside.kind}")
    fig.legend(*upper.get_legend_handles_labels(), loc="outside lower center", ncols=2)
    label_panel(upper, "a")
    label_panel(lower, "b")
    return fig


@themed
def draw_dip(
    beside: CoupledMode, gap_um: Sequence[float] | None = None, *, theme: Theme = LIGHT
) -> Figure:
    """Transmission against detuning at some gaps, each on an axis of its own line width.

    Parameters
    ----------
    beside : CoupledMode
    gap_um : sequence of float, optional
        By default the design's gap and, where there is one, the critical gap, unless the line is
        narrower there than anything that is measured.
    theme : Theme
    """
    chosen = [beside.gap_um] if gap_um is None else [float(gap) for gap in gap_um]
    critical = beside.critical_gap_um
    wanted = gap_um is None and critical is not None
    if wanted and 1e3 * _WIDTHS * float(beside.linewidth_nm(critical)) >= _NARROWEST_PM:
        chosen.append(float(critical or 0.0))
    fig = figure(min(ONE_COLUMN_IN * max(1.0, 0.75 * len(chosen)), TWO_COLUMNS_IN), 2.6)
    panels = fig.subplots(1, len(chosen), sharey=True, squeeze=False)[0]
    detuning = np.linspace(-1.0, 1.0, 2 * _POINTS + 1)
    for index, (ax, gap) in enumerate(zip(panels, chosen, strict=True)):
        reach_pm = 1e3 * _WIDTHS * float(beside.linewidth_nm(gap))
        reach, unit = _unit(reach_pm)
        ax.plot(
            detuning * reach, beside.transmission(gap, detuning * reach_pm), color=colour(index)
        )
        ax.set_xlim(-reach, reach)
        ax.set_xlabel(f"detuning ({unit})")
        log10_q = float(beside.log10_q_loaded(gap))
        ax.set_title(f"gap {gap:.3g} µm\nloaded $\\log_{{10}} Q$ = {log10_q:.2f}")
    panels[0].set_ylim(-0.03, 1.05)
    panels[0].set_ylabel("transmission")
    fig.suptitle(
        f"{beside.label}, {beside.wavelength_nm:.3f} nm, beside a {beside.kind}", fontsize=8
    )
    return fig


def _gaps(coupled: CoupledMode) -> NDArray[np.float64]:
    """Gaps to twice the critical one, and beyond the design's own."""
    end = 2.0 * (coupled.critical_gap_um or 0.0)
    if end == 0.0:
        contact = float(coupled.log10_q_external(0.0))
        end = coupled.guide.law.gap_um(contact + _DECADES) or 1.0
    return np.linspace(0.0, max(end, 1.2 * coupled.gap_um), _POINTS)


def _unit(reach_pm: float) -> tuple[float, str]:
    """A detuning in the unit that needs no power of ten."""
    for unit, scale in (("nm", 1e-3), ("pm", 1.0), ("fm", 1e3)):
        if reach_pm * scale >= 1.0:
            return reach_pm * scale, unit
    return reach_pm * 1e6, "am"
