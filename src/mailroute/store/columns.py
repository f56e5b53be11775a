"""Column types that hold the same value on SQLite and PostgreSQL. Knows nothing of our tables."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, ColumnElement, Dialect, Insert, Integer, Row, Table, Text, func
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.types import TypeDecorator, TypeEngine

AnyRow: TypeAlias = Row[*tuple[Any, ...]]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# An index entry of PostgreSQL holds 2,700 bytes; 400 characters of UTF-8 always fit, with room for company.
_KEY_CHARS = 400
_KEY_HEAD_CHARS = 300

# Row ids: 64 bits everywhere; SQLite counts by itself only in a column that says INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")


def clean(text: str) -> str:
    """Replace what PostgreSQL cannot keep: NUL and lone surrogates. Costs nothing for plain ASCII."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode("utf-8").replace("\0", "\ufffd")


def index_key(text: str) -> str:
    """`text` cleaned, or its head and SHA-256 if a stranger sent more than an index can hold."""
    if len(text) <= _KEY_CHARS and text.isascii() and "\0" not in text:
        return text
    cleaned = clean(text)
    if len(cleaned) <= _KEY_CHARS:
        return cleaned
    digest = hashlib.sha256(cleaned.encode("utf-8")).hexdigest()
    return f"{cleaned[:_KEY_HEAD_CHARS]}…{digest}"


def index_keys(texts: Sequence[str]) -> list[str]:
    """Each of them once, as `index_key` makes it; a hundred short words at a glance."""
    several = list(dict.fromkeys(texts))
    together = "".join(several)
    if together.isascii() and "\0" not in together and max(map(len, several), default=0) <= _KEY_CHARS:
        return several
    return list(dict.fromkeys(map(index_key, several)))


def message_key(message_id: str) -> str:
    """A Message-ID without its angle brackets: some write them, some do not."""
    return message_id.strip().removeprefix("<").removesuffix(">")


class UtcTime(TypeDecorator[datetime]):
    """An instant, aware UTC: whole microseconds since 1970 on SQLite, timestamptz on PostgreSQL."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Choose what the database itself can sort and compare."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive times: they are a bug of ours, never of the mail."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored")
        return value if dialect.name == "postgresql" else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """Give UTC back, whatever zone the session of the server speaks."""
        if value is None:
            return None
        if dialect.name == "postgresql":
            moment: datetime = value
            return moment.astimezone(UTC)
        return _EPOCH + timedelta(microseconds=value)


class Words(TypeDecorator[str]):
    """Text from anywhere, made storable."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Clean it."""
        return None if value is None else clean(value)


class Key(TypeDecorator[str]):
    """Text that is looked up by an index: cleaned, and of bounded length however long it was."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """Shorten what no index holds; look-ups go through the same."""
        return None if value is None else index_key(value)


@lru_cache(maxsize=64)
def insert_or_skip(dialect: str, table: Table, *unique: str, returning: str | None = None) -> Insert:
    """INSERT that leaves the row alone which is there already, and returns a column only of a new one.

    Cached: building a statement costs more than running it.
    """
    make = postgresql.insert if dialect == "postgresql" else sqlite.insert
    statement: Insert = make(table).on_conflict_do_nothing(index_elements=unique or None)
    return statement.returning(table.c[returning]) if returning else statement


@lru_cache(maxsize=64)
def insert_or_update(dialect: str, table: Table, unique: tuple[str, ...], changed: tuple[str, ...]) -> Insert:
    """INSERT that overwrites `changed` columns of the row that has the same `unique` ones."""
    if dialect == "postgresql":
        pg = postgresql.insert(table)
        return pg.on_conflict_do_update(index_elements=unique, set_={n: pg.excluded[n] for n in changed})
    lite = sqlite.insert(table)
    return lite.on_conflict_do_update(index_elements=unique, set_={n: lite.excluded[n] for n in changed})


@lru_cache(maxsize=16)
def insert_or_add(
    dialect: str, table: Table, unique: tuple[str, ...], counter: str, changed: tuple[str, ...] = ()
) -> Insert:
    """INSERT, or add its `counter` to the row that is there and overwrite `changed`; returns the new count.

    A `changed` column for which there is no value keeps the one it has.
    """
    make = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    new: dict[str, ColumnElement[Any]] = {
        name: func.coalesce(make.excluded[name], table.c[name]) for name in changed
    }
    new[counter] = table.c[counter] + make.excluded[counter]
    return make.on_conflict_do_update(index_elements=unique, set_=new).returning(table.c[counter])
