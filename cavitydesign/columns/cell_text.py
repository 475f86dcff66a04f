"""Columns as words: for the terminal, and set with the signs of print for reports and pages."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from ..dotted import entry_at
from ..units import TYPESET_UNITS
from .column import Column, Record

TIMES = "\N{MULTIPLICATION SIGN}"
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
# Digits of a wavelength: three at least, so that neighbours differ; nine are those of 1e-9 nm.
_DIGITS = (3, 9)
# Decimals up to which an error is written out; a smaller one takes a power of ten.
_MOST_DECIMALS = 6
# Values that are written without a power of ten, and the relative error that is rounding alone
_PLAIN, _ROUNDING = (1e-3, 1e6), 1e-9


def head(column: Column, between: str = " ") -> str:
    """Name and unit in plain letters: "wavelength nm"."""
    return f"{column.head}{between}{column.unit}" if column.unit else column.head


def typeset_head(column: Column) -> str:
    """Name and unit with the signs of print: "E_φ (%)"."""
    name = column.head.replace("_phi", "_φ").replace("+-", "±").replace("d lambda", "dλ")
    unit = TYPESET_UNITS.get(column.unit, column.unit)
    return f"{name} ({unit})" if unit else name


def cell(column: Column, record: Record) -> str:
    """The value in plain letters, with its error where that passes the last digit; a dash where
    there is none.
    """
    value, error = column.value(record), _error(column, record)
    if _is_number(value) and _is_number(error):
        told, scaled = column.scale * value, column.scale * error
        if scaled > _last_digit(column.form, told):
            return plain_with_error(told, scaled)
    return _told(column, value, error)


def error_cell(column: Column, record: Record) -> str:
    """Numerical error of the value alone, in two digits; empty without one."""
    value, error = column.value(record), _error(column, record)
    if value is None or error is None:
        return ""
    if isinstance(error, list | tuple):
        return ", ".join(_error_told(column, one) for one in error)
    return _error_told(column, error)


def sure_cell(column: Column, record: Record) -> str:
    """The value to the digits that its error allows, where its error stands beside it."""
    value, error = column.value(record), _error(column, record)
    pairs = (
        list(zip(value, error, strict=True))
        if isinstance(value, list | tuple) and isinstance(error, list | tuple)
        else [(value, error)]
    )
    if all(_is_number(one) and _is_number(bar) and bar > 0 for one, bar in pairs):
        return ", ".join(
            f"{column.scale * one:.{_decimals(column.scale * bar)}f}" for one, bar in pairs
        )
    return cell(column, record)


def deviation_cell(column: Column, record: Record, form: str = "") -> str:
    """Standard deviation of the value by the spreads of the design."""
    value = entry_at(record, column.deviation)
    return number(None if value is None else column.scale * value, form or column.deviation_form)


def typeset_cell(column: Column, record: Record) -> str:
    """The value with its error, with the signs of print."""
    value, error = column.value(record), _error(column, record)
    if column.told is not None and value is not None:
        return column.told(value)
    if isinstance(value, list | tuple) and isinstance(error, list | tuple):
        pairs = zip(value, error, strict=True)
        return ", ".join(with_powers(_with_error(column, one, bar)) for one, bar in pairs) or "-"
    if isinstance(value, int | float) and not isinstance(value, bool) and error:
        return with_powers(_with_error(column, value, error))
    return with_powers(_told(column, value, error))


def typeset_words(text: str) -> str:
    """A sentence for the terminal with the signs of print: units and small powers.

    Examples
    --------
    >>> typeset_words("<N> = 1.5 (F / 2.2 mJ/cm2)^3")
    '⟨N⟩ = 1.5 (F / 2.2 mJ/cm²)³'
    >>> typeset_words("at least 10^12, or 10^33.8 +- 0.3")
    'at least 10¹², or 10^33.8 +- 0.3'
    """
    # 10^33.8 stays: a raised point is hard to see, and half a power raised is another number
    set_ = re.sub(r"\^(-?\d+)(?!\d|\.\d)", lambda found: found[1].translate(_SUPERSCRIPT), text)
    return set_.replace("mJ/cm2", "mJ/cm²").replace(" uW", " µW").replace("<N>", "⟨N⟩")


def number(value: float | None, form: str = ".4g") -> str:
    """A number in a table; a dash where there is none, and no sign where only zeros are written.

    Examples
    --------
    >>> number(-1e-5, ".2f"), number(-0.02, ".2f"), number(None)
    ('0.00', '-0.02', '-')
    """
    if value is None or not math.isfinite(value):
        return "-"
    # "z" of Python 3.11: the sign of what is rounded to zero is dropped
    return format(value, f"z{form}" if form[-1:] in "efg" else form)


def error_text(error: float | None, form: str = ".4g") -> str:
    """An error in two digits; one that is zero is below half of the last digit of its value.

    Parameters
    ----------
    error : float or None
        A dash where there is none.
    form : str
        Format of the value.

    Examples
    --------
    >>> error_text(0.0004), error_text(0.0, ".2f"), error_text(3e-8), error_text(123.4)
    ('0.00040', '< 0.005', '3.0e-08', '123')
    """
    if error is None or not math.isfinite(error) or error < 0:
        return "-"
    if error == 0.0:
        digits = form[1:-1]
        least = form.endswith("f") and digits.isdigit()
        return f"< {0.5 * 10.0 ** -int(digits):g}" if least else "< 1e-12"
    decimals = _decimals(error)
    return f"{error:.{decimals}f}" if decimals <= _MOST_DECIMALS else f"{error:.1e}"


def with_error(value: float, error: float) -> str:
    """A value to the digits that its error allows, with the error in two digits.

    Parameters
    ----------
    value : float
    error : float
        Not positive or not finite: the value alone.
    """
    if not math.isfinite(error) or error <= 0:
        return f"{value:.9g}"
    return f"{value:.{_decimals(error)}f} ± {error_text(error)}"


def plain_with_error(value: float, error: float) -> str:
    """A value with its error in plain letters, for the terminal.

    Both have one power of ten where it is far from 1.

    Parameters
    ----------
    value, error : float

    Examples
    --------
    >>> plain_with_error(144.53, 81.2), plain_with_error(2.339281, 6.3e-5)
    ('145 +- 81', '2.339281 +- 0.000063')
    >>> plain_with_error(7.8561e-77, 2.04e-78), plain_with_error(80.0, 9e-15)
    ('7.86e-77 +- 0.20e-77', '80 +- 9.0e-15')
    """
    if not (math.isfinite(value) and math.isfinite(error) and error > 0):
        return f"{value:.9g} +- {error_text(error)}"
    largest = max(abs(value), error)
    if error < _ROUNDING * abs(value):
        return f"{value:.9g} +- {error:.1e}"
    if _PLAIN[0] <= largest < _PLAIN[1]:
        return f"{value:.{_decimals(error)}f} +- {error_text(error)}"
    power = math.floor(math.log10(largest))
    decimals = _decimals(error / 10.0**power)
    parts = (f"{one / 10.0**power:.{decimals}f}e{power:+03d}" for one in (value, error))
    return " +- ".join(parts)


def with_powers(text: str) -> str:
    """The text of a number with powers of ten set as a reader writes them."""
    mantissa, e, exponent = text.partition("e")
    if not e or not exponent.lstrip("+-").isdigit() or not mantissa[-1:].isdigit():
        return text
    return f"{mantissa} {TIMES} 10{str(int(exponent)).translate(_SUPERSCRIPT)}"


def _decimals(error: float) -> int:
    """Decimals that show two digits of an error."""
    return min(max(0, 1 - math.floor(math.log10(error))), 12)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _error_told(column: Column, error: Any) -> str:
    if not isinstance(error, int | float) or isinstance(error, bool):
        return _told(column, error, None)
    return error_text(column.scale * error, column.form)


def _error(column: Column, record: Record) -> Any:
    """Error of the value, in the unit of the record."""
    error = entry_at(record, column.error) if column.error else None
    if column.error_is_relative and _is_number(error):
        value = column.value(record)
        return abs(value) * error if _is_number(value) else None
    return error


def _last_digit(form: str, value: float) -> float:
    """What the last digit of a value counts that is written in a form of fixed decimals or
    figures; infinite in another form.
    """
    kind, digits = form[-1:], form[1:-1]
    if not digits.isdigit() or value == 0.0:
        return math.inf
    if kind == "f":
        return 10.0 ** -int(digits)
    if kind == "g":
        return 10.0 ** (math.floor(math.log10(abs(value))) + 1 - int(digits))
    return math.inf


def _with_error(column: Column, value: float, error: float | None) -> str:
    if not error:
        return _told(column, value, None)
    return with_error(column.scale * value, column.scale * error)


def _told(column: Column, value: Any, error: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return column.told(value) if column.told is not None else str(value)
    if isinstance(value, str | int):
        return str(value)
    if isinstance(value, list | tuple):
        return ", ".join(_told(column, one, None) for one in value) or "-"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_told(column, one, None)}" for name, one in value.items()) or "-"
    return number(column.scale * float(value), column.form or f".{_digits(error)}f")


def _digits(error: Any) -> int:
    """Number of digits that the error allows, and one more."""
    least, most = _DIGITS
    if not isinstance(error, float) or not error > 0 or not math.isfinite(error):
        return most if error == 0 else least + 1
    return min(max(least, math.ceil(-math.log10(error)) + 1), most)
