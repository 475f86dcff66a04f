"""`cavitydesign check`: solves the exact cases that ship with the package and holds the answers
against them.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import CavityDesignError, InputError
from ..exit_codes import DONE, MISSED
from ..printing import new_table, number, print_json, print_tables
from ..progress_line import ProgressLine
from .modes import AsJson

if TYPE_CHECKING:
    from ...analytic.exact_cases import ExactCase, ExactIndex
    from ...modes import Mode

# Stated errors are one standard error; three of them must cover the truth. Below a relative 1e-12
# rounding rules.
_HONESTY_FACTOR, _ROUNDING = 3.0, 1e-12
_LOG10_Q_TOLERANCE = 0.01  # 2 % of Q, far below what any measurement of Q tells apart
# A hundredth of a per cent of the energy: gain and absorption are known to per cents at best.
_SHARE_TOLERANCE = 1e-4
# A leaky mode's field grows outwards: its shares depend on where the surround is cut, and are not
# compared.
_SHARES_FROM_LOG10_Q = 3.0

Accuracy = Annotated[
    float,
    typer.Option("--accuracy", metavar="A", help="Relative accuracy asked of each wavelength."),
]


@dataclass(frozen=True)
class Verdict:
    """One case held against its reference; errors are None where the solver gave no answer."""

    case: str
    mode: str
    reference_nm: float
    wavelength_nm: float | None
    relative_error: float | None
    stated_error: float | None
    log10_q_error: float | None
    share_error: float | None
    seconds: float
    missed: tuple[str, ...]


def check(accuracy: Accuracy = 1e-6, json: AsJson = False) -> int:
    """Solve exact cases on this machine; print error and time of each; 1 if any misses its
    tolerance.
    """
    from ...analytic.exact_cases import exact_cases

    if not 1e-12 <= accuracy <= 1e-2:
        raise InputError(f"--accuracy {accuracy:g}: must be between 1e-12 and 1e-2")
    cases = exact_cases()
    verdicts = []
    with ProgressLine() as progress:
        for index, case in enumerate(cases):
            progress(f"{case.name} {case.polarisation} {case.m}", index / len(cases))
            verdicts.append(judged(case, accuracy))
    missed = [verdict for verdict in verdicts if verdict.missed]
    if json:
        rows = [asdict(verdict) for verdict in verdicts]
        print_json(
            {
                "schema": 1,
                "accuracy": accuracy,
                "held": len(cases) - len(missed),
                "missed": len(missed),
                "cases": rows,
            }
        )
    else:
        _print(verdicts, accuracy)
    return MISSED if missed else DONE


def judged(case: ExactCase, accuracy: float) -> Verdict:
    """Solve one case and compare."""
    from ...design import parse_design
    from ...modes.label import Label
    from ...workflow.steps import find_modes

    name = str(Label(case.polarisation, case.m, case.p, 0))
    start = time.perf_counter()
    try:
        found = find_modes(parse_design(design_of(case, accuracy), source=case.name))
        mode = found[name]
    except (CavityDesignError, KeyError) as error:
        reason = "mode not found" if isinstance(error, KeyError) else str(error)
        seconds = time.perf_counter() - start
        return Verdict(
            case.name, name, case.wavelength_nm, None, None, None, None, None, seconds, (reason,)
        )
    return _compared(case, mode, accuracy, time.perf_counter() - start)


def _compared(case: ExactCase, mode: Mode, accuracy: float, seconds: float) -> Verdict:
    relative = abs(mode.wavelength_nm / case.wavelength_nm - 1.0)
    stated = mode.wavelength_error_nm / case.wavelength_nm
    total = mode.losses.total
    q_error = None if total is None else abs(total - case.log10_q)
    comparable = case.log10_q >= _SHARES_FROM_LOG10_Q
    share_error = (
        max(abs(a - b) for a, b in zip(mode.confinement.values(), case.shares, strict=True))
        if comparable
        else None
    )
    missed = []
    if relative > accuracy:
        missed.append("wavelength")
    if relative > max(_HONESTY_FACTOR * stated, _ROUNDING):
        missed.append("stated error")
    if q_error is None or q_error > _LOG10_Q_TOLERANCE:
        missed.append("Q")
    if share_error is not None and share_error > _SHARE_TOLERANCE:
        missed.append("confinement")
    return Verdict(
        case=case.name,
        mode=mode.label,
        reference_nm=case.wavelength_nm,
        wavelength_nm=mode.wavelength_nm,
        relative_error=relative,
        stated_error=stated,
        log10_q_error=q_error,
        share_error=share_error,
        seconds=seconds,
        missed=tuple(missed),
    )


def design_of(case: ExactCase, accuracy: float) -> dict[str, Any]:
    """The case as the tables of a design file."""
    *inner, body, surround = (_medium(index, case.wavelength_nm) for index in case.indices)
    cavity: dict[str, Any] = {
        "profile": "spheroid" if case.geometry == "sphere" else "cylinder",
        "diameter_um": 2.0 * case.radii_um[-1],
        "body": body,
        "surround": surround,
    }
    if inner:
        cavity |= {"fibre": inner[0], "fibre_diameter_um": 2.0 * case.radii_um[0]}
    modes = {
        "polarisation": case.polarisation,
        "wavelength_nm": float(f"{case.wavelength_nm:.3g}"),
        "azimuthal_order": case.m,
        "radial_orders": case.p,
        "relative_accuracy": accuracy,
    }
    return {"cavity": cavity, "modes": modes}


def _medium(index: ExactIndex, wavelength_nm: float) -> str | dict[str, float]:
    from ...units import absorption_per_cm

    if isinstance(index, str):
        return index
    return {"index": index.real, "absorption_per_cm": absorption_per_cm(index.imag, wavelength_nm)}


def _print(verdicts: Iterable[Verdict], accuracy: float) -> None:
    head = (
        "case",
        "mode",
        "reference nm",
        "relative error",
        "stated",
        "log10 Q off",
        "shares off",
        "seconds",
        "",
    )
    table = new_table(f"Exact cases, asked {accuracy:g}", head)
    rows = list(verdicts)
    for row in rows:
        table.add_row(
            row.case,
            row.mode,
            f"{row.reference_nm:.6f}",
            number(row.relative_error, ".1e"),
            number(row.stated_error, ".1e"),
            number(row.log10_q_error, ".1e"),
            number(row.share_error, ".1e"),
            f"{row.seconds:.2f}",
            "holds" if not row.missed else f"MISSED: {', '.join(row.missed)}",
        )
    held = sum(not row.missed for row in rows)
    rule = (
        f"{held} of {len(rows)} hold, {sum(row.seconds for row in rows):.1f} s. Tolerances: "
        f"wavelength {accuracy:g} "
        f"and within 3 x its stated error; log10 Q {_LOG10_Q_TOLERANCE:g}; shares of energy "
        f"{_SHARE_TOLERANCE:g} "
        "(not compared for leaky modes, Q below 1000)."
    )
    print_tables(table, rule)
