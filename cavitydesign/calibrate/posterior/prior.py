"""What is known of a number before any light curve is looked at."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import ndtr, ndtri

from ...arrays import Array
from ...errors import InputError, is_number, nearest

SHAPES: dict[str, tuple[str, ...]] = {
    "normal": ("value", "sd"),
    "log-normal": ("median", "factor"),
    "uniform": ("from", "to"),
    "log-uniform": ("from", "to", "spacing"),
}
_WAYS = "{ value, sd }, { median, factor }, { from, to } or { from, to, spacing = 'geometric' }"


@dataclass(frozen=True)
class Prior:
    """The distribution of one number, as a function of a standard normal number.

    Every prior is held as the map from a standard normal variable z to the number. A sampler that
    works on z sees the same simple prior for all of them, and never leaves a range.

    Attributes
    ----------
    shape : {"normal", "log-normal", "uniform", "log-uniform"}
    first, second : float
        Mean and standard deviation; median and factor (68 % lie within a factor); or the two ends.
    """

    shape: str
    first: float
    second: float

    @property
    def of_logarithm(self) -> bool:
        """Whether it is even or normal in the logarithm of the number."""
        return self.shape.startswith("log-")

    def value(self, z: Array) -> Array:
        """The number at a standard normal variable, any shape."""
        if self.shape == "normal":
            return np.asarray(self.first + self.second * z)
        if self.shape == "log-normal":
            return np.asarray(self.first * self.second**z)
        share = ndtr(z)
        if self.shape == "uniform":
            return np.asarray(self.first + (self.second - self.first) * share)
        return np.asarray(self.first * (self.second / self.first) ** share)

    def standard(self, value: Array) -> Array:
        """The inverse of `value`; beyond the ends of a range, far out."""
        if self.shape == "normal":
            return np.asarray((value - self.first) / self.second)
        if self.shape == "log-normal":
            return np.asarray(np.log(value / self.first) / math.log(self.second))
        if self.shape == "uniform":
            share = (value - self.first) / (self.second - self.first)
        else:
            share = np.log(value / self.first) / math.log(self.second / self.first)
        return np.asarray(ndtri(np.clip(share, 1e-12, 1.0 - 1e-12)))

    def in_words(self) -> str:
        """The prior as a reader of tables sees it.

        Examples
        --------
        >>> Prior("log-normal", 1000.0, 1.5).in_words()
        '1000, 68 % within a factor of 1.5'
        """
        first, second = f"{self.first:.4g}", f"{self.second:.4g}"
        return {
            "normal": f"{first} +- {second}",
            "log-normal": f"{first}, 68 % within a factor of {second}",
            "uniform": f"{first} to {second}",
            "log-uniform": f"{first} to {second}, even in the logarithm",
        }[self.shape]


def prior_of(entry: Any, where: str) -> Prior:
    """Read a prior from a table of a calibration file.

    Parameters
    ----------
    entry : mapping
        ``{ value, sd }`` (normal), ``{ median, factor }`` (log-normal), ``{ from, to }`` (uniform),
        or the latter with ``spacing = "geometric"`` (uniform in the logarithm).
    where : str
        File and key, for the message.

    Raises
    ------
    InputError
        If the table is none of these, or its numbers are impossible.

    Examples
    --------
    >>> prior_of({"from": 0.0, "to": 30.0}, "calibration.toml: sd").shape
    'uniform'
    """
    if not isinstance(entry, Mapping):
        raise InputError(f"{where} = {entry!r}: must be {_WAYS}")
    shape = next((name for name, keys in SHAPES.items() if set(entry) == set(keys)), None)
    if shape is None:
        allowed = sorted({key for keys in SHAPES.values() for key in keys})
        wrong = next((key for key in entry if key not in allowed), None)
        near = "" if wrong is None else nearest(str(wrong), allowed)
        raise InputError(f"{where} = {dict(entry)!r}: must be {_WAYS}{near}")
    if shape == "log-uniform" and entry["spacing"] != "geometric":
        raise InputError(f"{where}.spacing = {entry['spacing']!r}: must be 'geometric'")
    numbers = [entry[key] for key in SHAPES[shape][:2]]
    for key, number in zip(SHAPES[shape], numbers, strict=False):
        if not is_number(number):
            raise InputError(f"{where}.{key} = {number!r}: must be a finite number")
    first, second = map(float, numbers)
    if shape == "normal" and second <= 0:
        raise InputError(f"{where}.sd = {second:g}: must be above 0")
    if shape == "log-normal" and not (first > 0 and second > 1):
        raise InputError(f"{where}: median must be above 0 and factor above 1")
    if shape in ("uniform", "log-uniform") and not first < second:
        raise InputError(f"{where}: from = {first:g} must be less than to = {second:g}")
    if shape == "log-uniform" and first <= 0:
        raise InputError(f"{where}.from = {first:g}: must be above 0 with geometric spacing")
    return Prior(shape, first, second)
