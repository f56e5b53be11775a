"""Our frozen values ↔ JSON text, for the columns that hold a whole value. Written once per class, then cached.

By hand and not by pydantic: importing pydantic costs every command 0.2 s, and these few kinds of field are all.
Unknown fields of older or newer versions are ignored, missing ones get their default.
"""

from __future__ import annotations

import dataclasses
import json
import types
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from mailroute.store.columns import clean

T = TypeVar("T")
Coder = Callable[[Any], Any]

# One for all: json.dumps with these arguments makes a new one for every value.
_to_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def dumps(value: object, kind: Any) -> str:
    """`value`, which is a `kind` (a dataclass, a union of them, tuple[X, ...], …), as JSON text."""
    # Half of the columns of a large directory are empty tuples.
    return "[]" if value == () else _to_text(_encoder(kind)(value))


def loads(text: str, kind: type[T]) -> T:
    """The value that `dumps` wrote."""
    return cast("T", loads_any(text, kind))


def loads_any(text: str, kind: Any) -> Any:
    """`loads` for kinds that are no class (unions, tuples); the caller names the type it expects."""
    return () if text == "[]" else _decoder(kind)(json.loads(text))


def _same(value: Any) -> Any:
    return value


@lru_cache(maxsize=512)
def _encoder(kind: Any) -> Coder:
    if dataclasses.is_dataclass(kind):
        return _object_encoder(kind)
    if kind is str:
        return clean
    if kind in (int, float, bool, type(None)):
        return _same
    if kind in (datetime, date):
        return lambda value: value.isoformat()
    if kind is timedelta:
        return lambda value: value.total_seconds()
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_encoder(arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _encoder(arguments[0])
        return lambda values: [item(value) for value in values]
    if origin is tuple:
        items = [_encoder(argument) for argument in arguments]
        return lambda values: [code(value) for code, value in zip(items, values, strict=True)]
    if origin is Literal or (isinstance(kind, type) and issubclass(kind, Enum)):
        return lambda value: value.value if isinstance(value, Enum) else value
    raise TypeError(f"the codec does not know {kind!r}")


def _object_encoder(kind: Any) -> Coder:
    hints = get_type_hints(kind)
    # What makes no difference between two values is no word longer than it must be: hundreds of them have no such field set.
    beside = [f.name for f in dataclasses.fields(kind) if not f.compare]
    # Built at the first use, not now: a class may hold itself.
    fields: list[tuple[str, Coder]] = []

    def encode(value: Any) -> Any:
        if not fields:
            fields.extend((f.name, _encoder(hints[f.name])) for f in dataclasses.fields(kind))
        return {name: code(getattr(value, name)) for name, code in fields}

    def encode_what_is_set(value: Any) -> Any:
        return {name: one for name, one in encode(value).items() if one is not None or name not in beside}

    return encode_what_is_set if beside else encode


def _union_encoder(arguments: tuple[Any, ...]) -> Coder:
    encoders: dict[type, Coder] = {
        (get_origin(a) or a): _encoder(a) for a in arguments if a is not type(None)
    }

    def encode(value: Any) -> Any:
        return None if value is None else encoders[type(value)](value)

    return encode


@lru_cache(maxsize=512)
def _decoder(kind: Any) -> Coder:
    if dataclasses.is_dataclass(kind):
        return _object_decoder(kind)
    if kind in (str, int, bool, type(None)):
        return _same
    if kind is float:
        return float
    if kind is datetime:
        return lambda value: datetime.fromisoformat(value).astimezone(UTC)
    if kind is date:
        return date.fromisoformat
    if kind is timedelta:
        return lambda value: timedelta(seconds=value)
    origin, arguments = get_origin(kind), get_args(kind)
    if origin in (Union, types.UnionType):
        return _union_decoder(arguments)
    if origin is tuple and len(arguments) == 2 and arguments[1] is Ellipsis:
        item = _decoder(arguments[0])
        return lambda values: tuple(item(value) for value in values)
    if origin is tuple:
        items = [_decoder(argument) for argument in arguments]
        return lambda values: tuple(code(value) for code, value in zip(items, values, strict=True))
    if origin is Literal:
        known = {(a.value if isinstance(a, Enum) else a): a for a in arguments}
        return lambda value: known[value]
    if isinstance(kind, type) and issubclass(kind, Enum):
        return cast("Coder", kind)
    raise TypeError(f"the codec does not know {kind!r}")


def _object_decoder(kind: Any) -> Coder:
    hints = get_type_hints(kind)
    fields: list[tuple[str, Coder]] = []

    def decode(value: Any) -> Any:
        if not fields:
            fields.extend((f.name, _decoder(hints[f.name])) for f in dataclasses.fields(kind) if f.init)
        return kind(**{name: code(value[name]) for name, code in fields if name in value})

    return decode


def _union_decoder(arguments: tuple[Any, ...]) -> Coder:
    """A union is X | None, or dataclasses that each say what they are in a Literal field `kind`."""
    alternatives = [a for a in arguments if a is not type(None)]
    if len(alternatives) == 1:
        only = _decoder(alternatives[0])
        return lambda value: None if value is None else only(value)
    by_kind = {get_args(get_type_hints(a)["kind"])[0]: _decoder(a) for a in alternatives}
    return lambda value: None if value is None else by_kind[value["kind"]](value)
