"""A SELECT that every mail asks: compiled once for each kind of database, then given straight to the driver.

For a row by its key SQLite needs 3 µs, and SQLAlchemy 40 µs to have it asked; a mail asks a dozen times. So SQLAlchemy
writes the statement, and knows our tables, both databases and the types of their columns, but only once.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Dialect, Select, exc

Coder = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one database understands it, with lists of certain lengths.

    `values` are what it is asked with in its order, a list as a whole: the name, the names of the parameters that it
    fills (None: itself), and how each is encoded (empty: not at all). `named`: the driver wants a mapping.
    """

    sql: str
    values: tuple[tuple[str, Sequence[str] | None, tuple[Coder | None, ...]], ...]
    named: bool
    fixed: dict[str, Any]
    row: Any  # a named tuple that is made at run time
    coders: tuple[tuple[int, Coder], ...]


class Ready:
    """A SELECT of named columns that was made ready, and is asked with values for its bind parameters."""

    def __init__(self, statement: Select[Any]) -> None:
        self._statement = statement
        self._forms: dict[tuple[str, tuple[int, ...]], _Form] = {}

    def ask(self, conn: Connection, **values: Any) -> list[Any]:
        """Every row, as a named tuple of its columns; no row where a list (an `expanding` parameter) is empty.

        Raises what SQLAlchemy would raise: errors of the driver are its errors by then.
        """
        lists = {name: _padded(value) for name, value in values.items() if isinstance(value, list)}
        if not all(lists.values()):
            return []
        dialect = conn.dialect
        key = dialect.name, tuple(map(len, lists.values()))
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _form(self._statement, dialect, values | lists)
        rows = _fetch(conn, form.sql, _bound(form, values | lists if lists else values))
        if form.coders:
            rows = [_decoded(form.coders, row) for row in rows]
        return list(map(form.row._make, rows))

    def first(self, conn: Connection, **values: Any) -> Any:
        """The first row, None if there is none."""
        return next(iter(self.ask(conn, **values)), None)


def _padded(values: list[Any]) -> list[Any]:
    """The list with its last value repeated. Few lengths, so that both we and the database know the statement."""
    wanted = 1 << (len(values) - 1).bit_length() if values else 0
    return values + values[-1:] * (wanted - len(values))


def _form(statement: Select[Any], dialect: Dialect, values: dict[str, Any]) -> _Form:
    compiled = statement.compile(dialect=dialect)
    expanded = compiled.construct_expanded_state({**compiled.params, **values})
    coders: dict[str, Coder | None] = dict(expanded.processors)
    for name, bind in compiled.binds.items():
        if name not in expanded.parameter_expansion:
            coders[name] = bind.type.dialect_impl(dialect).bind_processor(dialect)
    columns = statement.selected_columns
    decoders = [one.type.dialect_impl(dialect).result_processor(dialect, None) for one in columns]
    return _Form(
        sql=expanded.statement,
        values=tuple(
            _values(expanded.positiontup or list(expanded.parameters), expanded.parameter_expansion, coders)
        ),
        named=expanded.positiontup is None,
        fixed={name: value for name, value in compiled.params.items() if name not in values},
        row=namedtuple("Row", columns.keys()),
        coders=tuple((at, decode) for at, decode in enumerate(decoders) if decode is not None),
    )


def _values(
    parameters: Sequence[str], lists: Mapping[str, Sequence[str]], coders: Mapping[str, Coder | None]
) -> Iterator[tuple[str, Sequence[str] | None, tuple[Coder | None, ...]]]:
    list_of = {names[0]: name for name, names in lists.items()}
    in_lists = {name for names in lists.values() for name in names}
    for name in parameters:
        if name in list_of:
            names = lists[list_of[name]]
            encoded = tuple(map(coders.get, names))
            yield list_of[name], names, encoded if any(encoded) else ()
        elif name not in in_lists:
            yield name, None, (coders.get(name),)


def _bound(form: _Form, values: dict[str, Any]) -> Any:
    """The values as the driver wants them."""
    given = form.fixed | values
    names: list[str] = []
    bound: list[Any] = []
    for name, fills, coders in form.values:
        several = [given[name]] if fills is None else given[name]
        if fills is not None and isinstance(several[0], tuple):
            several = [one for row in several for one in row]
        bound += map(_encoded, coders, several) if coders else several
        if form.named:
            names += fills or (name,)
    return dict(zip(names, bound, strict=True)) if form.named else bound


def _encoded(code: Coder | None, value: Any) -> Any:
    return code(value) if code else value


def _decoded(coders: Sequence[tuple[int, Coder]], row: Sequence[Any]) -> list[Any]:
    values = list(row)
    for at, decode in coders:
        values[at] = decode(values[at])
    return values


def _fetch(conn: Connection, sql: str, parameters: Any) -> list[Any]:
    raw, dialect = conn.connection, conn.dialect
    cursor = raw.cursor()
    try:
        cursor.execute(sql, parameters)
        return list(cursor.fetchall())
    except dialect.loaded_dbapi.Error as error:
        # As SQLAlchemy does: a connection that is gone must not go back into the pool.
        lost = dialect.is_disconnect(error, raw.dbapi_connection, cursor)
        if lost:
            conn.invalidate(error)
        driver_error = dialect.loaded_dbapi.Error
        raise exc.DBAPIError.instance(
            sql, None, error, driver_error, connection_invalidated=lost, dialect=dialect
        ) from error
    finally:
        cursor.close()
