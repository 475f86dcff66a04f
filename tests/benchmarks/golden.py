"""Compare two checkouts number by number and in CPU time: what a rebuild of the solver must not
move.

    python tests/benchmarks/golden.py OLD NEW                     every shipped design, 12 random ones
    python tests/benchmarks/golden.py OLD NEW --only sections     designs whose path holds a word
    python tests/benchmarks/golden.py OLD NEW --commands 5        CPU time of whole commands, in pairs

Each checkout solves the same designs in a process of its own. For each design the largest
difference of all modes is printed: of the wavelength (relative), of each log10 Q, confinement and
mode volume (relative), and of the wavelength in units of both stated errors together ("bars"); then
CPU times, old and new.
The exit code is 1 if a mode is lost, or if a wavelength moved by more than `--bars` stated errors
(with `--within`: if any number moved by more than that).
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[2]
QUANTITIES = ("wavelength", "log10 Q", "confinement", "volume", "bars")
LONG_ENOUGH_S, MOST_RUNS = 0.6, 8
# A quick design of either path.
COMMANDS = ("studies/quickstart/design.toml", "studies/sections/microtoroid.toml")


def shipped() -> list[Path]:
    """Every design of the repository."""
    return sorted(path for path in ROOT.glob("studies/**/*.toml") if "[cavity]" in path.read_text())


def its_own(checkout: Path, path: Path) -> Path:
    """The design as the checkout ships it, since an older release refuses keys that came later."""
    return checkout.resolve() / path.relative_to(ROOT) if path.is_relative_to(ROOT) else path


def random_designs(folder: Path, count: int) -> list[Path]:
    """Designs that nobody tuned for: three of a smooth outline, then one of a meshed section."""
    rng = np.random.default_rng(14)
    paths = []
    for number in range(count):
        diameter, index = float(6.0 * 8.0 ** rng.random()), float(1.38 + 0.8 * rng.random())
        profile = ("parabola", "spheroid", "cylinder", "section")[number % 4]
        lines = ["[cavity]", f'profile = "{profile}"', f"body = {{ index = {index:.4f} }}"]
        if profile == "section":
            diameter = min(diameter, 20.0)
            lines += ['surround = "air"', f'file = "{ROOT}/meshes/bottle.geo"', 'fibre = "silica"']
        else:
            lines.append(f"diameter_um = {diameter:.4f}")
        if profile == "parabola":
            lines.append(f"axial_radius_um = {diameter * (1 + 3 * rng.random()):.4f}")
            lines += [f"fibre_diameter_um = {0.4 * diameter:.4f}", 'fibre = "silica"']
            lines.append("roughness_nm = 1.0")
        if profile == "section":
            lines += ["[cavity.parameters]", f"diameter = {diameter:.4f}"]
            lines += [f"axial_radius = {3 * diameter:.4f}", f"fibre_diameter = {diameter / 3:.4f}"]
        spacing = 600.0**2 / (np.pi * diameter * 1e3 * index)
        polarisation = ("TM", "TE", "both")[int(rng.integers(3))]
        lines += ["[modes]", f'polarisation = "{polarisation}"', "wavelength_nm = 600.0"]
        lines += [f"span_nm = {1.6 * spacing:.4f}", f"axial_orders = {1 + number % 2}"]
        path = folder / f"random-{number}-{profile}.toml"
        path.write_text("\n".join(lines) + "\n")
        paths.append(path)
    return paths


def solve(paths: list[str]) -> None:
    """In the checkout of this process: one JSON line for each design."""
    import cavitydesign as cd  # these two names are in the root of every release

    for path in paths:
        seconds: list[float] = []
        try:
            design = cd.load_design(Path(path))
            # The least of several runs where one is too short to be timed on a busy machine.
            while not seconds or (sum(seconds) < LONG_ENOUGH_S and len(seconds) < MOST_RUNS):
                began = time.process_time()
                found = cd.find_modes(design)
                seconds.append(time.process_time() - began)
        except Exception as error:  # both checkouts are to fail alike
            print(json.dumps({"path": path, "error": f"{type(error).__name__}: {error}"}))
            continue
        modes = {}
        for mode in found:
            losses = (mode.losses.radiation, mode.losses.absorption, mode.losses.scattering)
            modes[mode.label] = {
                "wavelength": [mode.wavelength_nm],
                "log10 Q": [loss for loss in losses if loss is not None],
                "confinement": list(mode.confinement.values()),
                "volume": [mode.mode_volume_um3],
                "stated": mode.wavelength_error_nm,
            }
        told = {"path": path, "modes": modes, "seconds": min(seconds), "complete": found.complete}
        print(json.dumps({**told, "warnings": list(found.warnings)}), flush=True)


def solved_in(checkout: Path, paths: list[Path]) -> dict[str, dict[str, object]]:
    """What a checkout finds, by design."""
    own = {str(its_own(checkout, path)): str(path) for path in paths}
    command = [sys.executable, str(Path(__file__).resolve()), "--solve", *own]
    # In the checkout's own folder, from which the processes that it starts import it too.
    run = {"env": environment(checkout), "cwd": checkout.resolve()}
    out = subprocess.run(command, **run, capture_output=True, text=True)
    if out.returncode:
        raise SystemExit(f"{checkout}: {out.stderr.strip().splitlines()[-1]}")
    return {own[line["path"]]: line for line in map(json.loads, out.stdout.splitlines())}


def environment(checkout: Path) -> dict[str, str]:
    """One thread, and the package of the checkout."""
    return {**os.environ, "PYTHONPATH": str(checkout.resolve()), "OMP_NUM_THREADS": "1"}


def difference(old: dict[str, object], new: dict[str, object]) -> dict[str, float]:
    """Largest difference of each quantity; infinite where a mode is lost or a design ends
    otherwise.
    """
    if "error" in old or "error" in new:
        moved = 0.0 if old.get("error") == new.get("error") else np.inf
        return dict.fromkeys(QUANTITIES, moved)
    before, after = old["modes"], new["modes"]
    if set(before) != set(after):
        return dict.fromkeys(QUANTITIES, np.inf)
    out = dict.fromkeys(QUANTITIES, 0.0)
    for label in before:
        stated = before[label]["stated"] + after[label]["stated"]
        apart = abs(after[label]["wavelength"][0] - before[label]["wavelength"][0])
        out["bars"] = max(out["bars"], apart / stated if apart else 0.0)
        for name in QUANTITIES[:-1]:
            one, other = np.array(before[label][name]), np.array(after[label][name])
            if one.shape != other.shape:
                out[name] = np.inf
            elif one.size:
                scale = abs(one) if name in ("wavelength", "volume") else 1.0
                out[name] = max(out[name], float((abs(other - one) / scale).max()))
    return out


def command_seconds(checkout: Path, design: str) -> float:
    """CPU seconds of `cavitydesign modes` in a process of its own, imports and children
    included.
    """
    code = "import sys; from cavitydesign.cli.main import main; sys.exit(main())"
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-c", code, "modes", str(ROOT / design)]
    subprocess.run(command, env=environment(checkout), capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def time_commands(old: Path, new: Path, pairs: int) -> None:
    """Whole commands in pairs, the order changed in each, so that a busy machine hits both."""
    for design in COMMANDS:
        seconds: dict[Path, list[float]] = {old: [], new: []}
        for pair in range(pairs):
            for checkout in (old, new) if pair % 2 else (new, old):
                seconds[checkout].append(command_seconds(checkout, design))
        ratio = statistics.median(b / a for a, b in zip(seconds[old], seconds[new], strict=True))
        least = [min(seconds[checkout]) for checkout in (old, new)]
        print(f"modes {design}: least {least[0]:.3f} -> {least[1]:.3f} s, median ratio {ratio:.3f}")


def compare(old: Path, new: Path, paths: list[Path], bars: float, within: float | None) -> int:
    """Print the differences; the number of designs that moved."""
    before, after = solved_in(old, paths), solved_in(new, paths)
    print(
        f"{'design':44s} {'modes':>5s} " + " ".join(f"{name:>11s}" for name in QUANTITIES), end=""
    )
    print(f" {'old s':>7s} {'new s':>7s}")
    moved, totals = 0, np.zeros(2)
    for path in map(str, paths):
        one, other = before[path], after[path]
        found = difference(one, other)
        told = " ".join(f"{found[name]:11.1e}" for name in QUANTITIES)
        seconds = [run.get("seconds", 0.0) for run in (one, other)]
        totals += seconds
        name = str(Path(path).relative_to(ROOT)) if path.startswith(str(ROOT)) else Path(path).name
        print(
            f"{name:44s} {len(one.get('modes', ())):5d} {told} {seconds[0]:7.3f} {seconds[1]:7.3f}"
        )
        for run, whose in ((one, "old"), (other, "new")):
            if "error" in run:
                print(f"    {whose}: {run['error']}")
        if one.get("warnings", []) != other.get("warnings", []):
            print(f"    warnings: {one.get('warnings', [])} -> {other.get('warnings', [])}")
        lost = set(one.get("modes", ())) ^ set(other.get("modes", ()))
        if lost and "error" not in one and "error" not in other:
            print(f"    in one of both only: {', '.join(sorted(lost))}")
        moved += found["bars"] > bars if within is None else max(found.values()) > within
    limit = f"{bars:g} stated errors" if within is None else f"{within:g}"
    print(
        f"{moved} of {len(paths)} moved by more than {limit}; CPU {totals[0]:.2f} -> "
        f"{totals[1]:.2f} s"
    )
    return moved


def main() -> int:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("checkouts", nargs="*", type=Path)
    parser.add_argument("--solve", nargs="+", metavar="DESIGN", help=argparse.SUPPRESS)
    parser.add_argument("--random", type=int, default=12)
    parser.add_argument("--only", default="")
    parser.add_argument("--bars", type=float, default=1.0)
    parser.add_argument("--within", type=float)
    parser.add_argument("--commands", type=int, default=0, metavar="PAIRS")
    asked = parser.parse_args()
    if asked.solve:
        solve(asked.solve)
        return 0
    old, new = asked.checkouts
    if asked.commands:
        time_commands(old, new, asked.commands)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        paths = [*shipped(), *random_designs(Path(folder), asked.random)]
        paths = [path for path in paths if asked.only in str(path)]
        shared = [p for p in paths if all(its_own(c, p).exists() for c in asked.checkouts)]
        print(f"{len(paths) - len(shared)} designs that one of both does not ship are left out")
        paths = shared
        return int(compare(old, new, paths, asked.bars, asked.within) > 0)


if __name__ == "__main__":
    sys.exit(main())
