"""Odd designs of windows: the largest, smallest and leakiest, the highest p and q, empty ranges, the
loosest and finest accuracies, absorption. None may end in a traceback, nor take over 60 s of
computing or 2 GB without saying so.

    python tests/benchmarks/edge_windows.py [FIRST LAST]

Every case is solved in a process of its own, which is ended after 150 s of computing.
"""

from __future__ import annotations

import math
import os
import resource
import sys
import time
import traceback
from collections.abc import Callable

from cavitydesign.errors import CavityDesignError
from cavitydesign.geometry import Cavity, Cylinder, Parabola, Spheroid
from cavitydesign.materials.material import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes

Case = tuple[str, Callable[[], Cavity], ModeRequest]
C = ConstantIndex.of
LONGEST_S, MOST_MB, ENDED_S = 60.0, 2048.0, 150
SAID = ("stopped after", " GB ")


def S(radius: float, index: float = 1.49, surround: float = 1.0) -> Cavity:
    """A sphere."""
    return Cavity(Spheroid(radius, radius), C(index), C(surround))


def Y(radius: float, index: float = 1.49) -> Cavity:
    """A slice of a cylinder."""
    return Cavity(Cylinder(radius), C(index), C(1.0), sliced=True)


def R(
    polarisation: str,
    wavelength: float,
    span: float | None = None,
    m: int | None = None,
    p: int = 1,
    q: int = 1,
    acc: float = 1e-6,
) -> ModeRequest:
    """What is asked."""
    return ModeRequest(polarisation, wavelength, span, m, p, q, acc)


def loss(index: float, kappa: float, wavelength: float) -> ConstantIndex:
    """An absorbing medium."""
    return C(index, 4e7 * math.pi * kappa / wavelength)


