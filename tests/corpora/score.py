"""Read all corpora and print how well: `make bench-parse`, or `python -m tests.corpora.score [-v]`.

"strict" takes every expectation at its word; "explained" counts those as right of which `disagreements.toml` says why
they are wrong.
"""

from __future__ import annotations

import sys
import time

from mailroute.message.parse import parse
from tests.corpora import contents, machines, replies
from tests.corpora.places import ABSENT, HELD, Figure, all_mails, short

_SMALL_BYTES = 100_000


def speed() -> tuple[Figure, list[float]]:
    """Every mail ends in a Message; the milliseconds that each under 100 kB took, in order.

    Time of the processor, the best of two: other programs on the machine say nothing about our code.
    """
    figure, took_ms = Figure("read at all"), []
    for path, content in all_mails():
        best = 1e9
        for _ in range(2):
            start = time.process_time()
            parse(content)
            best = min(best, (time.process_time() - start) * 1000)
        figure.count(short(path), best < 5000, f"{best:.0f} ms")
        if len(content) < _SMALL_BYTES:
            took_ms.append(best)
    return figure, sorted(took_ms)


def percentile(took_ms: list[float], share: float) -> float:
    """The time that `share` of all mails kept within."""
    return took_ms[int(share * (len(took_ms) - 1))] if took_ms else 0.0


def main(arguments: list[str]) -> int:
    """Print one line per figure; with -v each miss below it."""
    if not HELD.is_dir():
        print(ABSENT)
        return 0
    read, took_ms = speed()
    print(f"{'':20} {'strict':>18}   {'explained':>18}")
    for figure in [read, *contents.figures(), *machines.figures(), *replies.figures()]:
        strict = f"{figure.hits - figure.agreed:5}/{figure.total:<5} {100 * figure.strict_share:6.2f} %"
        explained = f"{figure.hits:5}/{figure.total:<5} {100 * figure.share:6.2f} %"
        agreed = f"  {figure.agreed} known disagreements" if figure.agreed else ""
        print(f"{figure.name:20} {strict}   {explained}{agreed}")
        for miss in figure.misses if "-v" in arguments else ():
            print(f"    {miss}")
    print(
        f"time per mail below {_SMALL_BYTES // 1000} kB: median {percentile(took_ms, 0.5):.2f} ms, "
        f"95 % {percentile(took_ms, 0.95):.2f} ms, slowest {percentile(took_ms, 1):.0f} ms"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
