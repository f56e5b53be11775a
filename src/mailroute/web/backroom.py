"""What the pages need of the daemon: the books, the rules in force, the clock. Blocking work never runs in the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar, cast
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from mailroute.clock import Clock, system_clock
from mailroute.flow.site import Office, Site
from mailroute.store.engine import Connection, Store
from mailroute.web.allowance import Allowance

T = TypeVar("T")

# What one peer may do in a quarter of an hour where it could guess or make us write letters, and one customer where each
# time may leave 35 MB in the books.
_ASKS = 20
_CODES = 30
_MESSAGES = 30


@dataclass(frozen=True, slots=True)
class Backroom:
    """`site` gives the rules in force, which change; `url` is the public address without a slash at its end.

    `wake` lets loops of the daemon look for work ("work", "deliver", "remind").
    """

    store: Store
    site: Callable[[], Site]
    url: str
    clock: Clock = system_clock
    wake: Callable[..., None] = lambda *_: None
    asks: Allowance = field(default_factory=lambda: Allowance(_ASKS))
    codes: Allowance = field(default_factory=lambda: Allowance(_CODES))
    messages: Allowance = field(default_factory=lambda: Allowance(_MESSAGES))

    @property
    def host(self) -> str:
        """What the Host header must say."""
        return urlsplit(self.url).netloc

    @property
    def is_secure(self) -> bool:
        """Whether people come over https."""
        return self.url.startswith("https://")


def backroom(request: Request) -> Backroom:
    """The one of this application."""
    return cast("Backroom", request.app.state.backroom)  # Starlette's state is untyped


def now(request: Request) -> datetime:
    """The time, UTC."""
    return backroom(request).clock()


def office(request: Request, organisation: str) -> Office:
    """The rules in force of an organisation."""
    return backroom(request).site().offices[organisation]


async def read(request: Request, function: Callable[[Connection], T]) -> T:
    """Run `function` on a read snapshot, in a thread. Raises TryLater if the database is gone."""

    def look() -> T:
        with backroom(request).store.read() as conn:
            return function(conn)

    return await run_in_threadpool(look)


async def write(request: Request, function: Callable[[Connection], T]) -> T:
    """Give `function` to the writer as one transaction; returns after its commit.

    Raises what it raises, and TryLater if the database is gone. Somebody who goes away meanwhile undoes nothing.
    """
    return await asyncio.shield(asyncio.wrap_future(backroom(request).store.write(function)))
