"""How a command gets at the books: through the daemon's control socket, or by opening them itself."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from mailroute.admin.acts import Act, as_arguments, carry_out
from mailroute.admin.impossible import Impossible
from mailroute.clock import system_clock
from mailroute.errors import TryLater
from mailroute.flow.activate import open_installation
from mailroute.settings import Settings
from mailroute.store.engine import AlreadyRunning, Connection, open_store

SOCKET = "control.sock"
_ANSWER_S = 60.0


@contextmanager
def acting(settings: Settings) -> Iterator[Callable[[Act], list[str]]]:
    """Something that carries acts out: the running daemon, or this process under the file lock.

    The callable raises as `carry_out`; entering raises TryLater if the daemon that holds the books is silent.
    """
    path = settings.state / SOCKET
    if daemon_listens(path):
        yield lambda what: ask_daemon(path, what)
        return
    try:
        inside = open_installation(settings)
    except AlreadyRunning as error:
        raise TryLater(f"{error} It does not answer on {path}; is it just starting?") from None
    try:
        yield lambda what: carry_out(what, inside.store, inside.site, system_clock)
    finally:
        inside.store.close()


def daemon_listens(path: Path) -> bool:
    """Whether a daemon answers on this control socket."""
    with socket.socket(socket.AF_UNIX) as connection:
        try:
            connection.connect(str(path))
        except OSError:
            return False
    return True


def ask_daemon(path: Path, what: Act) -> list[str]:
    """Have the daemon carry it out. Raises Impossible with its words, TryLater if it goes away meanwhile."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_ANSWER_S)
        try:
            connection.connect(str(path))
            connection.sendall(json.dumps(as_arguments(what)).encode() + b"\n")
            line = connection.makefile("rb").readline()
        except OSError as error:
            raise TryLater(f"the daemon went away while it was asked ({error})") from None
    answer = json.loads(line or b'{"ok": false, "error": "the daemon gave no answer"}')
    if not answer["ok"]:
        raise Impossible(answer["error"])
    return list(answer["lines"])


@contextmanager
def looking(settings: Settings) -> Iterator[Connection]:
    """One read snapshot of the books, beside a running daemon or without one. Raises TryLater if there are none."""
    store = open_store(settings.database_url, exclusive=False)
    try:
        with store.read() as conn:
            yield conn
    finally:
        store.close()
