"""What only memory knows until the database takes it: what the relay said, and which mails are given back."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from mailroute.errors import TryLater
from mailroute.store.engine import Connection, Store

Work = Callable[[Connection], Any]


class Unwritten:
    """Works on their way to the writer, kept until they are in the books. Of one loop, not for several threads.

    Forgotten, the relay's yes would become a second copy of the letter, and a mail that was not decided because the
    disk was full would rest until its lease runs out. A crash forgets them: that is what the leases are for.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._works: list[tuple[Work, Future[Any]]] = []

    def write(self, work: Work) -> None:
        """Give a work to the writer. Raises TryLater if the database is being closed."""
        self._works.append((work, self._store.write(work)))

    def settle(self) -> None:
        """Wait until everything is written; what the database could not take is given to it again.

        Raises TryLater if there was any: the loop rests and comes back here before it begins anything new.
        """
        told, self._works = [(work, future.exception()) for work, future in self._works], []
        later = [error for _, error in told if isinstance(error, TryLater)]
        for work, error in told:
            if isinstance(error, TryLater):
                self.write(work)
        for _, error in told:
            if error is not None and not isinstance(error, TryLater):
                raise error
        if later:
            raise later[0]
