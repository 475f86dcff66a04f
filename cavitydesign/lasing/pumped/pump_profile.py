"""The pump pulse against time, where it is longer than the emitters take to cool: the rate at which
cooled excitations arrive.

A pulse shorter than that leaves its excitations at once, and they cool afterwards. During a longer
one emitters decay, lase and are pumped again: each rung of the ladder is lifted at the rate W(t),
the pulse's shape to the power of the photons absorbed, delayed by the cooling.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass

import numpy as np

from ...arrays import Array
from ...gain import GainMedium, Pump

SHORT = 1.0
"""Length of a pulse over the cooling time up to which its excitations arrive at once."""
# Cooling times after the pulse when no excitation is still to arrive: 6e-6 are.
_FADED = 12.0
# Full width at half maximum of sech^2 in units of its scale: 2 arcosh(sqrt 2).
_SECH = 2.0 * math.acosh(math.sqrt(2.0))
# Logarithm of what is left of a pulse where it is cut on either side.
_TAIL = 17.0
# Times of the table along the pulse, and along the fading after its beginning and after its end.
_POINTS, _EDGE = 4000, 200


@dataclass(frozen=True)
class PumpProfile:
    """A pulse of excitations.

    Parameters
    ----------
    pulse_ps : float
        Intensity FWHM.
    shape : {"gaussian", "sech2", "square"}
    photons : int
        Excitations follow that power of the intensity.
    cooling_ps : float
    """

    pulse_ps: float
    shape: str
    photons: int
    cooling_ps: float

    @property
    def length_ps(self) -> float:
        """From the beginning of the pulse to its end."""
        if self.shape == "square":
            return self.pulse_ps
        if self.shape == "gaussian":
            return 2.0 * self.pulse_ps * math.sqrt(_TAIL / (4.0 * math.log(2.0) * self.photons))
        return 2.0 * self.pulse_ps * (_TAIL + 2.0 * math.log(2.0)) / (2.0 * _SECH * self.photons)

    @property
    def end_ps(self) -> float:
        """When the last excitation has arrived."""
        return self.length_ps + _FADED * self.cooling_ps

    @property
    def table(self) -> tuple[Array, Array]:
        """Times, and the arriving share of all excitations at each; straight between them."""
        return _table(self)

    def rate_per_ps(self, time: Array) -> Array:
        """Arriving share of all excitations."""
        times, rates = self.table
        return np.interp(time, times, rates, left=0.0, right=0.0)

    def slope_per_ps2(self, time: Array) -> Array:
        """Change with time of the arriving share, in 1/ps^2."""
        times, rates = self.table
        # The rate is straight between the times of the table: its slope is that of the interval.
        after = np.clip(np.searchsorted(times, time, side="right"), 1, len(times) - 1)
        slope = (rates[after] - rates[after - 1]) / (times[after] - times[after - 1])
        return np.where((time >= 0) & (time < times[-1]), slope, 0.0)


def pump_profile(pump: Pump, medium: GainMedium) -> PumpProfile | None:
    """The profile of a pump that is long for a medium; None for a short one, whose excitations
    arrive at once.
    """
    cooling = 1.0 / medium.ladder(medium.ladder_top(math.inf)).cooling_per_ps
    length = 1e-3 * pump.pulse_fs
    if length <= SHORT * cooling:
        return None
    return PumpProfile(length, pump.shape, pump.photons, cooling)


@functools.lru_cache(maxsize=16)
def _table(profile: PumpProfile) -> tuple[Array, Array]:
    """Times, and the rate there, of integral 1: the pulse delayed by the cooling, y' = (P - y) /
    cooling, exact for a pulse that is straight between the times.
    """
    length, cooling = profile.length_ps, profile.cooling_ps
    near = np.linspace(0.0, _FADED * cooling, _EDGE)
    times = np.unique(np.r_[np.linspace(0.0, length, _POINTS), near, length + near])
    pulse = _pulse(profile, times)
    step = np.diff(times) / cooling
    kept = np.exp(-step)
    # integral of exp(-(step - s)) (a + (b - a) s / step) over the step
    whole = -np.expm1(-step)
    late = 1.0 - whole / step
    rates = np.zeros_like(times)
    for index in range(len(step)):
        before, after = pulse[index], pulse[index + 1]
        # A square pulse is 1 up to its very end, and the step that begins there has none of it.
        if profile.shape == "square" and times[index] >= length:
            before = after = 0.0
        fed = before * (whole[index] - late[index]) + after * late[index]
        rates[index + 1] = kept[index] * rates[index] + fed
    # Read by straight lines, so that the trapezoidal rule is exact for what is read.
    rates /= np.trapezoid(rates, times)
    rates.setflags(write=False)
    return times, rates


def _pulse(profile: PumpProfile, times: Array) -> Array:
    from_middle = (times - 0.5 * profile.length_ps) / profile.pulse_ps
    inside = times <= profile.length_ps
    if profile.shape == "square":
        return np.where(inside, 1.0, 0.0)
    if profile.shape == "gaussian":
        shape = np.exp(-4.0 * math.log(2.0) * profile.photons * from_middle**2)
    else:
        shape = np.cosh(_SECH * from_middle) ** (-2.0 * profile.photons)
    return np.where(inside, shape, 0.0)
