"""Databases and decisions for tests of the store: each helper takes what the test is about and fills in the rest."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import TypeVar

from mailroute.model.decision import (
    Assurance,
    Decision,
    Disposition,
    Routing,
    Sender,
    SetTimer,
    Station,
    Step,
    TimerChange,
    TimerKind,
)
from mailroute.model.letter import Letter, Template
from mailroute.model.mail import Delivery, Door, Receipt
from mailroute.model.ticket import (
    Change,
    MessageAdded,
    Opened,
    Party,
    PartyKind,
    Place,
    Status,
    Ticket,
)
from mailroute.model.tokens import Key, Keyring
from mailroute.store.apply import Applied, apply
from mailroute.store.engine import Connection, Store, migrate
from mailroute.store.mails import Claimed, claim_intakes, store_delivery
from tests.support.factories import INBOX, NOW

T = TypeVar("T")

KEYRING = Keyring((Key("k", bytes(range(32))),))
MUELLER = Party(PartyKind.TENANT, "mueller", "Max Müller", "mueller@mieter.example")
SCHMIDT = Party(PartyKind.STAFF, "schmidt", "Jens Schmidt", "schmidt@abc-hausverwaltung.example")
LEASE = timedelta(minutes=5)


def empty_books(path: Path) -> None:
    """Put a SQLite file there as `migrate` makes it: the tables of this version and nothing in them."""
    path.touch(mode=0o600)
    path.write_bytes(_empty_books())


@cache
def _empty_books() -> bytes:
    # Made once for a run: forty tables take longer than most tests. Nobody has the file open any more when it is read.
    with tempfile.TemporaryDirectory(prefix="mailroute-books-") as folder:
        path = Path(folder) / "mailroute.db"
        migrate(f"sqlite:///{path}")
        return path.read_bytes()


def write(store: Store, work: Callable[[Connection], T]) -> T:
    """Run one work and wait for its commit."""
    return store.write(work).result(timeout=60)


def a_delivery(content: bytes = b"Subject: Dachrinne\r\n\r\nkaputt\r\n", **more: object) -> Delivery:
    """A mail of Herr Müller to the inbox; `more` sets any other field."""
    base = Delivery(
        door=Door.SMTP,
        mail_from=MUELLER.address,
        rcpt_to=(INBOX,),
        content=content,
        received_at=NOW,
        peer="192.0.2.7",
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Delivery's own


def receive(
    store: Store,
    name: str = "1",
    *,
    organisations: tuple[str, ...] = ("abc",),
    content_key: str | None = None,
    **more: object,
) -> Receipt:
    """Store the mail called `name`: another name is another mail."""
    more.setdefault("content", f"Subject: {name}\r\n\r\ntext\r\n".encode())
    arrived = a_delivery(**more)  # type: ignore[arg-type]  # the names are Delivery's own
    routes = [(org, INBOX, arrived.rcpt_to) for org in organisations]
    return write(
        store,
        lambda tx: store_delivery(
            tx, arrived, fingerprint=f"f-{name}", content_key=content_key or f"c-{name}", routes=routes
        ),
    )


def claim(
    store: Store, *, owner: str = "w", now: datetime = NOW, lease: timedelta = LEASE, limit: int = 50
) -> tuple[Claimed, ...]:
    """Claim intakes."""
    return write(store, lambda tx: claim_intakes(tx, owner=owner, now=now, lease=lease, limit=limit)).taken


def opened(number: int, **more: object) -> Opened:
    """Herr Müller's damage becomes a ticket for Herr Schmidt."""
    base = Opened(
        number=number,
        inbox=INBOX,
        subject="Dachrinne",
        reporter=MUELLER,
        language="de",
        case_type="schadensmeldung",
        urgency=2,
        place=Place("mps12", "mps12-we03", None),
        role="sachbearbeitung",
        assignee="schmidt",
        status=Status.OFFERED,
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Opened's own


def a_letter(letter_id: str, number: int | None = 10_001, **more: object) -> Letter:
    """A notification to Herr Schmidt."""
    base = Letter(
        id=letter_id,
        organisation="abc",
        number=number,
        template=Template.NOTIFICATION,
        to=SCHMIDT,
        mail_from=f"service+b{letter_id}.kkkkkkkkkkkk@abc-hausverwaltung.example",
        message_id=f"<{letter_id}@abc-hausverwaltung.example>",
        subject="T-10001 Dachrinne",
        content=b"Subject: T-10001\r\n\r\nDachrinne\r\n",
        not_before=None,
        acknowledges=None,
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Letter's own


def a_decision(
    number: int | None,
    version: int | None,
    *changes: Change,
    timers: tuple[TimerChange, ...] = (),
    **more: object,
) -> Decision:
    """What follows, for the ticket at `version`."""
    base = Decision(
        disposition=Disposition.OPEN if version == 0 else Disposition.APPEND,
        organisation="abc",
        number=number,
        expects_version=version,
        actor=MUELLER,
        changes=changes,
        notices=(),
        timers=timers,
        trace=(Step(Station.MATCH, "mps12", "“Max-Planck-Str. 12”", "properties/mps12.yaml:3"),),
        routing=Routing(Sender(MUELLER, Assurance.ADDRESS), None, None, None, None),
        ticket=None,
        ruleset="r1",
    )
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Decision's own


@dataclass(frozen=True)
class Case:
    """A ticket in the database, with the mail that opened it."""

    number: int
    claimed: Claimed


def put(
    store: Store,
    decision: Decision,
    *letters: Letter,
    cause: str = "c",
    intake: int | None = None,
    timer: int | None = None,
    now: datetime = NOW,
) -> Applied:
    """Apply a decision and wait for the commit."""
    return write(
        store,
        lambda tx: apply(
            tx, decision, letters, cause=cause, intake=intake, timer=timer, facts_note="{}", now=now
        ),
    )


def opening(claimed: Claimed, *, letters: int = 2) -> tuple[Decision, tuple[Letter, ...]]:
    """The decision that opens a ticket for a claimed mail: two events, two letters, two timers."""
    number, intake = claimed.fresh_number, claimed.envelope.intake_id
    decision = a_decision(
        number,
        0,
        opened(number),
        MessageAdded(intake, MUELLER, f"<m{intake}@mieter.example>", 0),
        timers=(
            SetTimer(TimerKind.REMIND, NOW + timedelta(hours=8)),
            SetTimer(TimerKind.ESCALATE, NOW + timedelta(hours=24)),
        ),
    )
    to = (SCHMIDT, MUELLER)
    made = tuple(a_letter(f"abc-m{intake}-{n}", number, to=to[n % 2]) for n in range(letters))
    return decision, made


def open_case(store: Store, name: str = "1", **more: object) -> Case:
    """Receive, claim and decide one mail."""
    receive(store, name, **more)  # type: ignore[arg-type]  # the names are Delivery's own
    (claimed,) = claim(store)
    decision, letters = opening(claimed)
    intake = claimed.envelope.intake_id
    put(store, decision, *letters, cause=f"m{intake}", intake=intake)
    return Case(claimed.fresh_number, claimed)


def ticket_of(store: Store, number: int, organisation: str = "abc") -> Ticket:
    """The ticket, which must exist."""
    from mailroute.store.tickets import ticket

    with store.read() as conn:
        found = ticket(conn, organisation, number)
    assert found is not None
    return found


_LOOK = """
import sqlite3, sys
books = sqlite3.connect(sys.argv[1])
print(books.execute("SELECT count(*) FROM ticket").fetchone()[0])
books.close()
"""


def tickets_seen_by_another_process(path: Path) -> int:
    """Have another process open an SQLite file, count its tickets and close it, as `mailroute ticket list` does."""
    command = [sys.executable, "-c", _LOOK, str(path)]
    return int(subprocess.run(command, capture_output=True, check=True, timeout=60).stdout)
