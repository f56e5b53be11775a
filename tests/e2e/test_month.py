"""A month in virtual time: 300 tickets, 12 staff, 4 partners, absences, holidays and both changes of clocks (issue 5).

Everything but the network is real: rules, SQLite, letters as bytes, replies as mails that are read again. People answer
late, wrongly, or not at all. In the end every ticket is closed or exactly one is asked to act, every reminder went out
exactly once, and the books are right (REQ-E8, E11).
"""

from __future__ import annotations

import heapq
import random
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import Row, select

from mailroute.clock import StoppedClock
from mailroute.flow.activate import Installation, open_installation
from mailroute.flow.daily import write_daily
from mailroute.flow.deliver import deliver_due
from mailroute.flow.process import Prepared, claim, prepare, process_batch
from mailroute.flow.receive import receive
from mailroute.flow.remind import remind_due
from mailroute.flow.unwritten import Unwritten
from mailroute.flow.upkeep import keep_up
from mailroute.model.letter import SendOutcome, SendResult
from mailroute.model.mail import Delivery, Door
from mailroute.model.ticket import Event, PartyKind, Reminded, Status
from mailroute.settings import Settings
from mailroute.store import tables as t
from mailroute.store.agenda import tasks
from mailroute.store.mails import Claimed
from mailroute.store.tickets import events, tickets
from mailroute.store.verify import verify
from tests.support.house import Letter, a_mail, a_reply

BERLIN = ZoneInfo("Europe/Berlin")
INBOX = "service@firma.example"
TICK = timedelta(hours=1)
STAFF = [f"person{n:02}" for n in range(1, 13)]
PARTNERS = ["dach", "elektro", "maler", "sanitaer"]
HOUSES = ["Ahornweg", "Birkenweg", "Cäcilienweg", "Dornweg", "Eichenweg", "Fichtenweg"]

ORGANISATION = """\
id: firma
name: Firma GmbH
inboxes: [{address: service@firma.example}]
triage_role: zentrale
fallback_role: objektbetreuung
lead_role: leitung
administrator_role: leitung
calendar: bayern
features: [quiet-hours]
deadlines: {remind_after: 4h, remind_every: 1d, escalate_after: 2d, done_within: 3d}
footer: Firma GmbH
"""
ROLES = """\
zentrale: {name: Zentrale, site_wide: [person11, person12]}
leitung: {name: Leitung, site_wide: [person12]}
objektbetreuung: {name: Objektbetreuung, site_wide: [person10, person09]}
buchhaltung: {name: Buchhaltung}
technik: {name: Technik}
bereitschaft: {name: Bereitschaft, site_wide: [person08, person07]}
"""
CALENDARS = """\
bayern: {hours: {mo-do: "8:00-12:00, 13:00-17:00", fr: "8:00-14:00"}, region: DE-BY, closed: [24.12.]}
sachsen: {hours: {mo-fr: 7:00-15:00}, region: DE-SN}
immer: {hours: {mo-so: 0:00-24:00}}
werktage: {hours: {mo-fr: 8:00-17:00}, region: DE-BY, working_days: mo-sa, saturday_end: moves}
"""
CASE_TYPES = """\
notfall:
  name: Notfall
  role: bereitschaft
  emergency: yes
  when: {words: [rohrbruch]}
  deadlines: {done_within: 1d}
rechnung:
  name: Rechnung
  role: buchhaltung
  when: {words: [rechnung]}
  deadlines: {remind_after: 4h, remind_every: 1d, escalate_after: 2d, done_within: 3d}
schaden:
  name: Schaden
  role: technik
  when: {words: [dachrinne]}
  deadlines:
    react_within: 1d
    done_within: 4d
    ladder: [{at: 50%}, {at: 100%, to: [assignee, deputy]}, {every: 1d, to: [assignee, deputy, lead]}]
"""


