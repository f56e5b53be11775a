"""A real ticket → a routing test, with everybody in it replaced by invented people (`mailroute test --record`).

The test is written only if the rules do the same with the invented mail as with the real one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailroute.admin.explain import Laboratory
from mailroute.admin.history import find
from mailroute.admin.impossible import Impossible
from mailroute.admin.invented import Invented, compact, words_of
from mailroute.admin.trial import Difference, read_tests, run_tests
from mailroute.admin.view import decision_view, routing_view
from mailroute.errors import RulesetInvalid
from mailroute.flow.again import read_again
from mailroute.model.address import Address
from mailroute.model.condition import DomainIs, FromIs, HeaderHas, Phrase, Words
from mailroute.model.directory import Person
from mailroute.model.mail import Trust
from mailroute.model.message import Message
from mailroute.model.ruleset import Ruleset
from mailroute.model.ticket import Ticket
from mailroute.routing.conditions import parts_of
from mailroute.rules import Loaded
from mailroute.rules.files import collect_tests
from mailroute.rules.json_schema import comment
from mailroute.rules.report import Report
from mailroute.rules.routing_tests import NOTHING
from mailroute.rules.written import as_yaml
from mailroute.store.engine import Connection
from mailroute.store.replays import DecidedMail, decided_mails, first_decision
from mailroute.store.tickets import events

FILE = "tests/recorded.yaml"
_HEADING = comment(FILE) + (
    "# Routing tests made from real tickets by `mailroute test --record`; everybody in them is invented.\n"
    "# Edit them as you like: what is written here stays when another one is added.\n"
)
_EXPECTED = ("property", "unit", "contract", "case_type", "urgency", "role", "assignee")
# Fields besides those that the rules ask for which decide what a mail is.
_HEADERS = (
    "reply-to", "auto-submitted", "precedence", "list-id", "x-auto-response-suppress", "x-loop", "x-mailroute-assignee",
)  # fmt: skip
_NO_TEXT = re.compile("[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, slots=True)
class Recorded:
    """The new test: its YAML, the whole file with it, and what whoever reads it should know."""

    name: str
    entry: str
    file_text: str
    notes: tuple[str, ...]


def record(
    conn: Connection,
    directory: Path,
    loaded: Loaded,
    ticket: tuple[str | None, int],
    trust: Trust,
    keys: tuple[bytes, ...],
) -> Recorded:
    """Make the test for the mail that opened the ticket. Raises Impossible with what to say, RulesetInvalid."""
    found, mail = _first_mail(conn, *ticket)
    message = read_again(mail, trust, keys).message
    wanted = _expectation(loaded, mail)
    name = f"{found.label}: {wanted['expect'].get('case_type', wanted['expect']['disposition'])}"
    before = dict(collect_tests(directory, Report())).get(FILE, _HEADING)
    if f"{found.label}: " in before:
        raise Impossible(f"{FILE} has a test of {found.label} already; delete it to record it anew")
    differences: Sequence[Difference] = ()
    for text in dict.fromkeys((message.new_text, message.text)):
        invented = _invented(loaded, mail, found.number)
        entry = _entry(name, text, message, mail, loaded, invented, wanted["expect"])
        file_text = before.rstrip("\n") + "\n\n" + entry
        differences = _tried(directory, loaded, name, file_text)
        if not differences:
            return Recorded(name, entry, file_text, tuple(_notes(found, mail, wanted["view"], invented)))
    said = "; ".join(f"{one.key}: {one.expected} → {one.got}" for one in differences)
    raise Impossible(
        f"{found.label}: with invented names its mail would be routed otherwise ({said}); nothing was written. "
        "Write the test by hand (docs/rules.md)."
    )


def _first_mail(conn: Connection, org: str | None, number: int) -> tuple[Ticket, DecidedMail]:
    """The ticket and the mail that opened it. Raises Impossible."""
    found = find(conn, org, number)
    if found is None:
        raise Impossible(f"T-{number}: there is no such ticket")
    history = events(conn, found.organisation, number)
    cause = re.fullmatch(r"m(\d+)", history[0].cause) if history else None
    decision = first_decision(conn, int(cause[1])) if cause else None
    if decision is None:
        raise Impossible(f"{found.label} was not opened by a mail that is still kept")
    (mail,) = decided_mails(conn, [decision])
    if not mail.content:
        raise Impossible(f"{found.label}: its mail has been erased")
    return found, mail


def _expectation(loaded: Loaded, mail: DecidedMail) -> dict[str, Any]:
    """What these rules do with the real mail: as `expect` of a test, and as `explain` shows it."""
    at = mail.envelope.received_at
    laboratory = Laboratory.open((loaded,), None, at)
    try:
        decision, _ = laboratory.explain(mail.content, at, mail.envelope.inbox)
    finally:
        laboratory.close()
    view = decision_view("", decision, ())
    expect = {"disposition": view["disposition"]}
    if view["sender"]:
        expect["sender"] = view["sender"]["kind"]
    expect |= {key: NOTHING if view[key] is None else view[key] for key in _EXPECTED}
    return {"expect": expect, "view": view}


def _invented(loaded: Loaded, mail: DecidedMail, number: int) -> Invented:
    """Knows what must stay: our own addresses, what the rules ask for, the words of our places and matters."""
    rules, found = loaded.ruleset, mail.facts.found
    asked = [part for one in rules.case_types for part in parts_of(one.when)]
    numbers = (number for one in found.contracts for number in (one.number, *one.also))
    words = [text for one in found.properties for text in (one.street, one.town, one.name, *one.aliases)]
    words += [unit.name for unit in found.units]
    words += [evidence.text for one in rules.case_types for evidence in rules.evidence_of(one)]
    words += [word for part in asked if isinstance(part, Words) for word in part.words]
    words += [phrase for part in asked if isinstance(part, Phrase) for phrase in part.phrases]
    # By their surname: a tenant may well have the first name of a colleague.
    words += [one.name.split()[-1] for one in rules.staff]
    return Invented(
        tag=f"t{number}",
        ours=frozenset(_our_addresses(rules))
        | {a for o in asked if isinstance(o, FromIs) for a in o.addresses},
        domains=frozenset(domain for one in asked if isinstance(one, DomainIs) for domain in one.domains),
        numbers=frozenset(map(compact, numbers)),
        words=words_of(words),
    )


def _our_addresses(rules: Ruleset) -> Iterator[str]:
    yield from (inbox.address for inbox in rules.organisation.inboxes)
    yield from (one.address for one in rules.partners)
    yield from (address for one in rules.staff for address in (one.address, *one.also))
    yield from rules.organisation.trusted_feeds


# --- the test ------------------------------------------------------------------------------------------------


def _entry(
    name: str,
    text: str,
    message: Message,
    mail: DecidedMail,
    loaded: Loaded,
    invented: Invented,
    expect: dict[str, Any],
) -> str:
    """The YAML of the test. What it replaces is in `invented` afterwards."""
    people = [_person(person, loaded, invented) for person in mail.facts.found.people]
    sender = message.from_[0] if message.from_ else Address("", mail.envelope.mail_from)
    for text_of_them in (sender.name, *(one.name for one in (*message.to, *message.cc))):
        invented.name(text_of_them)
    invented.learn(f"{text}\n{message.signature}")
    address = invented.address(sender.address, sender.name)
    shown = invented.name(sender.name)
    written: dict[str, Any] = {
        "from": f"{shown} <{address}>" if shown and '"' not in shown else address,
        "to": mail.envelope.inbox,
        "subject": _plain(invented.text(message.subject)),
        "text": _plain(invented.text(text)),
    }
    headers = dict(_headers(message, loaded, invented))
    attachments = [_file(n, one.name) for n, one in enumerate(message.attachments, 1) if not one.inline]
    written |= {"headers": headers} if headers else {}
    written |= {"attachments": attachments} if attachments else {}
    test: dict[str, Any] = {"name": name, "at": _moment(mail, loaded), "mail": written}
    test |= {"people": people} if people else {}
    return as_yaml([test | {"expect": expect}])


def _person(person: Person, loaded: Loaded, invented: Invented) -> dict[str, Any]:
    """Somebody of the directory as `people` of a test has them, with the first of their homes."""
    new = invented.person(person)
    home = person.occupancies[0] if person.occupancies else None
    keys = {address.key for address in person.addresses}
    grant = next(
        (one.id for one in loaded.directory.grants if keys & {member.address for member in one.members}), None
    )
    entry: dict[str, Any] = {
        "name": new.name,
        "email": [one.address for one in new.addresses],
        "relation": home.relation.value if home else "customer",
        "property": home.property if home else None,
        "unit": home.unit if home else None,
        "contracts": list(new.contracts),
        "grant": grant,
        "language": new.language,
        "number": list(new.numbers),
        "phone": list(new.phones),
        "iban": list(new.ibans),
    }
    return {key: value for key, value in entry.items() if value}


def _headers(message: Message, loaded: Loaded, invented: Invented) -> Iterator[tuple[str, str]]:
    conditions = (part for one in loaded.ruleset.case_types for part in parts_of(one.when))
    asked = {one.name.lower() for one in conditions if isinstance(one, HeaderHas)}
    for name, value in message.headers:
        if name in asked or name in _HEADERS:
            yield name, _plain(invented.text(value)).replace("\n", " ")


def _file(n: int, name: str) -> str:
    """A name of a file says who took the picture; its ending is what rules look at."""
    ending = name.rpartition(".")[2].lower() if "." in name else ""
    return f"anhang-{n}.{ending}" if ending.isalnum() else f"anhang-{n}"


def _moment(mail: DecidedMail, loaded: Loaded) -> str:
    rules = loaded.ruleset
    zone = next(one.zone for one in rules.calendars if one.id == rules.organisation.calendar)
    return f"{mail.envelope.received_at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def _plain(text: str) -> str:
    """As a block of YAML can hold it: without control characters and blanks at the ends of lines."""
    text = _NO_TEXT.sub("", text.replace("\t", "  "))
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def _tried(directory: Path, loaded: Loaded, name: str, file_text: str) -> Sequence[Difference]:
    """What the test, read back from its file, does otherwise than it expects."""
    tests, diagnostics = read_tests(directory, loaded, {FILE: file_text})
    mistakes = tuple(one for one in diagnostics if one.level == "error")
    if mistakes:
        raise RulesetInvalid(mistakes)
    test = next(one for one in tests if one.name == name)
    (outcome,) = run_tests([test], loaded, None, test.at)
    return outcome.differences


# --- what to tell --------------------------------------------------------------------------------------------


def _notes(found: Ticket, mail: DecidedMail, view: dict[str, Any], invented: Invented) -> Iterator[str]:
    on_its_day = routing_view(mail.routing, None)
    for key in _EXPECTED:
        then, now, at_last = on_its_day[key], view[key], routing_view(None, found)[key]
        if then != now:
            yield f"{key}: on its day {then or NOTHING}, with these rules {now or NOTHING}, which the test expects"
        if at_last not in (then, now) and key in ("case_type", "property", "unit", "contract"):
            yield f"{key}: people made {at_last or NOTHING} of it; write that into `expect` once the rules can do it"
    if invented.kept:
        kept = ", ".join(sorted(invented.kept))
        yield f"not replaced, because it is also a word of your rules or places: {kept}"
    yield "Read the text: a name that nothing shows to be one is still there."
