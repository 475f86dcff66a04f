"""Results as the plain dictionaries of the JSON contract, whether they come from memory or from a
results.json.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol, TypeAlias, runtime_checkable

from ..errors import InputError
from ..texts import Refused, check_bounded, read_bytes

# Of 200 modes with light curves 20 MB.
MOST_BYTES = 200_000_000
# Of a file of so many bytes, as one part in so many: numbers of results take 8 to 20 bytes, and
# the names of keys as many again. Files of empty lists, of 3 bytes, take 25 times their size in
# memory.
_BYTES_A_VALUE = 5
# A file below this has any number.
_FEW_BYTES = 1_000_000


@runtime_checkable
class HasRecord(Protocol):
    """A result that can write itself as the contract's JSON object."""

    def to_json_dict(self) -> dict[str, Any]:
        """The JSON object."""
        ...


Result: TypeAlias = HasRecord | Mapping[str, Any]


def record(result: Result) -> Mapping[str, Any]:
    """The JSON object of a result (a `ModeSet`, a `LasingPrediction`, or what was read back from a
    file).
    """
    return result if isinstance(result, Mapping) else result.to_json_dict()


def mode_records(modes: Result | Sequence[Result]) -> list[Mapping[str, Any]]:
    """The list of modes of a mode set, of its record, or of single modes."""
    if isinstance(modes, Sequence):
        return [record(mode) for mode in modes]
    content = record(modes)
    inner = content.get("modes")
    if isinstance(inner, Mapping):  # the whole results.json of `run`
        inner = inner.get("modes")
    if not isinstance(inner, Sequence):
        raise InputError("modes: this result holds no list of modes")
    return [record(mode) for mode in inner]


def load_results(path: Path | str, most: int = MOST_BYTES) -> Mapping[str, Any]:
    """Read a results.json, or the one inside a folder of results.

    Parameters
    ----------
    path : path
    most : int
        Bytes that are read.

    Raises
    ------
    InputError
        If it is absent, too large, or not a JSON object.
    """
    path = Path(path)
    if path.is_dir():
        path = path / "results.json"
    try:
        text = read_bytes(path, most).decode("utf-8")
        _check_sparse(text)
        content = json.loads(text, parse_constant=_no_constant)
        check_bounded(content)
    except FileNotFoundError:
        raise InputError(
            f"{path}: no such file; give a results.json or the folder that `run` wrote"
        ) from None
    except RecursionError:
        raise InputError(f"{path}: not a readable results.json (nested too deeply)") from None
    except (OSError, ValueError) as error:
        raise InputError(f"{path}: not a readable results.json ({error})") from None
    if not isinstance(content, dict):
        raise InputError(
            f"{path}: not a results.json (expected a JSON object, found {type(content).__name__})"
        )
    return content


def _check_sparse(text: str) -> None:
    """Refuse a large file of more values than its size has room for in results."""
    values = text.count(",") + text.count("[") + text.count("{")
    if len(text) > _FEW_BYTES and values > len(text) / _BYTES_A_VALUE:
        raise Refused(f"{values} values in {len(text) / 1e6:.3g} MB are no results")


def _no_constant(name: str) -> float:
    raise Refused(f"{name} is no number of JSON")


def record_families(
    modes: Sequence[Mapping[str, Any]],
) -> dict[tuple[str, int, int], list[Mapping[str, Any]]]:
    """Modes by (polarisation, p, q), each family ordered by rising m; families ordered by name."""
    groups: dict[tuple[str, int, int], list[Mapping[str, Any]]] = {}
    for mode in sorted(
        modes, key=lambda one: (one["polarisation"] != "TM", one["p"], one["q"], one["m"])
    ):
        groups.setdefault((mode["polarisation"], mode["p"], mode["q"]), []).append(mode)
    return groups


def family_name(key: tuple[str, int, int]) -> str:
    """A family in words."""
    polarisation, p, q = key
    return f"{polarisation} p={p} q={q}"


def finite(values: Mapping[str, float | None]) -> Iterator[tuple[str, float]]:
    """The entries that are present and finite."""
    for name, value in values.items():
        if value is not None and math.isfinite(value):
            yield name, float(value)
