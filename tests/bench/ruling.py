"""What rules cost: checking, starting with unchanged ones, and deciding stored mails again.

`python -m tests.bench.ruling` writes a firm of 2,000 properties, the case types of both packs beside those of the demo firm, and 100,000
contracts. Checking and starting are CPU seconds of a process of their own: other work on the machine does not count.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from mailroute import shipped
from mailroute.admin.check import check_directory
from mailroute.admin.replay import Question, compare
from mailroute.clock import system_clock
from mailroute.flow.activate import Installation, open_installation
from mailroute.flow.process import claim, commit, prepare
from mailroute.flow.receive import receive
from mailroute.model.mail import Delivery, Door, Trust
from mailroute.settings import Settings
from tests.bench import corpus
from tests.bench.firm import write_large

PROPERTIES, CONTRACTS, MAILS = 2_000, 100_000, 2_000
PACKS = "\npacks: [{pack: property-de, prefix: p-}, {pack: insurance-de, prefix: v-}]\n"
MOST_CHECK_S, MOST_START_S = 20.0, 1.0
LEAST_REPLAYED_PER_S = 10_000 / 60
_INBOX = "service@abc-hausverwaltung.example"


def write_firm(directory: Path, scale: float) -> Path:
    """The large firm."""
    write_large(directory, int(PROPERTIES * scale), int(CONTRACTS * scale))
    # The shipped packs lie elsewhere; a copy of them would be the site's own.
    shutil.rmtree(directory / "packs")
    organisation = directory / "organisation.yaml"
    organisation.write_text(organisation.read_text(encoding="utf-8") + PACKS, encoding="utf-8")
    return directory


def check_and_start(home: Path) -> dict[str, float]:
    """Check the rules, start for the first time, start again: CPU seconds of each."""
    settings = Settings(state=home / "state", rules=(home / "rules",))

    def start() -> None:
        open_installation(settings).store.close()

    figures = {
        "check s": _cpu_s(lambda: check_directory(home / "rules", None)),
        "first start s": _cpu_s(start),
        "start as before s": _cpu_s(start),
    }
    figures["memory MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return figures


def _cpu_s(work: Callable[[], object]) -> float:
    before = time.process_time()
    work()
    return time.process_time() - before


def replayed(home: Path, count: int) -> dict[str, float]:
    """Decide `count` mails, then decide them again on all cores: how many a second, and CPU milliseconds of each."""
    settings = Settings(state=home / "state", rules=(shipped.path("rules"),))
    inside = open_installation(settings)
    _decide(inside, count)
    inside.store.close()
    began, used = time.monotonic(), _children_s()
    *_, result = compare(Question(settings.database_url, Trust(), None), last=None, since=None)
    seconds = time.monotonic() - began
    assert (result.done, result.changed) == (count, 0), "the same rules must decide the same"
    return {
        "replay mails/s": count / seconds,
        "replay CPU ms a mail": 1000 * (_children_s() - used) / count,
    }


def _decide(inside: Installation, count: int) -> None:
    for number, mail in enumerate(corpus.make(count)):
        now = system_clock()
        delivery = Delivery(Door.FILE, mail.mail_from, (_INBOX,), mail.content, now, str(number))
        receive(delivery, inside.store, inside.site.inboxes).result()
    while claimed := claim(inside.store, "bench", system_clock()):
        for one in claimed:
            with inside.store.read() as conn:
                prepared = prepare(conn, one, inside.site, system_clock())
            commit(inside.store, prepared, system_clock()).result()


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def measure(scale: float) -> bool:
    """Print the figures with the goals; whether all are reached."""
    with tempfile.TemporaryDirectory() as scratch:
        home = Path(scratch)
        write_firm(home / "rules", scale)
        command = [sys.executable, "-m", "tests.bench.ruling", "--measure", str(home)]
        figures: dict[str, float] = json.loads(
            subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout
        )
    with tempfile.TemporaryDirectory() as scratch:
        figures |= replayed(Path(scratch), int(MAILS * scale))
    print(
        f"rules of {int(PROPERTIES * scale):,} properties and {int(CONTRACTS * scale):,} contracts (CPU s); replay on {os.cpu_count()} cores"
    )
    for figure, value in figures.items():
        print(f"  {figure:24} {value:10.2f}")
    reached = (
        ("check s", figures["check s"] <= MOST_CHECK_S, f"at most {MOST_CHECK_S:g}"),
        ("start as before s", figures["start as before s"] <= MOST_START_S, f"at most {MOST_START_S:g}"),
        ("replay mails/s", figures["replay mails/s"] >= LEAST_REPLAYED_PER_S, "10,000 mails in a minute"),
    )  # fmt: skip
    for figure, good, goal in reached:
        print(f"  {figure}: goal {goal} – {'reached' if good else 'MISSED'}")
    return all(good for _, good, _ in reached)


def main() -> int:
    """Measure and print. 0; with --check 1 if a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="exit 1 if a goal is missed")
    parser.add_argument("--scale", type=float, default=1.0, help="a part of it, for example 0.1")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.measure:
        print(json.dumps(check_and_start(arguments.measure)))
        return 0
    return 0 if measure(arguments.scale) or not arguments.check else 1


if __name__ == "__main__":
    raise SystemExit(main())
