"""Numbers by name, of which some are computed when one of them is first read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

Value = TypeVar("Value", covariant=True)


class LateValues(Mapping[str, Value], Generic[Value]):
    """Numbers by name, of which some are computed together when one of them is first read.

    Parameters
    ----------
    known : mapping
    late : tuple of str
        Names of the others.
    make : callable
        Gives the others.
    """

    def __init__(
        self,
        known: Mapping[str, Value],
        late: tuple[str, ...],
        make: Callable[[], Mapping[str, Value]],
    ) -> None:
        self._values = dict(known)
        self._late = tuple(name for name in late if name not in self._values)
        self._make = make

    def __getitem__(self, key: str) -> Value:
        if key in self._late:
            made = self._make()
            self._values |= {name: made[name] for name in self._late}
            self._late = ()
        return self._values[key]

    def __contains__(self, key: object) -> bool:
        return key in self._values or key in self._late

    def __iter__(self) -> Iterator[str]:
        yield from (*self._values, *self._late)

    def __len__(self) -> int:
        return len(self._values) + len(self._late)

    def __repr__(self) -> str:
        return repr(dict(self))

    @classmethod
    def with_values(cls, old: Mapping[str, Value], new: Mapping[str, Value]) -> LateValues[Value]:
        """Other values added to a mapping; what it would compute late is computed late still."""
        if not isinstance(old, LateValues):
            return cls({**old, **new}, (), dict)
        return cls({**old._values, **new}, old._late, old._make)
