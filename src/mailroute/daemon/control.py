"""The control socket: how `mailroute ticket accept` and `mailroute retry` reach the daemon that holds the database.

One JSON object a line in each direction, over a unix socket that only the daemon's user can open (design §8a).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mailroute.admin.acts import Act, carry_out
from mailroute.admin.inside import SOCKET
from mailroute.errors import MailrouteError, SettingsInvalid

if TYPE_CHECKING:
    from mailroute.daemon.serve import Daemon


# A mail for `ingest` in base64.
_LINE_BYTES = 96 * 1024 * 1024
# How long a daemon that listens may take to notice that nothing is asked of it.
_GREETING_S = 5.0
# What the kernel takes as the address of a unix socket, without the NUL at its end (unix(7)).
_PATH_BYTES = 107


class Control:
    """The daemon's end."""

    def __init__(self, server: asyncio.Server, path: Path) -> None:
        self._server = server
        self._path = path

    @classmethod
    async def open(cls, state: Path, daemon: Daemon) -> Control | None:
        """Listen in the state directory. An old socket of a dead daemon is replaced; where another daemon of the same
        PostgreSQL answers already, it stays the one to ask: None.
        """
        path = state / SOCKET
        if await _somebody_answers(path):
            return None
        path.unlink(missing_ok=True)

        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            with contextlib.suppress(ConnectionError, ValueError):
                # An empty line: somebody only looked whether we are there. ValueError: a line without an end.
                if line := await reader.readline():
                    answer = await _answer(line, daemon)
                    writer.write(json.dumps(answer).encode() + b"\n")
                    await writer.drain()
            writer.close()

        if len(os.fsencode(path)) > _PATH_BYTES:
            raise SettingsInvalid(
                (f"state = {state}: choose a shorter path, at most {_PATH_BYTES - len(SOCKET) - 1} bytes",)
            )
        server = await asyncio.start_unix_server(serve, path=str(path), limit=_LINE_BYTES)
        path.chmod(0o600)
        return cls(server, path)

    async def close(self) -> None:
        """Listen no more."""
        self._server.close()
        await self._server.wait_closed()
        self._path.unlink(missing_ok=True)


async def _somebody_answers(path: Path) -> bool:
    try:
        reader, writer = await asyncio.open_unix_connection(str(path))
    except OSError:
        return False
    writer.write_eof()
    with contextlib.suppress(TimeoutError, ConnectionError):
        await asyncio.wait_for(reader.read(), _GREETING_S)
    writer.close()
    return True


async def _answer(line: bytes, daemon: Daemon) -> dict[str, Any]:
    """Do what was asked; whatever goes wrong is a sentence."""
    try:
        act = Act(**json.loads(line))
    except (ValueError, TypeError, RecursionError):
        return {
            "ok": False,
            "error": "this daemon does not understand the command; are both of the same version?",
        }
    try:
        if act.verb == "reload":
            result = await asyncio.to_thread(daemon.rules.reload)
        else:
            result = await asyncio.to_thread(carry_out, act, daemon.store, daemon.site, daemon.clock)
    except MailrouteError as error:
        return {"ok": False, "error": str(error)}
    daemon.wake("work", "deliver", "remind")
    return {"ok": True, "lines": result}
