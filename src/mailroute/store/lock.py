"""One daemon per SQLite file: an flock on <database>.lock, which the kernel lets go of when the process dies."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from mailroute.errors import TryLater
from mailroute.store.trouble import AlreadyRunning


class FileLock:
    """Hold the lock file of `database` until `release`. The file itself stays: removing it would race."""

    def __init__(self, database: Path) -> None:
        """Raises AlreadyRunning if another process has it, TryLater if the folder cannot be written."""
        path = database.with_name(database.name + ".lock")
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise TryLater(f"{path} cannot be opened: {error.strerror}.") from error
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 20, 0).decode("ascii", "replace").strip()
            os.close(descriptor)
            who = f" (process {holder})" if holder.isdigit() else ""
            raise AlreadyRunning(
                f"Another mailroute{who} already works with {database}. Two on one SQLite file would disturb each "
                "other: stop the other one first, or use PostgreSQL for several daemons."
            ) from None
        try:
            os.ftruncate(descriptor, 0)
            os.pwrite(descriptor, f"{os.getpid()}\n".encode("ascii"), 0)
        except OSError as error:
            os.close(descriptor)
            raise TryLater(f"{path} cannot be written: {error.strerror}.") from error
        self._descriptor: int | None = descriptor

    def release(self) -> None:
        """Let others in. Harmless when repeated: by then the number may be another file's."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor is not None:
            os.close(descriptor)
