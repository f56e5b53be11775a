"""What comes by the clock is done one by one, and what goes wrong with one stops none of the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from mailroute import log
from mailroute.errors import TryLater

T = TypeVar("T")


def one_by_one(items: Iterable[T], do: Callable[[T], int], name: Callable[[T], tuple[str, str]]) -> int:
    """Do each; returns the sum of what `do` returned. One that fails is logged and left to a later tick.

    `name` says for the log of which kind it is, and its ticket or "-". Raises TryLater: then the store is gone for all.
    """
    done = 0
    for one in items:
        try:
            done += do(one)
        except TryLater:
            raise
        except Exception as error:  # noqa: BLE001 - the ticker (design §11): one of them stops no other
            kind, ticket = name(one)
            log.emit("timer-failed", kind=kind, ticket=ticket, error=type(error).__name__)
    return done
