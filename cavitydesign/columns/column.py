"""What a column is, and which columns a set of records has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, TypeAlias

from ..dotted import entry_at

Record: TypeAlias = Mapping[str, Any]
Output: TypeAlias = Literal["terminal", "report", "explorer", "notebook", "study"]
Group: TypeAlias = Literal[
    "position", "energy", "losses", "shifts", "deviation", "sensing", "lasing", "per_mode"
]

EVERYWHERE: frozenset[Output] = frozenset(("terminal", "report", "explorer", "notebook", "study"))
TABLES: frozenset[Output] = frozenset(("terminal", "report", "explorer"))
PRINTED: frozenset[Output] = frozenset(("terminal", "report"))
NOWHERE: frozenset[Output] = frozenset()
_ALL = ".*"


def only(*outputs: Output) -> frozenset[Output]:
    """A choice of outputs in which a column is shown."""
    return frozenset(outputs)


@dataclass(frozen=True)
class Column:
    """One column of the outputs.

    Attributes
    ----------
    key : str
        Dotted key of the number in the JSON record. "confinement.*" stands for one column for each
        entry of that table.
    head : str
        What tables call it, in plain letters; "{}" holds the name of an entry.
    meaning : str
        What it is, for the documentation and for hints.
    unit : str
        Of the number as it is shown.
    form : str
        Format of a number as Python writes it. Empty: as many digits as its error allows.
    scale : float
        From the number of the record to the one that is shown, such as 100 for per cent.
    group : str
        The table in which it stands.
    shown : frozenset of str
        Where it is shown. JSON, CSV and the documentation hold every column.
    error : str
        Key of its error, in the unit of the record; "{}" as in `head`.
    error_is_relative : bool
    deviation : str
        Key of its standard deviation by the spreads of the design; "{}" as in `head`.
    deviation_form : str
    told : callable, optional
        The value of the record in words, where a report has more room than a number.
    pump : {"", "pulsed", "continuous"}
        Kind of pump that it belongs to; empty: either.
    optional : bool
        Left out where it is absent of all records, instead of shown as a dash.
    of : callable, optional
        Makes the value from the rest of the record; without it, the record holds it.
    """

    key: str
    head: str
    meaning: str
    unit: str = ""
    form: str = ".5g"
    scale: float = 1.0
    group: Group = "position"
    shown: frozenset[Output] = EVERYWHERE
    error: str = ""
    error_is_relative: bool = False
    deviation: str = ""
    deviation_form: str = ".2g"
    told: Callable[[Any], str] | None = None
    pump: str = ""
    optional: bool = False
    of: Callable[[Record], Any] | None = None

    @property
    def table(self) -> str:
        """Key of the table whose entries it stands for; empty for a single number."""
        return self.key.removesuffix(_ALL) if self.key.endswith(_ALL) else ""

    def of_entry(self, name: str) -> Column:
        """The column of one entry of its table."""
        return replace(
            self,
            key=f"{self.table}.{name}",
            head=self.head.format(name),
            error=self.error.format(name),
            deviation=self.deviation.format(name),
        )

    def value(self, record: Record) -> Any:
        """What the record holds, None where it is absent."""
        found = entry_at(record, self.key)
        if found is None and "." in self.key:
            # The name of a region may hold dots of its own.
            table, _, entry = self.key.partition(".")
            inner = record.get(table)
            found = inner.get(entry) if isinstance(inner, Mapping) else None
        return self.of(record) if found is None and self.of else found


def expanded(
    columns: Iterable[Column], records: Sequence[Record], output: Output | None = None
) -> list[Column]:
    """The columns that these records have, those for each entry of a table written out.

    Parameters
    ----------
    columns : iterable of Column
    records : sequence of mapping
    output : str, optional
        Only the columns shown there; all by default.
    """
    found: dict[str, Column] = {}
    for column in columns:
        if output is not None and output not in column.shown:
            continue
        if not column.table:
            if not column.optional or any(column.value(record) is not None for record in records):
                found.setdefault(column.key, column)
            continue
        tables = [entry_at(record, column.table) or {} for record in records]
        for name in dict.fromkeys(name for table in tables for name in table):
            one = column.of_entry(name)
            found.setdefault(one.key, one)
    return list(found.values())


def with_deviation(columns: Iterable[Column], records: Sequence[Record]) -> list[Column]:
    """The columns that the spreads of the design move in some record: a column of zeros tells
    nothing.
    """
    return [
        column
        for column in expanded(columns, records)
        if column.deviation and any(entry_at(record, column.deviation) for record in records)
    ]


def derived(columns: Iterable[Column], record: Record) -> dict[str, Any]:
    """What the columns make of a record that does not hold it, by key."""
    return {
        column.key: column.of(record)
        for column in columns
        if column.of is not None and entry_at(record, column.key) is None
    }