def cases() -> list[Case]:
    """All of them."""
    out: list[Case] = []
    for r in (500.0, 1500.0, 5000.0):
        out.append(
            (
                f"sphere D {2 * r / 1e3} mm",
                lambda r=r: S(r),
                R("TM", 1550.0, 0.05 * 500 / r, p=1, q=2),
            )
        )
        out.append(
            (
                f"sphere D {2 * r / 1e3} mm 1e-10",
                lambda r=r: S(r),
                R("TE", 1550.0, 0.05 * 500 / r, p=2, q=1, acc=1e-10),
            )
        )
        out.append(
            (f"cylinder D {2 * r / 1e3} mm", lambda r=r: Y(r), R("TE", 1550.0, 0.2 * 500 / r, p=1))
        )
    out.append(
        (
            "bottle 10 mm",
            lambda: Cavity(Parabola(5000.0, 2e4), C(1.44), C(1.0)),
            R("TM", 1550.0, 0.005, q=4),
        )
    )
    for n in (1.33, 1.5, 2.5, 3.5):
        for m in (1, 2, 3):
            out.append(
                (
                    f"smallest n {n} m {m}",
                    lambda n=n: S(0.3, n),
                    R("both", 2e3 * 3.14159 * 0.3 * n / (m + 1.0), m=m, p=1, q=1),
                )
            )
    out.append(("leakiest sphere p 4 m 5", lambda: S(1.0, 1.45), R("both", 700.0, m=5, p=4, q=2)))
    out.append(("leakiest water", lambda: S(2.0, 1.40, 1.33), R("TM", 600.0, m=25, p=1, q=1)))
    out.append(("contrast 0.002", lambda: S(200.0, 1.335, 1.333), R("TM", 600.0, m=2700)))
    for p in (8, 15):
        out.append((f"highest p {p}", lambda: S(10.0, 1.6), R("TM", 600.0, m=120, p=p, q=1)))
    for q in (20, 40):
        out.append((f"highest q {q}", lambda: S(10.0, 1.6), R("TM", 600.0, m=100, p=1, q=q)))
    out.append(
        (
            "bottle q 40",
            lambda: Cavity(Parabola(20.0, 160.0), C(1.49), C(1.0)),
            R("TM", 600.0, m=280, q=40),
        )
    )
    out.append(("nothing in range", lambda: S(3.0, 1.5), R("TM", 600.0, 0.01)))
    out.append(("one mode", lambda: S(3.0, 1.5), R("TM", 600.0, 14.0)))
    out.append(("none guided small range", lambda: S(0.4, 1.4), R("both", 5000.0, 100.0)))
    out.append(("far hint m", lambda: S(3.0, 1.5), R("TM", 1500.0, m=40)))
    out.append(("hint far above", lambda: S(3.0, 1.5), R("TM", 400.0, m=10)))
    for acc in (1e-4, 1e-12):
        out.append(
            (f"sphere {acc}", lambda: S(3.0, 1.5), R("both", 600.0, m=38, p=2, q=3, acc=acc))
        )
        out.append((f"leaky {acc}", lambda: S(1.2, 1.5), R("TM", 700.0, m=11, acc=acc)))
        out.append((f"cylinder {acc}", lambda: Y(3.0, 1.5), R("both", 600.0, m=38, p=2, acc=acc)))
        out.append(
            (
                f"bottle comb {acc}",
                lambda: Cavity(Parabola(7.5, 60.0), C(1.49), C(1.0)),
                R("TM", 600.0, 10.0, q=3, acc=acc),
            )
        )
        out.append((f"comb leaky {acc}", lambda: S(1.6, 1.5), R("TM", 700.0, 100.0, q=2, acc=acc)))
    for k in (1e-8, 1e-6, 1e-4, 1e-3, 1e-2):
        out.append(
            (
                f"kappa {k} sphere",
                lambda k=k: Cavity(Spheroid(3.0, 3.0), loss(1.5, k, 600.0), C(1.0)),
                R("TM", 600.0, m=38, q=2),
            )
        )
        out.append(
            (
                f"kappa {k} range cylinder",
                lambda k=k: Cavity(Cylinder(3.0), loss(1.5, k, 600.0), C(1.0), sliced=True),
                R("both", 600.0, 20.0),
            )
        )
    out.append(
        (
            "hollow bottle 1e-10",
            lambda: Cavity(Parabola(9.2, 36.8), C(1.45), C(1.0), C(1.0), 8.74),
            R("TM", 700.0, m=90, p=2, q=2, acc=1e-10),
        )
    )
    out.append(
        (
            "high fibre",
            lambda: Cavity(Parabola(10.0, 80.0), C(1.49), C(1.0), C(1.8), 6.0),
            R("TM", 600.0, m=140),
        )
    )
    out.append(("whole octave", lambda: S(3.0, 1.5), R("TM", 600.0, 400.0, q=2, acc=1e-4)))
    out.append(("huge range", lambda: S(60.0, 1.5), R("both", 600.0, 300.0, p=3, q=6, acc=1e-8)))
    out.append(("m 1 sphere big", lambda: S(5.0, 1.5), R("TM", 9000.0, m=1)))
    out.append(
        (
            "oblate .05",
            lambda: Cavity(Spheroid(10.0, 0.5), C(1.49), C(1.0)),
            R("TM", 600.0, m=130, q=2),
        )
    )
    out.append(
        (
            "prolate 10",
            lambda: Cavity(Spheroid(4.0, 40.0), C(1.49), C(1.0)),
            R("TM", 600.0, m=55, q=6),
        )
    )
    return out


def told(case: Case) -> str:
    """Outcome, time and memory of one case."""
    begin, text = time.process_time(), ""
    try:
        found = find_modes(case[1](), case[2])
        outcome = f"{len(found)} modes, met {found.accuracy_met}, complete {found.complete}"
        text = " | ".join(found.warnings)
    except CavityDesignError as error:
        outcome, text = "refused", str(error)
    except Exception:
        outcome, text = "TRACEBACK", traceback.format_exc()[-600:]
    seconds = time.process_time() - begin
    mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    fits = seconds < LONGEST_S and mb < MOST_MB
    over = "" if fits or any(word in text for word in SAID) else " OVER WITHOUT A WORD"
    return f"{case[0]}: {outcome}{over}, {seconds:.1f} s, {mb:.0f} MB; {text[:300]}"


def main() -> None:
    """Solve the cases asked for."""
    first, last = (int(one) for one in sys.argv[1:3]) if len(sys.argv) > 2 else (0, None)
    for number, case in list(enumerate(cases()))[first:last]:
        child = os.fork()
        if child == 0:
            resource.setrlimit(resource.RLIMIT_CPU, (ENDED_S, ENDED_S + 5))
            print(number, told(case), flush=True)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            print(number, case[0], "DIED", status, flush=True)


if __name__ == "__main__":
    main()
