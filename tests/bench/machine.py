"""What processes cost, read from /proc: CPU time and memory of one process and all it has started."""

from __future__ import annotations

import os
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

_TICK_S = 1 / os.sysconf("SC_CLK_TCK")
_SAMPLE_EVERY_S = 0.25


def family(pid: int) -> list[int]:
    """The process and its descendants that live now."""
    children: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                children.setdefault(int(_stat(int(entry.name))[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        waiting += children.get(one, [])
    return found


def cpu_s(pid: int) -> float:
    """CPU seconds of the process and its descendants, those that have ended and were waited for included."""
    total = 0
    for one in family(pid):
        with suppress(OSError):
            total += sum(map(int, _stat(one)[11:15]))
    return total * _TICK_S


def _stat(pid: int) -> list[str]:
    """Fields of /proc/PID/stat from the third on; the second may hold blanks and brackets."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()


@dataclass(frozen=True, slots=True)
class Memory:
    """Peaks in MB: shared pages counted once (`shared_out`), counted in each process (`sum_of_rss`), the largest process."""

    shared_out: float
    sum_of_rss: float
    largest: float


class MemoryWatch:
    """Looks at a family of processes four times a second until it is left; `peak` is what it saw."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self.peak = Memory(0, 0, 0)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._thread.join()
        self._look()

    def _run(self) -> None:
        while not self._stopping.wait(_SAMPLE_EVERY_S):
            self._look()

    def _look(self) -> None:
        every = [_memory(pid) for pid in family(self._pid)]
        pss, rss = sum(one[0] for one in every), sum(one[1] for one in every)
        largest = max((one[1] for one in every), default=0)
        seen = self.peak
        self.peak = Memory(max(seen.shared_out, pss), max(seen.sum_of_rss, rss), max(seen.largest, largest))


def _memory(pid: int) -> tuple[float, float]:
    """(PSS, RSS) in MB; nothing if the process has just ended."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:
        return 0, 0
    fields = {name: rest.split() for name, _, rest in (line.partition(":") for line in lines[1:])}
    return int(fields["Pss"][0]) / 1000, int(fields["Rss"][0]) / 1000
