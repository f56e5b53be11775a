"""The pages in the daemon: uvicorn in the loop of the doors, over a socket that is ours before anybody is told so."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from mailroute.daemon.doors import host_and_port
from mailroute.flow.sign_in import Chance
from mailroute.settings import Web
from mailroute.web.app import application
from mailroute.web.backroom import Backroom
from mailroute.web.security import FromHere

if TYPE_CHECKING:
    from mailroute.daemon.serve import Daemon

# How long a page under way may take while the daemon stops, and how long a silent connection is kept.
_STOP_S = 10
_IDLE_S = 30
_CONNECTIONS = 500
_BACKLOG = 256
# Only a proxy on this machine is believed when it names whom it speaks for.
_PROXIES = ["127.0.0.1", "::1"]


class OpenWeb:
    """The pages, listening. `port` is 0 for a unix socket."""

    def __init__(self, server: uvicorn.Server, listening: socket.socket, path: Path | None) -> None:
        self._server = server
        self._listening = listening
        self._path = path
        self.port: int = 0 if path is not None else listening.getsockname()[1]
        self._serving = asyncio.create_task(server.serve(sockets=[listening]), name="mailroute-web")

    @classmethod
    def open(cls, web: Web, daemon: Daemon) -> OpenWeb:
        """Listen and serve. Raises OSError if the address cannot be had, SettingsInvalid if it cannot be read."""
        path = Path(web.listen.removeprefix("unix:")) if web.listen.startswith("unix:") else None
        listening = _listen_at(path) if path is not None else _listen_on(*host_and_port(web.listen))
        # Whoever comes before uvicorn is ready waits in the backlog of the socket.
        return cls(_Server(_config(daemon, web.url)), listening, path)

    async def close(self) -> None:
        """Take no more requests, finish those under way."""
        self._server.should_exit = True
        await self._serving
        self._listening.close()
        if self._path is not None:
            self._path.unlink(missing_ok=True)


class _Server(uvicorn.Server):
    """Signals are the daemon's, which stops everything in its order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(daemon: Daemon, url: str) -> uvicorn.Config:
    room = Backroom(
        store=daemon.store, site=lambda: daemon.site, url=url, clock=daemon.clock, wake=daemon.wake
    )
    return uvicorn.Config(
        FromHere(ProxyHeadersMiddleware(application(room), _PROXIES)),  # type: ignore[arg-type]  # uvicorn has own words for ASGI
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,  # it would believe the first address over a unix socket
        timeout_keep_alive=_IDLE_S,
        timeout_graceful_shutdown=_STOP_S,
        limit_concurrency=_CONNECTIONS,
    )


def _listen_on(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=_BACKLOG)


def _listen_at(path: Path) -> socket.socket:
    """Listen at a unix socket that the proxy's group may open; one of a dead daemon is replaced."""
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(path))
    path.chmod(0o660)
    listening.listen(_BACKLOG)
    return listening


def chance() -> Chance:
    """A secret of 256 bits and a code of six digits, for a link."""
    return Chance(secrets.token_urlsafe(32), f"{secrets.randbelow(1_000_000):06d}")
