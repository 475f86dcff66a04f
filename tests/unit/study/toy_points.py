"""A point that costs next to nothing, for tests of everything around it."""

import hashlib
import json
import math
import os
import signal
import time
import tomllib

from cavitydesign.errors import InputError
from cavitydesign.study import DesignSchema

KEYS = (
    "cavity.diameter_um",
    "cavity.body",
    "cavity.axial_radius_um",
    "modes.radial_orders",
    "cavity.file",
)


def key_problem(key):
    if key in KEYS:
        return None
    return f"unknown key of a design; did you mean {KEYS[0]!r}?"


def read_toml(path):
    return tomllib.loads(path.read_text())


def files_of(design, folder):
    name = design["cavity"].get("file")
    return [] if name is None else [folder / name]


def value_problem(design, key, value, folder, varied):
    lengths = ("cavity.diameter_um", "cavity.axial_radius_um")
    right = key not in lengths or (isinstance(value, int | float) and value > 0)
    return None if right else "must be positive"


SCHEMA = DesignSchema(
    read_toml, read_toml, key_problem, ("modes", "lase"), "toy 1", files_of, value_problem
)


def evaluate(design, task):
    """Numbers with all their digits; fails for thick cavities, sleeps or kills its process where
    the design says so.
    """
    cavity = design["cavity"]
    diameter = cavity["diameter_um"]
    pause = cavity.get("sleep_s", 0.0)
    if pause:
        time.sleep(pause)
    log = os.environ.get("TOY_LOG")
    if log:
        with open(log, "a") as stream:
            stream.write(f"{diameter!r}\n")
    if cavity.get("deadly_um") == diameter:
        os.kill(os.getpid(), signal.SIGKILL)
    if diameter > cavity.get("thickest_um", 1e9):
        raise InputError(f"cavity.diameter_um = {diameter}: too thick")
    digits = int(hashlib.sha256(json.dumps(design, sort_keys=True).encode()).hexdigest(), 16)
    modes = [
        {
            "label": f"TM {m} 1 0",
            "wavelength_nm": 537.6 + math.sin(diameter * m),
            "log10_q": {"radiation": None, "total": m / 7},
        }
        for m in range(1, 1 + digits % 3 + 1)
    ]
    return {"counted": len(modes), "modes": modes, "list": [1, 2, 3]}


def tabulate(result, task):
    return [{"counted": result["counted"], **mode} for mode in result["modes"]]
