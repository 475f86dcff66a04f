"""Types of the design file's keys, and tables made from the specs of the physics."""

from __future__ import annotations

import dataclasses
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, Strict, create_model

from ..modes.mode_set import why_no_order
from ..texts import acting

Number = Annotated[float, Strict(), Field(allow_inf_nan=False)]
Positive = Annotated[float, Strict(), Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Strict(), Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Strict(), Field(ge=0, le=1, allow_inf_nan=False)]
Length = Annotated[float, Strict(), Field(gt=0, le=1e6, allow_inf_nan=False)]
Roughness = Annotated[float, Strict(), Field(ge=0, le=1000, allow_inf_nan=False)]
# nm; an atom is 0.1 nm wide, and no cavity has a rim of more than a millimetre of one slope.
Correlation = Annotated[float, Strict(), Field(ge=0.01, le=1e6, allow_inf_nan=False)]
Wavelength = Annotated[float, Strict(), Field(ge=1, le=1e9, allow_inf_nan=False)]
Index = Annotated[float, Strict(), Field(gt=0, le=10, allow_inf_nan=False)]
Angle = Annotated[float, Strict(), Field(ge=0, lt=180, allow_inf_nan=False)]
Accuracy = Annotated[float, Strict(), Field(ge=1e-12, le=1e-2, allow_inf_nan=False)]
Whole = Annotated[int, Strict(), Field(ge=1, le=100_000)]


def _going_round(given: int) -> int:
    refusal = why_no_order(given)
    if refusal is not None:
        raise ValueError(refusal)
    return given


AzimuthalOrder = Annotated[int, Strict(), AfterValidator(_going_round), Field(ge=1, le=100_000)]
# Letters of a name; figures, tables and reports show names whole.
LONGEST_NAME = 200


def _plain(given: str) -> str:
    if acting(given):
        raise ValueError("must not hold control characters or marks of direction")
    if len(given) > LONGEST_NAME:
        raise ValueError(f"must be at most {LONGEST_NAME} letters long, has {len(given)}")
    return given


Text = Annotated[str, Strict(), Field(min_length=1), AfterValidator(_plain)]


class Table(BaseModel):
    """A frozen table that refuses keys it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def table_of(name: str, *specs: type, **added: type) -> type[Table]:
    """A table whose keys are the fields of frozen dataclasses, all optional; bounds are left to the
    specs themselves.

    Parameters
    ----------
    name : str
        Name of the table's class.
    specs : dataclasses
        Their fields together.
    added : types
        Further keys.
    """
    hints: dict[str, Any] = dict(added)
    for spec in specs:
        own = get_type_hints(spec)
        hints |= {field.name: own[field.name] for field in dataclasses.fields(spec)}
    definitions: dict[str, Any] = {
        key: (kind | None, None)
        for key, hint in hints.items()
        if (kind := _key_type(hint)) is not None
    }
    return create_model(name, __base__=Table, **definitions)


def _key_type(hint: Any) -> Any:
    """The strict form of a field's type, None for a field that no key can hold."""
    parts = set(get_args(hint) or (hint,)) - {type(None), ...}
    if len(parts) != 1:
        return None
    if get_origin(hint) is tuple:
        return tuple[Number, ...] if parts == {float} else None
    return _STRICT.get(parts.pop())


_STRICT: dict[Any, Any] = {
    float: Number,
    int: Annotated[int, Strict()],
    bool: Annotated[bool, Strict()],
    str: Text,
}