def write_rules(folder: Path, first: date) -> Path:
    """The firm: twelve people in three calendars, six houses, four partners, two absences that are written down."""
    (folder / "properties").mkdir(parents=True)
    files = {
        "organisation.yaml": ORGANISATION,
        "roles.yaml": ROLES,
        "calendars.yaml": CALENDARS,
        "case-types.yaml": CASE_TYPES,
        "staff.yaml": "".join(_person(n, name) for n, name in enumerate(STAFF)),
        "partners.yaml": "".join(
            f"{name}: {{name: {name.title()} GmbH, email: {name}@partner.example, order: {n}, calendar: werktage}}\n"
            for n, name in enumerate(PARTNERS)
        ),
        "absences.yaml": (
            f"- {{staff: person01, from: {first + timedelta(days=5)}, to: {first + timedelta(days=11)}, "
            "deputy: person02, open_tickets: yes}\n"
            f"- {{staff: person02, from: {first + timedelta(days=9)}, to: {first + timedelta(days=12)}, deputy: person03}}\n"
            f"- {{staff: person11, from: {first + timedelta(days=14)}, to: {first + timedelta(days=14)}, half: morning}}\n"
        ),
    }
    for number, street in enumerate(HOUSES):
        one, other = STAFF[number], STAFF[(number + 1) % 6]
        files[f"properties/haus-{number}.yaml"] = (
            f"street: {street}\nhouse_number: {number + 1}\npostcode: 8033{number}\ntown: München\n"
            f"roles: {{buchhaltung: [{one}, {other}], technik: [{other}, {one}]}}\n"
        )
    for name, text in files.items():
        (folder / name).write_text(text)
    return folder


