"""The files of `tests/`: mails with what must become of them. Reads and checks them; `admin.trial` runs them.

They are no part of the ruleset or of its hash: an old decision needs no tests to be explained.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, Field, ValidationError, model_validator

from mailroute.errors import Diagnostic
from mailroute.model.address import domain_of, plus_tag
from mailroute.model.decision import Assurance, Disposition
from mailroute.model.letter import Template
from mailroute.model.ruleset import Organisation, ReplyMode, Ruleset, Source
from mailroute.rules import values as v
from mailroute.rules.entry import Entry
from mailroute.rules.files import collect_tests
from mailroute.rules.people_of_tests import TestPerson, TestPersonEntry, check_person, person_of
from mailroute.rules.problems import report_problems
from mailroute.rules.report import Report, Spot, nearest, quoted
from mailroute.rules.tree import Tree, read_tree

# What `expect` writes where it must be nothing, because an empty value counts as not written.
NOTHING = "none"

_MAIL_BYTES = 50 * 1024 * 1024
_SENDERS = (*Assurance, "tenant", "owner", "customer", "staff", "partner", "unknown")


def _mailbox(value: object) -> str:
    text = v.filled(value)
    v.email(parseaddr(text)[1] or text)
    return text


def _moment(value: object) -> datetime:
    text = v.single(value).replace("T", " ")
    found = re.fullmatch(r"(\S+) (\d{1,2}):(\d{2})", text, re.ASCII)
    if not found or int(found[2]) > 23 or int(found[3]) > 59:
        raise v.wrong("MR209", f"{quoted(text)} is no moment", "Write it like 2026-11-24 09:02.")
    day = v.day(found[1])
    return datetime(day.year, day.month, day.day, int(found[2]), int(found[3]))  # noqa: DTZ001 - zone comes later


Mailbox = Annotated[str, BeforeValidator(_mailbox)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
OrNothing = Annotated[str, BeforeValidator(v.filled)]


class MailEntry(Entry):
    """A mail, written here or in a file."""

    from_: Mailbox | None = Field(None, alias="from", description="Address, or `Name <address>`")
    to: v.Some[Mailbox] = Field((), description="If not written, the first inbox")
    subject: v.Line = ""
    text: v.Paragraph = ""
    html: v.Paragraph = ""
    headers: dict[v.Name, v.Line] = Field(default_factory=dict, description="Further header fields")
    attachments: v.Some[v.Name] = Field((), description="Names of files, as foto.jpg; they are empty")
    file: v.Name | None = Field(
        None, description="An .eml file of the rules directory instead, seen from here"
    )

    @model_validator(mode="after")
    def _is_one_mail(self) -> Self:
        if (self.file is None) == (self.from_ is None):
            remedy = "Write `from: somebody@firm.example` with `subject` and `text`, or `file: mail.eml`."
            raise v.wrong("MR202", "a mail has exactly one of `from` and `file`", remedy)
        return self


class LetterEntry(Entry):
    """A letter that must go out."""

    template: Annotated[str, BeforeValidator(v.one_of(*Template))]
    to: v.Email | None = None


def _letters(value: object) -> object:
    return [] if value == NOTHING else v.listed(value)


class ExpectEntry(Entry):
    """What must become of the mail; only what is written is compared, `none` means nothing."""

    disposition: Annotated[str, BeforeValidator(v.one_of(*Disposition))] | None = None
    property: OrNothing | None = None
    unit: OrNothing | None = None
    contract: OrNothing | None = None
    case_type: OrNothing | None = None
    urgency: v.Urgency | None = None
    role: OrNothing | None = None
    assignee: OrNothing | None = None
    informed: Annotated[v.Some[v.Id], BeforeValidator(_letters)] | None = None
    accept_by: Moment | None = None
    sender: Annotated[str, BeforeValidator(v.one_of(*_SENDERS))] | None = Field(
        None, description="Kind of the sender, or how sure we are who it is"
    )
    letters: Annotated[tuple[LetterEntry, ...], BeforeValidator(_letters)] | None = None

    @model_validator(mode="after")
    def _expects_something(self) -> Self:
        if not self.model_fields_set:
            remedy = "Write what must come out, like `case_type: heizung` or `assignee: huber`."
            raise v.wrong("MR202", "a test that expects nothing can never fail", remedy)
        return self


class TestEntry(Entry):
    """One routing test."""

    __test__ = False

    name: v.Name
    at: Moment = Field(description="When the mail comes in, local time of the organisation's calendar")
    mail: MailEntry
    people: v.Some[TestPersonEntry] = ()
    expect: ExpectEntry


@dataclass(frozen=True, slots=True)
class RoutingTest:
    """A routing test without mistakes. `content` is the file that holds the mail, None if `mail` says it itself."""

    name: str
    at: datetime
    zone: str
    mail: MailEntry
    content: bytes | None
    expect: ExpectEntry
    source: Source
    people: tuple[TestPerson, ...] = ()


def read_routing_tests(
    directory: Path,
    ruleset: Ruleset | None,
    known: Mapping[str, frozenset[str]],
    instead: Mapping[str, str] | None = None,
) -> tuple[tuple[RoutingTest, ...], tuple[Diagnostic, ...]]:
    """All tests of a rules directory, and everything that is wrong with them. `instead`: texts not yet written.

    `known` has the ids of properties, units, contracts and grants, and the addresses of the directory. Without a ruleset (it
    has mistakes itself) no reference is followed.
    """
    report = Report()
    tests: list[RoutingTest] = []
    names: dict[str, Spot] = {}
    people: dict[str, TestPersonEntry] = {}
    for name, text in collect_tests(directory, report, instead):
        tree = read_tree(name, text, report)
        if tree is not None:
            tests += _Reader(directory, tree, ruleset, known, names, people, report).tests()
    if ruleset is not None:
        _report_untested(ruleset, tests, report)
    return tuple(tests), report.diagnostics()


@dataclass(slots=True)
class _Reader:
    directory: Path
    tree: Tree
    ruleset: Ruleset | None
    known: Mapping[str, frozenset[str]]
    names: dict[str, Spot]
    people: dict[str, TestPersonEntry]
    report: Report

    def tests(self) -> list[RoutingTest]:
        root = self.tree.root
        if root.value == {}:
            return []
        if not isinstance(root.value, list):
            spot = self.tree.spot(())
            self.report.add("MR203", spot, "this file is a list of tests", "Begin each with `- name: …`.")
            return []
        found = (self._test(index) for index in range(len(root.value)))
        return [one for one in found if one is not None]

    def _test(self, index: int) -> RoutingTest | None:
        assert isinstance(self.tree.root.value, list)
        try:
            entry = TestEntry.model_validate(self.tree.root.value[index].plain())
        except ValidationError as error:
            report_problems(error, TestEntry, self._within(index), self.report)
            return None
        spot = self.tree.spot((index, "name"))
        first = self.names.setdefault(entry.name, spot)
        if first is not spot:
            message = f"a test with the name {quoted(entry.name)} stands here for the second time"
            self.report.add("MR501", spot, message, f"The first one is in {first.file}:{first.line}.")
        self._check_ids(entry, index)
        content = self._content(entry.mail.file, index) if entry.mail.file else None
        zone = self._zone()
        at = entry.at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        source = Source(spot.file, spot.line)
        people = tuple(person_of(one) for one in entry.people)
        return RoutingTest(entry.name, at, zone, entry.mail, content, entry.expect, source, people)

    def _within(self, index: int) -> Callable[..., Spot]:
        return lambda path, key: self.tree.spot((index, *path), key=key)

    def _person_at(self, index: int, n: int) -> Callable[[tuple[str | int, ...]], Spot]:
        return lambda path: self.tree.spot((index, "people", n, *path))

    def _zone(self) -> str:
        if self.ruleset is None:
            return "UTC"
        calendar = self.ruleset.organisation.calendar
        return next(one.zone for one in self.ruleset.calendars if one.id == calendar)

    def _check_ids(self, entry: TestEntry, index: int) -> None:
        if self.ruleset is None:
            return
        for n, person in enumerate(entry.people):
            check_person(person, self.known, self.people, self._person_at(index, n), self.report)
        rules, expect = self.ruleset, entry.expect
        case_types = frozenset(one.id for one in rules.case_types)
        roles = frozenset(one.id for one in rules.roles)
        staff = frozenset(one.id for one in rules.staff)
        for key, code, names in (
            ("property", "MR303", self.known["property"]),
            ("unit", "MR304", self.known["unit"]),
            ("contract", "MR503", self.known["contract"]),
            ("case_type", "MR503", case_types),
            ("role", "MR301", roles),
            ("assignee", "MR302", staff),
        ):
            name = getattr(expect, key)
            if name is not None and name != NOTHING and name not in names:
                self._unknown(code, key.replace("_", " "), name, names, (index, "expect", key))
        self._check_recipients(entry.mail.to, rules.organisation, index)
        for n, name in enumerate(expect.informed or ()):
            if name not in staff:
                self._unknown("MR302", "staff", name, staff, (index, "expect", "informed", n))

    def _check_recipients(self, to: Sequence[str], organisation: Organisation, index: int) -> None:
        addresses = [v.email(parseaddr(one)[1] or one) for one in to]
        if addresses and not any(_reaches(address, organisation) for address in addresses):
            message = (
                f"organisation.yaml has no inbox {quoted(addresses[0])}, so such a mail would be refused"
            )
            remedy = nearest(addresses[0], (one.address for one in organisation.inboxes))
            self.report.add("MR306", self.tree.spot((index, "mail", "to", 0)), message, remedy)

    def _unknown(
        self, code: str, kind: str, name: str, names: frozenset[str], path: tuple[str | int, ...]
    ) -> None:
        self.report.add(
            code, self.tree.spot(path), f"there is no {kind} {quoted(name)}", lambda: nearest(name, names)
        )

    def _content(self, file: str, index: int) -> bytes | None:
        """The mail's bytes; what cannot be read, or lies outside of the rules directory, is reported."""
        home = self.directory.resolve()
        path = (home / self.tree.file).parent / file
        try:
            if path.resolve().is_relative_to(home) and path.is_file():
                with path.open("rb") as opened:
                    content = opened.read(_MAIL_BYTES + 1)
                if len(content) <= _MAIL_BYTES:
                    return content
        except OSError:
            pass
        message = f"there is no mail {quoted(file)} that can be read"
        remedy = "Put the .eml file beside this one, or elsewhere in the rules directory."
        self.report.add("MR502", self.tree.spot((index, "mail", "file")), message, remedy)
        return None


def _reaches(address: str, organisation: Organisation) -> bool:
    """Whether a door would take mail to it: an inbox, one of its reply addresses, or anything in a domain of our own."""
    base, _ = plus_tag(address)
    return any(
        base == inbox.address
        or (inbox.reply is ReplyMode.CATCHALL and domain_of(inbox.address) == domain_of(address))
        for inbox in organisation.inboxes
    )


def _report_untested(ruleset: Ruleset, tests: list[RoutingTest], report: Report) -> None:
    """A case type without a test; only a site that has tests at all wants to hear of it."""
    if not tests:
        return
    tested = {one.expect.case_type for one in tests}
    for one in ruleset.case_types:
        # What comes with a pack is tested with the pack.
        if one.id not in tested and not one.source.file.startswith("packs/"):
            text = next((text for name, text in ruleset.files if name == one.source.file), "")
            line = text.split("\n")[one.source.line - 1 : one.source.line]
            spot = Spot(one.source.file, one.source.line, 1, line[0] if line else "")
            remedy = f"Add one with `case_type: {one.id}` under `expect` to a file of tests/."
            report.add("MR504", spot, f"no routing test expects the case type {quoted(one.id)}", remedy)
