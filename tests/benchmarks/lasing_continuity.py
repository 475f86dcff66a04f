"""Continuity of lasing outcomes in the design: scans over numbers of cavity, medium, pump and
detector on combs by formula, the largest step of each outcome, and a picture.

    python tests/benchmarks/lasing_continuity.py [--picture FILE.png] [--step 0.02]

Thresholds are held against gain = loss, so that the comb's own ripple stays out: steps of the ratio
above 3 % are told and end the script with 1.
"""

from __future__ import annotations

import argparse
import math
import sys
import time

import numpy as np

from cavitydesign.gain import DotMedium, Pump
from cavitydesign.lasing import LasingMode, LasingPrediction, LasingRequest, predict_lasing

LARGEST_STEP = 0.03
INDEX = 1.47


def comb(diameter_um: float, centre_nm: float, span_nm: float, quality: float, families: int = 1):  # type: ignore[no-untyped-def]
    """Modes at pi D n / (m + offset), families apart by a third of the spacing."""
    path_nm = math.pi * diameter_um * 1e3 * INDEX
    found = []
    for family in range(families):
        offset = 0.37 * family
        low, high = path_nm / (centre_nm + span_nm / 2), path_nm / (centre_nm - span_nm / 2)
        for m in range(math.ceil(low - offset), math.floor(high - offset) + 1):
            wave = path_nm / (m + offset)
            found.append(
                LasingMode(
                    f"TM {m} {family + 1} 0", wave, 0.99, 1.525, quality, m=m, p=family + 1,
                    fsr_nm=wave**2 / path_nm,
                )
            )  # fmt: skip
    return found


def one(diameter_um: float, **asked: float) -> LasingPrediction:
    """Prediction of one point of a scan."""
    photons = int(asked.get("photons", 3))
    wave, ends = {1: (400.0, (0.004, 3.0)), 2: (970.0, (0.1, 4.0)), 3: (1500.0, (1.0, 9.0))}[
        photons
    ]
    medium = DotMedium(
        peak_gain_per_cm=asked.get("gain", 1100.0), laser_collection=asked.get("collection", 0.02)
    )
    quality = asked.get("quality", 24.0 * diameter_um)
    modes = comb(diameter_um, 537.5, 21.0, quality, int(asked.get("families", 1)))
    pump = Pump(photons=photons, wavelength_nm=wave, fluence_mj_cm2=ends)
    request = LasingRequest(comb_phases=int(asked.get("phases", 0)), fluences=12)
    return predict_lasing(modes, medium, pump, request, diameter_um)


def scans(step_um: float) -> dict[str, tuple[np.ndarray, list[LasingPrediction]]]:
    """The scans of the lasing issue, each short enough to look at."""
    near, wide = 11.8 + step_um * np.arange(13), np.geomspace(10.5, 130.0, 12)
    found: dict[str, tuple[np.ndarray, list[LasingPrediction]]] = {}
    for photons in (1, 2, 3):
        found[f"diameter (um), {photons} photons"] = (near, [one(d, photons=photons) for d in near])
    found["diameter (um), 3 families"] = (near, [one(d, families=3) for d in near])
    found["diameter (um), probability"] = (near, [one(d, phases=12) for d in near])
    small = 8.0 + 10 * step_um * np.arange(13)
    found["diameter (um), small"] = (small, [one(d) for d in small])
    found["diameter (um), all"] = (wide, [one(d) for d in wide])
    for name, key, values in (
        ("collection", "collection", np.geomspace(1e-3, 1.0, 9)),
        ("peak gain (1/cm)", "gain", np.geomspace(600.0, 5000.0, 24)),
        ("Q", "quality", np.geomspace(300.0, 1e7, 24)),
    ):
        found[f"{name}, 15 um"] = (values, [one(15.0, **{key: value}) for value in values])
    return found


def ratios(predictions: list[LasingPrediction]) -> np.ndarray:
    """Threshold over gain = loss; not a number where there is none."""
    each = [one.thresholds for one in predictions]
    return np.array(
        [
            math.nan
            if one.lasing is None or one.gain_equals_loss is None
            else one.lasing / one.gain_equals_loss
            for one in each
        ]
    )


def main() -> int:
    """Print the largest steps; 1 where a fine scan has one above 3 %."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--picture")
    parser.add_argument("--step", type=float, default=0.02)
    asked = parser.parse_args()
    began, wrong = time.process_time(), 0
    found = scans(asked.step)
    for name, (values, predictions) in found.items():
        ratio = ratios(predictions)
        steps = np.abs(np.diff(ratio) / ratio[:-1])
        step = float(np.nanmax(steps)) if np.isfinite(steps).any() else math.nan
        fine = len(values) == 13 and "small" not in name
        late = fine and step > LARGEST_STEP
        below = int(np.sum(ratio < 1.0))
        wrong += late + below
        print(
            f"{name:30s} ratio {np.nanmin(ratio):.3f} to {np.nanmax(ratio):.3f}, largest step "
            f"{100 * step:.2f} %,"
            f" none at {int(np.isnan(ratio).sum())} of {len(values)}, below gain = loss at {below}"
            + (" TOO LARGE" if late else "")
        )
    print(f"{time.process_time() - began:.0f} s of one core")
    if asked.picture:
        draw(found, asked.picture)
    return int(wrong > 0)


def draw(found: dict[str, tuple[np.ndarray, list[LasingPrediction]]], path: str) -> None:
    """Thresholds of every scan."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(2, 5, figsize=(16, 6), layout="constrained")
    for ax, (name, (values, predictions)) in zip(axes.ravel(), found.items(), strict=True):
        each = [one.thresholds for one in predictions]
        for key, style in (("gain_equals_loss", "C7--"), ("lasing", "C0.-")):
            heights = [getattr(one, key) for one in each]
            ax.plot(values, [math.nan if one is None else one for one in heights], style, label=key)
        uppers = [one.breaks.upper_mj_cm2 for one in predictions]
        ax.plot(
            values, [math.nan if one is None else one for one in uppers], "C1:", label="upper break"
        )
        ax.set_title(name, fontsize=9)
        if values[-1] > 5 * values[0]:
            ax.set_xscale("log")
    axes[0, 0].legend(fontsize=7)
    axes[0, 0].set_ylabel("mJ/cm2")
    fig.savefig(path, dpi=110)


if __name__ == "__main__":
    sys.exit(main())