def _person(n: int, name: str) -> str:
    calendar = "immer" if name in ("person07", "person08") else ("sachsen" if n % 4 == 3 else "bayern")
    more = ", digest: yes" if name in ("person05", "person06") else ""
    return f"{name}: {{name: {name.title()}, email: {name}@firma.example, calendar: {calendar}{more}}}\n"


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter as it stands in the books once it was sent."""

    template: str
    number: int | None
    letter: Letter


@dataclass
class World:
    """The firm, the clock and everybody outside and inside who writes mails."""

    firm: Installation
    clock: StoppedClock
    chance: random.Random
    first: datetime
    last: datetime
    inbound: list[tuple[datetime, int, str, str, bytes]] = field(default_factory=list)
    sent: Counter[bytes] = field(default_factory=Counter)
    said_away: set[str] = field(default_factory=set)
    away: dict[str, tuple[datetime, datetime]] = field(default_factory=dict)
    _order: Iterator[int] = field(default_factory=count)
    _seen: int = 0

    # --- the relay --------------------------------------------------------------------------------------------

    def send(self, mail_from: str, to: str, content: bytes) -> SendResult:
        """Take every letter."""
        self.sent[content] += 1
        return SendResult(SendOutcome.SENT, "250 2.0.0 Ok")

    # --- time -------------------------------------------------------------------------------------------------

    def run(self) -> None:
        """Let the month pass, tick by tick, and then long enough for the last reminders."""
        while self.clock() < self.last:
            self.tick()
            self.clock.turn_to(self.clock() + TICK)

    def tick(self) -> None:
        """What a daemon does when it wakes, in its order."""
        store, site, clock = self.firm.store, self.firm.site, self.clock
        unwritten = Unwritten(store)
        while self.inbound and self.inbound[0][0] <= clock():
            _, _, sender, to, content = heapq.heappop(self.inbound)
            receive(
                Delivery(Door.SMTP, sender, (to,), content, clock(), "192.0.2.7"), store, site.inboxes
            ).result()
        while claimed := claim(store, "w", clock()):
            process_batch(store, claimed, self._prepare, clock, unwritten)
        while remind_due(store, site, owner="w", clock=clock):
            pass
        keep_up(store, site, clock=clock)
        write_daily(store, site, clock=clock)
        jitter = random.Random(1)
        while deliver_due(
            store, self, unwritten, owner="w", clock=clock, jitter=jitter, goes_on=lambda: True
        ):
            pass
        for posted in self._new_letters():
            self.read(posted)

    def _prepare(self, claimed: Claimed, following: Claimed | None = None) -> Prepared:
        with self.firm.store.read() as conn:
            return prepare(conn, claimed, self.firm.site, self.clock())

    def _new_letters(self) -> list[Posted]:
        columns = (
            t.outbox.c.position,
            t.outbox.c.template,
            t.outbox.c.number,
            t.outbox.c.to_address,
            t.outbox.c.content,
        )
        wanted = select(*columns).where(t.outbox.c.position > self._seen, t.outbox.c.state == "sent")
        held = (
            select(t.outbox.c.position)
            .where(t.outbox.c.state == "waiting")
            .order_by(t.outbox.c.position)
            .limit(1)
        )
        with self.firm.store.read() as conn:
            rows = conn.execute(wanted.order_by(t.outbox.c.position)).all()
            first_held = conn.execute(held).scalar()
        fresh = [row for row in rows if row.position not in self._read_before]
        self._read_before |= {row.position for row in fresh}
        self._seen = max(self._seen, (first_held or (rows[-1].position + 1 if rows else self._seen + 1)) - 1)
        return [Posted(row.template, row.number, Letter("", row.to_address, row.content)) for row in fresh]

    _read_before: set[int] = field(default_factory=set)

    # --- people -----------------------------------------------------------------------------------------------

    def write(self, at: datetime, sender: str, content: bytes, to: str = INBOX) -> None:
        """A mail that will arrive at that time."""
        heapq.heappush(self.inbound, (at, next(self._order), sender, to, content))

    def read(self, posted: Posted) -> None:
        """Somebody gets a letter and does what people do."""
        name, _, domain = posted.letter.to.partition("@")
        if domain == "firma.example":
            self._colleague(name, posted)
        elif domain == "partner.example" and posted.template == "partner-offer":
            self._partner(posted)
        elif domain == "partner.example" and posted.template == "partner-reminder":
            self.answer(posted, "erledigt: gemacht", hours=20)

    def _colleague(self, name: str, posted: Posted) -> None:
        since, until = self.away.get(name, (self.last, self.last))
        if since <= self.clock() <= until:
            if name == "person04" and name not in self.said_away:
                self._out_of_office(name, posted, until)
            return
        if name in ("person03", "person09") and name not in self.said_away:
            self._goes_away(name, posted)
        if posted.template == "digest":
            self._works_through(posted)
        if posted.template in ASKS and posted.number is not None:
            self.answer(posted, self._what_to_say(posted), hours=self.chance.uniform(0.5, 30))

    def _works_through(self, digest: Posted) -> None:
        """A click on a number in the digest begins the reply to that ticket."""
        tags = re.findall(r"mailto:service%2B(t[1-9]\d*\.\w+)@", digest.letter.everything)
        for tag in dict.fromkeys(tags):
            if self.chance.random() < 0.5:
                to = f"service+{tag}@firma.example"
                mail = a_mail(digest.letter.to, "Re: aus dem Überblick", "annehmen\nerledigt: fertig", to=to)
                self.write(self.clock() + timedelta(hours=2), digest.letter.to, mail, to)

    def _what_to_say(self, posted: Posted) -> str:
        """Late, wrongly, to somebody else, or nothing; towards the end of the month everybody tidies up."""
        if self.clock() > self.last - timedelta(days=9):
            return "übernehmen\nerledigt: fertig"
        draw = self.chance.random()
        if posted.template == "escalation":
            return "übernehmen" if draw < 0.3 else ""
        choices = (
            (0.30, ""), (0.50, "annehmen"), (0.75, "annehmen\nerledigt: fertig"), (0.82, f"weiter an: {self.chance.choice(STAFF)}"),
            (0.88, "frist in 2 Tagen"), (0.93, f"weiter an: {self.chance.choice(PARTNERS).title()}"), (0.96, "anehmen"),
        )  # fmt: skip
        return next((text for share, text in choices if draw < share), "ablehnen: nicht meins")

    def _partner(self, posted: Posted) -> None:
        draw = self.chance.random()
        if draw < 0.5:
            self.answer(posted, "annehmen", hours=5)
            self.answer(posted, "erledigt: gemacht", hours=60)
        elif draw < 0.7:
            self.answer(posted, "ablehnen: keine Zeit", hours=9)

    def _goes_away(self, name: str, posted: Posted) -> None:
        """They say so by mail: who stands in, and that open tickets go along."""
        self.said_away.add(name)
        first, last = self.clock() + timedelta(days=2), self.clock() + timedelta(days=6)
        self.away[name] = (first, last)
        text = f"abwesend {first:%d.%m.} bis {last:%d.%m.} Vertretung Person10, auch offene Vorgänge"
        self.answer(posted, text, hours=0.5)

    def _out_of_office(self, name: str, posted: Posted, until: datetime) -> None:
        self.said_away.add(name)
        text = f"Ich bin bis zum {until:%d.%m.%Y} nicht im Büro."
        headers = {"Auto-Submitted": "auto-replied"}
        self.write(
            self.clock() + TICK,
            "",
            a_reply(posted.letter, posted.letter.to, text, headers=headers),
            posted.letter.reply_to,
        )

    def answer(self, posted: Posted, text: str, *, hours: float) -> None:
        """Reply after a while; nothing said, nothing sent."""
        if text:
            mail = a_reply(posted.letter, posted.letter.to, text)
            self.write(self.clock() + timedelta(hours=hours), posted.letter.to, mail, posted.letter.reply_to)


ASKS = frozenset(
    {
        "notification", "triage", "assigned", "returned", "stand-in", "lent-back", "reopened", "reminder", "escalation",
        "follow-up-due", "partner-expired", "preview",
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("first", "number"),
    [(date(2026, 10, 5), 300), (date(2026, 3, 16), 60)],
    ids=["summer time ends", "summer time begins"],
)
def test_a_month_ends_with_every_ticket_closed_or_with_one_who_must_act(
    tmp_path: Path, first: date, number: int
) -> None:
    begin = datetime(first.year, first.month, first.day, 6, tzinfo=BERLIN)
    clock = StoppedClock(begin)
    rules = write_rules(tmp_path / "rules", first)
    firm = open_installation(Settings(state=tmp_path / "state", rules=(rules,)), clock=clock)
    world = World(firm, clock, random.Random(number), begin, begin + timedelta(days=33))
    world.away["person04"] = (begin + timedelta(days=7), begin + timedelta(days=12))
    everybody_writes(world, number)
    try:
        world.run()
        check(world, number)
    finally:
        firm.store.close()


def everybody_writes(world: World, number: int) -> None:
    """So many mails by so many people, spread over the first three weeks, at any hour of any day."""
    matters = ("Frage zu meiner Rechnung", "Dachrinne kaputt", "Ich habe eine Frage", "Rohrbruch")
    for n in range(number):
        subject = world.chance.choices(matters, (45, 40, 12, 3))[0]
        house = n % len(HOUSES)
        sender = f"mieter{n}@post{n}.example"
        at = world.first + timedelta(minutes=world.chance.randrange(21 * 24 * 60))
        text = f"Guten Tag,\n\nes geht um den {HOUSES[house]} {house + 1}. {subject}.\n\nViele Grüße"
        world.write(at, sender, a_mail(sender, f"{subject} ({n})", text))


def check(world: World, number: int) -> None:
    """The end of the month."""
    store, now = world.firm.store, world.clock()
    with store.read() as conn:
        every = tickets(conn, "firma", limit=10_000)
        open_tasks = tasks(conn, "firma")
        log = {one.number: events(conn, "firma", one.number) for one in every}
        outbox = conn.execute(select(t.outbox)).all()
        assert verify(conn, contents=True) == ()
    assert len(every) == number
    closed = [one for one in every if one.status is Status.CLOSED]
    assert len(closed) + len(open_tasks) == number
    assert len(closed) > 0.9 * number
    for task in open_tasks:
        kind, who = task.ticket.waits_for or (None, "")
        assert (kind, who in STAFF) in ((PartyKind.STAFF, True), (PartyKind.PARTNER, False)), task
        # Whoever must act is asked to, and not only some day.
        assert task.due is not None, task
        assert task.due < now + timedelta(days=15), task
    each_letter_went_out_once(world, outbox)
    each_reminder_went_out_once(log, outbox)


def each_letter_went_out_once(world: World, outbox: Sequence[Row[Any]]) -> None:
    assert set(world.sent.values()) == {1}
    states = Counter(row.state for row in outbox)
    assert set(states) <= {"sent", "waiting", "stopped"}
    assert states["sent"] == len(world.sent)


def each_reminder_went_out_once(log: Mapping[int, Sequence[Event]], outbox: Sequence[Row[Any]]) -> None:
    """One firing of a timer is one event and one letter to each who is named; no letter is without its event."""
    fired = Counter(
        (number, event.cause)
        for number, past in log.items()
        for event in past
        if isinstance(event.change, Reminded)
    )
    assert len(fired) > 50
    assert set(fired.values()) == {1}
    letters = Counter(
        (row.number, row.id.split("-")[1], row.to_address) for row in outbox if row.template == "reminder"
    )
    assert set(letters.values()) == {1}
    assert {(number, cause) for number, cause, _ in letters} <= set(fired)
