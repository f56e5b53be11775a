"""A SELECT that every mail asks: compiled once for each kind of database, then given straight to the driver.

For a row by its key SQLite needs 3 µs, and SQLAlchemy 40 µs to have it asked; a mail asks a dozen times. So SQLAlchemy
writes the statement, and knows our tables, both databases and the types of their columns, but only once.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, Dialect, Select, exc

Coder = Callable[[Any], Any]


class _Value(NamedTuple):
    """What one parameter, or a list of them, is filled with: the value called `name`, or the `constant` of the statement.

    `of_list` are the parameters that a list fills, `encode` makes of the value what the driver understands, None: nothing.
    """

    name: str
    constant: Any
    of_list: tuple[str, ...]
    encode: Coder | None


@dataclass(frozen=True, slots=True)
class _Form:
    """A statement as one database understands it, with lists of certain lengths.

    `values` are what it is asked with in its order. `named`: the driver wants a mapping.
    """

    sql: str
    values: tuple[_Value, ...]
    named: bool
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
        lengths: tuple[int, ...] = ()
        for name, value in values.items():
            if isinstance(value, list):
                if not value:
                    return []
                values[name] = padded = _padded(value)
                lengths += (len(padded),)
        key = conn.dialect.name, lengths
        form = self._forms.get(key)
        if form is None:
            form = self._forms[key] = _form(self._statement, conn.dialect, values)
        rows = _fetch(conn, form.sql, _bound(form, values))
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
    names = expanded.positiontup or list(expanded.parameters)
    return _Form(
        sql=expanded.statement,
        values=tuple(_values(names, expanded.parameter_expansion, coders, compiled.params)),
        named=expanded.positiontup is None,
        row=namedtuple("Row", columns.keys()),
        coders=tuple((at, decode) for at, decode in enumerate(decoders) if decode is not None),
    )


def _values(
    parameters: Sequence[str],
    lists: Mapping[str, Sequence[str]],
    coders: Mapping[str, Coder | None],
    constants: Mapping[str, Any],
) -> Iterator[_Value]:
    list_of = {names[0]: name for name, names in lists.items()}
    in_lists = {name for names in lists.values() for name in names}
    for parameter in parameters:
        if parameter in list_of:
            name = list_of[parameter]
            of_list = tuple(lists[name])
            yield _Value(name, constants[name], of_list, _list_coder([coders.get(one) for one in of_list]))
        elif parameter not in in_lists:
            yield _Value(parameter, constants[parameter], (), coders.get(parameter))


def _list_coder(coders: Sequence[Coder | None]) -> Coder | None:
    """What encodes a list as a whole."""
    if not any(coders):
        return None
    return lambda several: [code(one) if code else one for code, one in zip(coders, several, strict=True)]


def _bound(form: _Form, values: dict[str, Any]) -> Any:
    """The values as the driver wants them."""
    bound: list[Any] = []
    for name, constant, of_list, encode in form.values:
        value = values.get(name, constant)
        if of_list and isinstance(value[0], tuple):
            value = [one for row in value for one in row]
        if encode is not None:
            value = encode(value)
        if of_list:
            bound += value
        else:
            bound.append(value)
    if not form.named:
        return bound
    names = [one for value in form.values for one in value.of_list or (value.name,)]
    return dict(zip(names, bound, strict=True))


def _decoded(coders: Sequence[tuple[int, Coder]], row: Sequence[Any]) -> list[Any]:
    values = list(row)
    for at, decode in coders:
        values[at] = decode(values[at])
    return values


def _fetch(conn: Connection, sql: str, parameters: Any) -> Sequence[Any]:
    raw, dialect = conn.connection, conn.dialect
    cursor = raw.cursor()
    try:
        cursor.execute(sql, parameters)
        return cursor.fetchall()
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
