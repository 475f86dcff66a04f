"""Random lasers held against what physics demands of any: dots, dyes, ions and carriers under short
pulses, long ones and continuous light, with families, zones, spots, jitter and coupled waves.

    python tests/benchmarks/random_lasers.py [--first N] [--count N]

Of every laser: excitations and photons balance, no more light than excitations, output that rises
with the pump, a threshold that is not below gain = loss by more than 2 beta, thresholds that
neither the detector nor the fluences asked move, that change by less than 3 % when any number
changes by a thousandth, and gain = loss and a threshold that fall with more gain and less loss, but
for what stored light is derived to cost. A breach is printed with its numbers and ends the script
with 1. It takes a few minutes of one core for 40.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from dataclasses import dataclass, replace

import numpy as np

from cavitydesign.errors import CavityDesignError
from cavitydesign.gain import CarrierMedium, DotMedium, GainMedium, Pump, find_medium
from cavitydesign.lasing import LasingMode, LasingRequest, predict_continuous, predict_lasing

CONTINUITY = 0.03
NEIGHBOUR = 1e-3
MORE = 1.05
SLOW_S = 10.0


@dataclass(frozen=True)
class Laser:
    """One random laser; the comb is by formula about `centre_nm`."""

    medium: GainMedium
    pump: Pump
    request: LasingRequest
    diameter_um: float
    quality: float
    centre_nm: float
    span_nm: float
    index: float
    families: int

    def modes(self) -> list[LasingMode]:
        """Of each family, the modes within the span."""
        path = math.pi * self.diameter_um * 1e3 * self.index
        low, high = self.centre_nm - 0.5 * self.span_nm, self.centre_nm + 0.5 * self.span_nm
        found = []
        for place in range(self.families):
            offset = 0.37 * place
            orders = range(math.ceil(path / high - offset), math.floor(path / low - offset) + 1)
            kind = ("TM", "TE")[place % 2]
            for m in orders:
                wave = path / (m + offset)
                found.append(
                    LasingMode(
                        f"{kind} {m} {1 + place // 2} 0",
                        wave,
                        0.98 - 0.01 * place,
                        self.medium.host_group_index,
                        self.quality,
                        35.0 * (self.diameter_um / 15.0) ** 2 * (self.centre_nm / 540.0) ** 1.5,
                        kind,
                        m,
                        1 + place // 2,
                        0,
                        wave**2 / path,
                    )
                )
        return found

    def predicted(self):  # type: ignore[no-untyped-def]
        """The prediction, pulsed or continuous."""
        solve = predict_continuous if self.pump.kind == "continuous" else predict_lasing
        return solve(self.modes(), self.medium, self.pump, self.request, self.diameter_um)


def drawn(seed: int) -> Laser:
    """A random laser."""
    rng = np.random.default_rng(seed)

    def log(low: float, high: float) -> float:
        return float(np.exp(rng.uniform(math.log(low), math.log(high))))

    kind = ("dots", "dye", "ion", "carriers")[seed % 4]
    request = LasingRequest(
        comb_phases=int(rng.choice([0, 6])),
        fluences=24,
        coupled_waves=bool(rng.random() < 0.25),
        extend_comb=bool(rng.random() < 0.5),
    )
    jitter = float(rng.choice([0.0, 0.05, 0.3]))
    spot = str(rng.choice(["flat", "gaussian"]))
    families = int(rng.choice([1, 1, 2, 4]))
    diameter = log(8.0, 100.0)
    pump: Pump
    medium: GainMedium
    if kind == "dots":
        photons = int(rng.integers(1, 4))
        wave, ends = {1: (400.0, (0.004, 3.0)), 2: (970.0, (0.1, 4.0)), 3: (1500.0, (1.0, 9.0))}[
            photons
        ]
        medium = DotMedium(
            peak_gain_per_cm=log(600.0, 5000.0),
            inhomogeneous_sd_mev=float(rng.choice([0.0, 10.0, 20.0])),
            laser_collection=log(1e-3, 1.0),
        )
        pump = Pump(
            photons=photons,
            wavelength_nm=wave,
            fluence_mj_cm2=ends,
            spot=spot,
            energy_jitter=jitter,
        )
        return Laser(medium, pump, request, diameter, log(300.0, 1e7), 537.6, 24.0, 1.47, families)
    if kind == "carriers":
        linear = bool(rng.random() < 0.4)
        medium = CarrierMedium(
            emission_energy_ev=2.32,
            emission_fwhm_mev=70.0,
            gain_law="linear" if linear else "logarithmic",
            peak_gain_per_cm=log(800.0, 4000.0),
            transparency_per_cm3=log(5e17, 3e18),
            rest_absorption_per_cm=0.0 if linear else 3000.0,
            monomolecular_per_s=log(1e6, 1e8),
            bimolecular_cm3_per_s=log(3e-11, 5e-10),
            auger_cm6_per_s=log(1e-30, 5e-29),
            refractive_index=2.2,
            host_group_index=3.0,
            absorption_per_cm=5e4,
            absorption_nm=400.0,
        )
        place = dict(centre_nm=534.5, span_nm=24.0, index=2.0)
        quality, wave = log(400.0, 1e5), 400.0
        ends, powers = (1e-3, 3.0), (1.0, 1e7)
    elif kind == "dye":
        name = ("rhodamine-6G-PMMA", "rhodamine-B-PMMA", "pyrromethene-567-PMMA")[rng.integers(3)]
        medium = replace(
            find_medium(name),
            quantum_yield=float(rng.uniform(0.3, 0.95)),
            reabsorption=float(rng.choice([0.0, 1.0])),
        )
        centre = 1.04 * medium.emission_wavelength_nm
        place = dict(centre_nm=centre, span_nm=30.0, index=1.47)
        quality, wave = log(2e3, 1e7), 532.0 if "pyrro" not in name else 515.0
        ends, powers = (1e-5, 3.0), (0.1, 1e8)
    else:
        name, centre, wave = (
            ("erbium-silica", 1550.0, 1480.0),
            ("ytterbium-silica", 1030.0, 976.0),
            ("neodymium-glass", 1056.0, 808.0),
        )[rng.integers(3)]
        medium = find_medium(name)
        place = dict(centre_nm=centre, span_nm=30.0, index=1.44)
        quality = log(1e6, 1e8)
        ends, powers = (0.1, 1e5), (1e-3, 1e5)
    if kind == "ion" or rng.random() < 0.35:
        pump = Pump(kind="continuous", photons=1, wavelength_nm=wave, power_uw=powers)
    else:
        pump = Pump(
            photons=1,
            wavelength_nm=wave,
            fluence_mj_cm2=ends,
            spot=spot,
            energy_jitter=jitter,
            pulse_fs=float(rng.choice([100.0, 100.0, 5e6])) if kind == "dye" else 100.0,
        )
    return Laser(medium, pump, request, diameter, quality, families=families, **place)


def thresholds(found) -> tuple[float | None, float | None]:  # type: ignore[no-untyped-def]
    """gain = loss and threshold, of either pump."""
    return found.thresholds.gain_equals_loss, found.thresholds.lasing


def change(one: float | None, other: float | None) -> float:
    """Relative; infinite where only one is there, 0 where none is."""
    if one is None or other is None:
        return 0.0 if one is other else math.inf
    return other / one - 1.0


def with_gain(medium: GainMedium, factor: float) -> GainMedium:
    """The same with `factor` times the gain."""
    gain = medium.peak_gain_per_cm * factor
    if isinstance(medium, CarrierMedium) and medium.gain_law == "linear":
        return replace(medium, peak_gain_per_cm=gain, differential_gain_cm2=0.0)
    return replace(medium, peak_gain_per_cm=gain)


def neighbours(laser: Laser) -> dict[str, Laser]:
    """The same laser with one number changed by a thousandth, the comb held."""
    medium, pump = laser.medium, laser.pump
    more = 1.0 + NEIGHBOUR
    found = {
        "gain": replace(laser, medium=with_gain(medium, more)),
        "quality": replace(laser, quality=laser.quality * more),
        "temperature": replace(
            laser, medium=replace(medium, temperature_k=medium.temperature_k * more)
        ),
        "width": replace(
            laser, medium=replace(medium, emission_fwhm_mev=medium.emission_fwhm_mev * more)
        ),
    }
    if pump.kind == "pulsed":
        found["pulse"] = replace(laser, pump=replace(pump, pulse_fs=pump.pulse_fs * more))
    return found


def breaches(laser: Laser) -> tuple[list[str], float, int]:
    """What this laser does that none may; processor seconds of one prediction, and its modes."""
    began = time.process_time()
    found = laser.predicted()
    seconds = time.process_time() - began
    static, lasing = thresholds(found)
    words = []

    def demand(holds: bool, text: str) -> None:
        if not holds:
            words.append(text)

    if seconds > SLOW_S:
        return [f"took {seconds:.1f} s, not checked further"], seconds, len(found.modes)
    demand(found.balance_error < 5e-4, f"balance {found.balance_error:.1e}")
    pulsed = laser.pump.kind == "pulsed"
    beta = max(mode.spontaneous_emission_factor for mode in found.modes)
    if lasing is not None and static is not None:
        least = static * (1.0 - 4.0 * beta) * (1.0 - 5e-3)
        demand(
            lasing > least,
            f"threshold {lasing:.4g} below gain = loss {static:.4g}, beta {beta:.2g}",
        )
    demand(lasing is None or static is not None, "a threshold without gain = loss")
    chance = found.single_mode_probability
    demand(chance is None or 0.0 <= chance <= 1.0, f"probability {chance}")
    output = found.mode_output.sum(axis=0) if pulsed else found.laser_uw
    falls = float((np.diff(output) / np.maximum(output[1:], 1e-300)).min())
    demand(falls > -2e-3, f"output falls by {-falls:.1e}")
    if pulsed:
        demand(found.left_error < 1e-3, f"left {found.left_error:.1e}")
        share = float((output / found.excitons).max())
        demand(
            share < 1.0 + 1e-3 or laser.request.coupled_waves,
            f"{share:.3f} photons for an excitation",
        )
        for collection in (1e-3, 1.0):
            medium = replace(laser.medium, laser_collection=collection)
            other = thresholds(replace(laser, medium=medium).predicted())
            demand(other == (static, lasing), f"collection moves {lasing} to {other[1]}")
        low, high = laser.pump.fluence_mj_cm2
        wider = replace(laser, pump=replace(laser.pump, fluence_mj_cm2=(0.7 * low, 1.3 * high)))
        step = change(lasing, thresholds(wider.predicted())[1])
        demand(
            lasing is None or abs(step) < 1e-3, f"the range asked moves the threshold by {step:.1e}"
        )
    for name, other in neighbours(laser).items():
        beside = thresholds(other.predicted())
        for which, one, next_one in zip(
            ("gain = loss", "threshold"), (static, lasing), beside, strict=True
        ):
            step = change(one, next_one)
            demand(abs(step) < CONTINUITY, f"{which} {one} steps by {step:.2g} with {name}")
    words += monotone(laser, found, static, lasing)
    return words, seconds, len(found.modes)


def monotone(laser: Laser, found, static: float | None, lasing: float | None) -> list[str]:  # type: ignore[no-untyped-def]
    """A higher Q lowers gain = loss, and so does more gain after a pulse; both lower the threshold
    but for what stored light costs.

    Under continuous light more gain is more emitters, all of which must be kept excited.
    """
    words = []
    pulsed = laser.pump.kind == "pulsed"
    changed = {"quality": replace(laser, quality=MORE * laser.quality)}
    if pulsed:
        changed["gain"] = replace(laser, medium=with_gain(laser.medium, MORE))
    for name, other in changed.items():
        predicted = other.predicted()
        beside = thresholds(predicted)
        if static is not None and (beside[0] is None or beside[0] > static * (1.0 + 1e-6)):
            words.append(f"more {name} raises gain = loss {static:.6g} to {beside[0]}")
        if lasing is None:
            continue
        costs = storage_cost(laser, found, predicted, lasing, name) if pulsed else 0.0
        if beside[1] is None or beside[1] > lasing * (1.002 + costs):
            words.append(
                f"more {name} raises the threshold {lasing:.5g} to {beside[1]}, "
                f"{change(lasing, beside[1]):.1e}; stored light explains {costs:.1e}"
            )
    return words


def storage_cost(laser: Laser, found, more, lasing: float, name: str) -> float:  # type: ignore[no-untyped-def]
    """Relative rise of the threshold by light that stays, at most, where a number becomes more.

    Of s photons made, s - a ln(1 + s / a) leave, a = d / kappa: each picosecond the emitters that
    stored light keeps transparent decay with d excitations (docs/theory-gain.md, 5). One further
    photon leaves with the chance s / (s + a), and half of the greatest efficiency E lies at s = a E
    / (2 - E): a higher Q raises a, more gain raises E, as emitters are emptied further. A photon
    takes up to two excitations.
    """
    medium, pump = laser.medium, laser.pump
    strongest = int(found.mode_output[:, -1].argmax())
    lines = medium.class_lines(np.array([found.modes[strongest].wavelength_nm]))
    emission, absorption = (
        float((lines.weight @ part)[0]) for part in (lines.emission, lines.absorption)
    )
    ladder = medium.ladder(max(medium.ladder_top(3.0), 1))
    if isinstance(medium, CarrierMedium):
        drain = float(ladder.decay_per_ps[1])
    else:
        # in strong light each step up balances the step down
        up = (
            ladder.absorption[:-1] * absorption / np.maximum(ladder.emission[1:] * emission, 1e-300)
        )
        rungs = np.cumprod(np.r_[1.0, up])
        drain = float(ladder.decay_per_ps @ rungs / rungs.sum())
    first = float(found.fluence_mj_cm2[0])
    excitons = float(found.excitons[0]) * (lasing / first) ** pump.photons
    stored = drain / laser.modes()[0].loss_rate_per_ps
    best = [min(one.thresholds.greatest_efficiency or 0.0, 1.0) for one in (found, more)]
    # where half of the greatest efficiency lies, with the stored light of either
    held = [stored, stored * (MORE if name == "quality" else 1.0)]
    half = [one * share / (2.0 - share) for one, share in zip(held, best, strict=True)]
    return 2.0 * max(half[1] - half[0], 0.0) / excitons / pump.photons


def told(laser: Laser) -> str:
    """One line."""
    medium, pump = laser.medium, laser.pump
    return (
        f"{medium.name} D {laser.diameter_um:.4g} Q {laser.quality:.3g} families {laser.families} "
        f"{pump.kind} n {pump.photons} {pump.pulse_fs:g} fs {pump.spot} jitter {pump.energy_jitter} "
        f"coupled {laser.request.coupled_waves}"
    )


def main() -> int:
    """Print each laser and what it breaches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=40)
    asked = parser.parse_args()
    began, wrong, refused, slowest = time.process_time(), 0, 0, (0.0, 0)
    for seed in range(asked.first, asked.first + asked.count):
        laser = drawn(seed)
        try:
            words, seconds, modes = breaches(laser)
            static, lasing = thresholds(laser.predicted())
        except CavityDesignError as error:
            refused += 1
            print(seed, told(laser), "| refused:", str(error)[:300], flush=True)
            continue
        wrong += bool(words)
        slowest = max(slowest, (seconds, seed))
        cost = f"{modes} modes {seconds:.2f} s"
        outcome = "; ".join(words) or "right"
        print(seed, told(laser), "|", cost, "|", static, lasing, "|", outcome, flush=True)
    print(
        f"{wrong} of {asked.count} wrong, {refused} refused, slowest {slowest[0]:.1f} s (seed "
        f"{slowest[1]}), {time.process_time() - began:.0f} s of one core"
    )
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
