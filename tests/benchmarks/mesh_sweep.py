"""A hundred meshes of every format, unit, order and kind of naming through the installed command:
python tests/benchmarks/mesh_sweep.py [FIRST:LAST] [--keep FOLDER].

Spheres and coated spheres against their exact resonances, a torus against NGSolve. A mesh is right
if the mode's wavelength lies within three times the stated error of the right one, "no" if it is
refused in up to three lines that name the file, or nothing is listed and a line says which edge to
declare, and wrong otherwise. Printed are the counts, the worst
ratio of true to stated error, the widest bar, the slowest mesh (processor time) and the largest
memory.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "mesh"))

from made_meshes import BALL, ODDITIES, SHELL, TORUS, Made, names_for, region_names, write

from cavitydesign.analytic.resonance import find_resonance
from cavitydesign.analytic.sphere import coated_sphere

NGSOLVE = Path(__file__).parents[1] / "physics" / "ngsolve_sections.json"
ORDER = {"ball": 60, "shell": 60, "torus": 84}
# Formats that can name or number regions, and those that cannot, or hold no flat sections.
WITH_REGIONS = (
    *(".med", ".vtk", ".vtu", ".xdmf", ".xmf", ".exo", ".e", ".ugrid", ".inp", ".bdf", ".nas"),
    *(".fem", ".avs", ".mesh", ".meshb", ".vol", ".hmf", ".dat", ".tec"),
)
WITHOUT = (
    *(".cgns", ".h5m", ".su2", ".off", ".stl", ".ply", ".obj", ".f3grid", ".post", ".wkt"),
    *(".xml", ".mdpa", ".unv", ".svg", ".txt"),
)
BLOCKS = (".e", ".exo")  # one region for each block of one kind of cell
ONE_ORDER = (".avs", ".dat", ".tec")  # formats of first-order cells
MOST_TIMES = 3.0  # times the stated error


def meshes() -> list[Made]:
    """All that are tried."""
    rng = random.Random(13)
    shapes, units = (BALL, SHELL, TORUS), ("nm", "um", "mm", "m")
    kinds = ("triangles", "quadrilaterals", "both")
    out = [
        Made(
            ".msh",
            rng.choice(shapes),
            rng.choice((1, 2, 3)),
            rng.choice(kinds),
            unit,
            naming,
            bool(binary),
            version,
        )
        for version, binary in (("2.2", 0), ("2.2", 1), ("4.0", 0), ("4.1", 0), ("4.1", 1))
        for naming, unit in zip(("named", "numbered", "unnamed"), rng.sample(units, 3), strict=True)
    ]
    out += [
        Made(".msh", BALL, order, cells, size_um=size)
        for cells in kinds
        for order, size in ((1, 0.3), (2, 0.6), (3, 0.8), (5, 1.0))
    ]
    out += [
        Made(
            suffix,
            rng.choice(shapes),
            order,
            "triangles" if suffix in BLOCKS else rng.choice(kinds),
            rng.choice(units),
            naming,
            rng.random() < 0.5,
        )
        for suffix in WITH_REGIONS
        for order, naming in ((1, "named"), (1 if suffix in ONE_ORDER else 2, "numbered"))
    ]
    out += [Made(suffix, BALL, 1, "triangles") for suffix in WITHOUT]
    out += [
        Made(suffix, BALL, 2, kinds[n % 2], naming=naming, oddity=oddity)
        for n, oddity in enumerate(ODDITIES)
        for suffix, naming in ((".msh", "named"), (".vtu", "numbered"))
        if suffix == ".vtu" or oddity != "by VTK"
    ]
    return [
        *out,
        Made(".vtu", BALL, 3, oddity="by VTK"),
        Made(".vtk", BALL, 3, oddity="by VTK"),
        Made(".inp", BALL, 2, naming="named"),
    ]


@lru_cache
def right_nm(name: str) -> float:
    """The wavelength of the first TM mode of a shape."""
    if name == "torus":
        cases = json.loads(NGSOLVE.read_text())
        return next(one["wavelength_nm"] for one in cases if one["name"] == "toroid TM")
    shape = {"ball": BALL, "shell": SHELL}[name]
    radii, indices = zip(*shape[1], strict=True)
    cavity = coated_sphere(list(radii), [*indices, shape[2]])
    return find_resonance(cavity, ORDER[name], 1, "TM").wavelength_nm


def design_of(made: Made, file: str) -> str:
    """The design file of a mesh, its wavelength some parts in a thousand off."""
    name, bodies, surround = made.shape
    media = dict(zip(region_names(made), [*(n for _, n in bodies), surround], strict=True))
    lines = ["[cavity]", 'profile = "section"', f'file = "{file}"']
    lines += [f"{key} = {{ index = {media.pop(key)} }}" for key in ("body", "surround")]
    if made.unit != "um":
        lines.append(f'length_unit = "{made.unit}"')
    if media:
        lines += ["[cavity.materials]", *(f"{key} = {{ index = {n} }}" for key, n in media.items())]
    if names_for(made):
        lines.append("[cavity.region_names]")
        lines += [f'"{key}" = "{called}"' for key, called in names_for(made).items()]
    lines += ["[modes]", 'polarisation = "TM"', f"wavelength_nm = {1.003 * right_nm(name):.1f}"]
    return "\n".join([*lines, f"azimuthal_order = {ORDER[name]}", "relative_accuracy = 1e-6", ""])


@dataclass
class Outcome:
    """How one mesh ended.

    Attributes
    ----------
    kind : {"right", "no", "wrong", "not made"}
    text : str
    ratio : float
        True over stated error.
    stated : float
        Error of the wavelength, relative.
    seconds : float
        On a processor.
    memory_mb : float
    """

    kind: str
    text: str
    ratio: float = 0.0
    stated: float = 0.0
    seconds: float = 0.0
    memory_mb: float = 0.0


def tried(made: Made, folder: Path) -> Outcome:
    """Make a mesh, solve it, and judge the answer."""
    file = folder / f"section{made.suffix}"
    try:
        write(made, file)
    except Exception as error:
        return Outcome("not made", f"{type(error).__name__}: {error}"[:100])
    (folder / "design.toml").write_text(design_of(made, file.name))
    command = shutil.which("cavitydesign")
    assert command, "cavitydesign is not installed"
    with (folder / "out").open("w") as out, (folder / "err").open("w") as err:
        process = subprocess.Popen(
            [command, "modes", "design.toml", "--json"], cwd=folder, stdout=out, stderr=err
        )
        _, status, used = os.wait4(process.pid, 0)
    process.returncode = code = os.waitstatus_to_exitcode(status)
    cost = {"seconds": used.ru_utime + used.ru_stime, "memory_mb": used.ru_maxrss / 1024}
    said = (folder / "err").read_text().strip()
    if code == 2:
        lines = said.splitlines()
        plain = 1 <= len(lines) <= 3 and all(file.name in line for line in lines)
        return Outcome("no" if plain else "wrong", said[-300:], **cost)
    try:
        modes = json.loads((folder / "out").read_text())["modes"]
    except (ValueError, KeyError):
        return Outcome("wrong", f"exit {code}: {said[-300:]}", **cost)
    found = [one for one in modes if (one["polarisation"], one["p"], one["q"]) == ("TM", 1, 0)]
    if not found:
        # an edge that the mode is cut by, which the line says how to declare
        plain = code == 1 and "name the edge in electric_walls or magnetic_walls" in said
        return Outcome(
            "no" if plain else "wrong", f"exit {code}, no such mode: {said[-300:]}", **cost
        )
    right = right_nm(made.shape[0])
    off, stated = abs(found[0]["wavelength_nm"] - right), found[0]["wavelength_error_nm"]
    ratio = off / stated
    kind = "right" if ratio <= MOST_TIMES else "wrong"
    text = f"off by {off:.1e} nm, {stated:.1e} stated"
    return Outcome(kind, text, ratio, stated / right, **cost)


def main() -> None:
    """Try the meshes that are asked for."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("slice", nargs="?", default=":")
    options.add_argument("--keep", type=Path)
    options.add_argument("--only", default="", help="part of the mesh's description")
    given = options.parse_args()
    first, last = (int(part) if part else None for part in given.slice.split(":"))
    outcomes: list[tuple[Made, Outcome]] = []
    for number, made in list(enumerate(meshes()))[first:last]:
        if given.only not in repr(made):
            continue
        folder = Path(tempfile.mkdtemp(prefix="mesh"))
        outcome = tried(made, folder)
        outcomes.append((made, outcome))
        shown = replace(made, shape=made.shape[0])
        words = " ".join(str(value) for value in vars(shown).values() if value != "")
        print(
            f"{number:3d} {outcome.kind:8} {words}: {outcome.text} ({outcome.seconds:.0f} s)",
            flush=True,
        )
        if given.keep and outcome.kind == "wrong":
            shutil.copytree(folder, given.keep / str(number), dirs_exist_ok=True)
        shutil.rmtree(folder)
    counts = collections.Counter(outcome.kind for _, outcome in outcomes)
    done = [outcome for _, outcome in outcomes]
    print(
        f"{len(done)} tried: {dict(counts)}; true/stated at most "
        f"{max(one.ratio for one in done):.2f}; widest bar {max(one.stated for one in done):.1e}; "
        f"slowest {max(one.seconds for one in done):.1f} s; "
        f"{max(one.memory_mb for one in done):.0f} MB"
    )
    sys.exit(bool(counts["wrong"]))


if __name__ == "__main__":
    main()
