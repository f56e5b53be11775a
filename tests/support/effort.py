"""How much work something is, whatever else the machine does: in seconds of a quiet one, by work measured beside it."""

from __future__ import annotations

import time
from collections.abc import Callable

# So much counting is a tenth of a second of one core when nothing else runs.
_COUNTED = 2_000_000
_QUIET_S = 0.1


def effort_s(work: Callable[[], object]) -> float:
    """CPU seconds of `work` on a quiet machine.

    Two processes on two cores slow each other down by half; where it could matter, that is measured and taken out.
    """
    begin = time.process_time()
    work()
    spent = time.process_time() - begin
    if spent < _QUIET_S:
        return spent
    begin = time.process_time()
    sum(number * number for number in range(_COUNTED))
    return spent * min(1.0, _QUIET_S / (time.process_time() - begin))


def is_quick(work: Callable[[], object], limit_s: float = 1.0) -> bool:
    """Whether `work` takes less than that. Noise only ever adds: the smaller of two is nearer to the truth."""
    return effort_s(work) < limit_s or effort_s(work) < limit_s
