"""`kill -9` at random moments: nothing that got a 250 is lost, nothing happens twice (issue 2, "Done when").

One run is 20 kills during 500 mails and their answers. MAILROUTE_CRASH_ROUNDS says how many kills in all (`make
torture`), MAILROUTE_CRASH_SEED repeats a run: the seed of a failed one stands in its name and its output. Where a change
is judged (MAILROUTE_NO_SKIPS=1) the seeds are the same each time.
"""

from __future__ import annotations

import os
import random
import secrets
import threading
from collections.abc import Iterator

import pytest

from tests.support.crash import (
    HUBER,
    JUDGED,
    SCHMIDT,
    Mark,
    Place,
    Post,
    Sender,
    a_matter,
    a_place,
    an_answer,
    contradictions,
    id_of,
    lost,
)
from tests.support.relay import FakeRelay, Mood, Stage
from tests.support.servers import wait_until

KILLS_IN_A_RUN = 20
MAILS_IN_A_ROUND = 25
_ROUNDS = int(os.environ.get("MAILROUTE_CRASH_ROUNDS", "20"))
_SEED = os.environ.get("MAILROUTE_CRASH_SEED")

_TENANTS = tuple(
    f"{name}@mieter.example" for name in ("mueller", "aydin", "anna.bauer", "clarke", "schulz", "sommer")
)
_MATTERS = (
    "In der Max-Planck-Straße 12 ist die Dachrinne beschädigt, bitte um Reparatur.",
    "Ich habe eine Frage zur Rechnung vom Oktober, Max Planck Str. 12.",
    "Die Heizung in der Maxplanckstr. 12 wird nicht mehr warm.",
    "Viele Grüße.\n.\n..\n.dann noch eine Zeile mit Punkt",
    "Please repair the light in the hallway, Lindenweg 5.",
    "Zeile " + "sehr lang " * 400,
)
_STAFF_SAYS = (
    "annehmen",
    "notiz: habe angerufen",
    "erledigt: ist repariert",
    "Guten Tag,\n\nwir kümmern uns darum.",
    "weiter an: Huber",
)


def seeds() -> list[str]:
    """One seed a run."""
    runs = max(1, -(-_ROUNDS // KILLS_IN_A_RUN))
    if _SEED:
        return [_SEED]
    return [f"run-{run}" if JUDGED else secrets.token_hex(4) for run in range(runs)]


@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", seeds())
def test_nothing_is_lost_or_doubled_when_the_daemon_is_killed_at_random_moments(seed: str) -> None:
    print(f"MAILROUTE_CRASH_SEED={seed}")
    rng = random.Random(seed)
    with FakeRelay() as relay, a_place(relay) as place, Sender(place.port) as sender:
        # A relay that takes its time between having a letter and saying so: that is where copies come from.
        relay.moods.append(Mood(Stage.DOT, "250 2.0.0 taken", times=1_000_000, keeps=True, wait_s=0.02))
        writers = Writers(rng)
        for round_ in range(min(_ROUNDS, KILLS_IN_A_RUN)):
            place.start(wait=False)
            sender.hand_over(*writers.matters(MAILS_IN_A_ROUND), *writers.answers(relay))
            _kill_at_some_moment(place, sender, rng)
            assert lost(place, sender) == [], f"after kill {round_}"
        place.start()
        place.wait_until_quiet(sender)
        while answers := list(writers.answers(relay)):
            sender.hand_over(*answers)
            place.wait_until_quiet(sender)
        assert contradictions(place, sender) == []
        assert len(sender.posts) > MAILS_IN_A_ROUND * min(_ROUNDS, KILLS_IN_A_RUN), "nobody has answered"
        assert place.stop() == 0
        checked = place.run("verify")
        assert (checked.returncode, checked.stdout) == (0, "The books are right.\n"), checked.stderr
        print(_figures(place, sender))


def _kill_at_some_moment(place: Place, sender: Sender, rng: random.Random) -> None:
    """While it starts, while it takes mails in, or while letters leave; then a moment later."""
    letters, accepted = len(place.relay.letters), len(sender.accepted)
    kind = rng.choices(("starting", "taking mails", "sending letters"), (15, 30, 55))[0]
    wanted = rng.randrange(1, 15)
    if kind == "taking mails":
        wait_until(lambda: len(sender.accepted) >= accepted + wanted or sender.is_done, kind)
        assert len(sender.accepted) > accepted, f"nothing was accepted:\n{place.log_tail()}"
    if kind == "sending letters":
        wait_until(lambda: len(place.relay.letters) >= letters + wanted, kind)
    _after(rng.uniform(0.0, 1.0 if kind == "starting" else 0.1))
    place.kill()


def _after(seconds: float) -> None:
    """A random moment is no condition that could be waited for."""
    threading.Event().wait(seconds)


class Writers:
    """The people outside: they report matters, and answer some of the letters, each at most once a ticket."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._matters = 0
        self._looked_at = 0
        self._answered: set[tuple[int, str]] = set()

    def matters(self, count: int) -> Iterator[Post]:
        """New ones; every fifth from somebody we know."""
        for _ in range(count):
            self._matters += 1
            known = self._rng.random() < 0.2
            sender = self._rng.choice(_TENANTS) if known else f"person.{self._matters}@post.example"
            yield a_matter(self._matters, sender, self._rng.choice(_MATTERS))

    def answers(self, relay: FakeRelay) -> Iterator[Post]:
        """To letters that came since the last time, copies left aside."""
        letters = list(relay.letters)
        fresh, self._looked_at = letters[self._looked_at :], len(letters)
        for letter in fresh:
            mark = Mark.of(letter)
            if (mark.ticket, mark.to) in self._answered:
                continue
            self._answered.add((mark.ticket, mark.to))
            choice = random.Random(id_of(letter))
            if mark.to in (HUBER, SCHMIDT) and choice.random() < 0.4:
                yield an_answer(mark, choice.choice(_STAFF_SAYS))
            elif mark.to in _TENANTS and choice.random() < 0.8:
                yield an_answer(mark, "Hier noch eine Angabe: es ist im dritten Stock.")


def _figures(place: Place, sender: Sender) -> str:
    arrived = len(place.relay.letters)
    copies = arrived - len({id_of(letter) for letter in place.relay.letters})
    return (
        f"{place.said('rules-loaded')} starts, {len(sender.posts)} mails ({sender.put_off} put off), "
        f"{arrived} letters, {copies} of them copies"
    )
