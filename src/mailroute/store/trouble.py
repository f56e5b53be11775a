"""What went wrong with the database, in our words: no exception of SQLAlchemy ever leaves this package."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from mailroute.errors import Broken, Conflict, MailrouteError, TryLater


class AlreadyRunning(TryLater):
    """Another process has this SQLite file; its text is for people."""


# Result codes of SQLite (primary, the low byte) that speak of the machine and not of our SQL.
_SQLITE_WORLD = {
    5: "The database is locked by another program",
    6: "The database is locked",
    7: "The machine is out of memory",
    8: "The database may only be read, not written",
    10: "The disk reports an error while reading or writing the database",
    11: "The database file is damaged",
    13: "The disk is full",
    14: "The database file cannot be opened",
    15: "The database is locked by another program",
    23: "The database file may not be used",
    26: "The file is not a database",
}
SQLITE_IOERR, SQLITE_CORRUPT, SQLITE_FULL, SQLITE_NOTADB = 10, 11, 13, 26

# Classes of SQLSTATE (the first two characters) that speak of the server and not of our SQL:
# connection, resources (disk full, too many clients), intervention (shutdown), system error.
_POSTGRES_WORLD = ("08", "53", "57", "58")
_POSTGRES_AGAIN = ("40001", "40P01")
_UNIQUE_VIOLATION = "23505"
_READ_ONLY = "25006"
_LOCK_NOT_AVAILABLE = "55P03"


def sqlite_code(error: BaseException) -> int | None:
    """The primary result code of SQLite behind an error, or None."""
    origin = getattr(error, "orig", error)
    code = getattr(origin, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else None


def worth_another_try(error: exc.SQLAlchemyError) -> bool:
    """Whether PostgreSQL gave this transaction up for another one's sake: the same again may succeed at once."""
    return _sqlstate(error) in _POSTGRES_AGAIN


def translate(error: exc.SQLAlchemyError) -> MailrouteError:
    """The error of ours that says what can be done: decide again, try later, or mend the program."""
    if isinstance(error, exc.IntegrityError):
        return Conflict("somebody else has written this row") if _is_unique(error) else _broken(error)
    if isinstance(error, exc.TimeoutError):
        return TryLater("Every connection to the database is in use.")
    code = sqlite_code(error)
    if code is not None:
        sentence = _SQLITE_WORLD.get(code)
        return (
            TryLater(f"{sentence}. What was to be written will be tried again.")
            if sentence
            else _broken(error)
        )
    state = _sqlstate(error)
    if state is None:
        if isinstance(error, (exc.OperationalError, exc.InterfaceError)) or _is_cut(error):
            return TryLater("The database server cannot be reached.")
        return _broken(error)
    if state in _POSTGRES_AGAIN or state in (_READ_ONLY, _LOCK_NOT_AVAILABLE) or state[:2] in _POSTGRES_WORLD:
        return TryLater(f"The database server cannot do this now ({state}).")
    return _broken(error)


@contextmanager
def our_errors() -> Iterator[None]:
    """Let no error of SQLAlchemy out of the block."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise translate(error) from error


def _is_unique(error: exc.IntegrityError) -> bool:
    name = getattr(error.orig, "sqlite_errorname", "")
    return (
        name in ("SQLITE_CONSTRAINT_UNIQUE", "SQLITE_CONSTRAINT_PRIMARYKEY")
        or _sqlstate(error) == _UNIQUE_VIOLATION
    )


def _is_cut(error: exc.SQLAlchemyError) -> bool:
    return isinstance(error, exc.DBAPIError) and error.connection_invalidated


def _sqlstate(error: exc.SQLAlchemyError) -> str | None:
    state = getattr(getattr(error, "orig", None), "sqlstate", None)
    return state if isinstance(state, str) else None


def _broken(error: exc.SQLAlchemyError) -> Broken:
    # The statement, not the parameters: those are somebody's mail.
    reason = error.orig if isinstance(error, exc.DBAPIError) else error
    kind = type(reason).__name__
    detail = str(reason).splitlines()[0] if isinstance(reason, sqlite3.Error) else kind
    return Broken(f"the database refused what we asked for: {detail}")
