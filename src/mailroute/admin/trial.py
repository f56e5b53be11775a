"""Routing tests: what the rules do with a mail beside what they must do. Runs exactly the code of `explain`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from mimetypes import guess_type
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from mailroute.admin.explain import Laboratory
from mailroute.admin.view import decision_view
from mailroute.errors import Diagnostic
from mailroute.model.decision import Decision
from mailroute.model.letter import Letter
from mailroute.rules import Loaded
from mailroute.rules.people_of_tests import with_people
from mailroute.rules.routing_tests import NOTHING, LetterEntry, RoutingTest, read_routing_tests


@dataclass(frozen=True, slots=True)
class Difference:
    """One key of `expect` that did not come out."""

    key: str
    expected: str
    got: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a test ended. `trace` has the steps that explain the differences, as `file:line` rules and words."""

    test: RoutingTest
    differences: tuple[Difference, ...]
    trace: tuple[str, ...]

    @property
    def passed(self) -> bool:
        """Whether everything came out as expected."""
        return not self.differences

    def diagnostic(self) -> Diagnostic:
        """A failed test as a mistake of the rules."""
        said = "; ".join(f"{one.key}: expected {one.expected}, got {one.got}" for one in self.differences)
        source = self.test.source
        return Diagnostic(
            "MR505",
            source.file,
            source.line,
            1,
            f"the test `{self.test.name}` fails: {said}",
            "Mend the rules, or the test if the new way is meant; `mailroute test` shows the reasons.",
        )


def read_tests(
    directory: Path, loaded: Loaded | None, instead: Mapping[str, str] | None = None
) -> tuple[tuple[RoutingTest, ...], tuple[Diagnostic, ...]]:
    """The routing tests of a rules directory and what is wrong with them. `instead`: texts of files not yet written."""
    if loaded is None:
        return read_routing_tests(directory, None, {}, instead)
    return read_routing_tests(directory, loaded.ruleset, _known(loaded), instead)


def _known(loaded: Loaded) -> dict[str, frozenset[str]]:
    """What tests may name, and the addresses that no invented person may have."""
    found, rules = loaded.directory, loaded.ruleset
    ours = [inbox.address for inbox in rules.organisation.inboxes]
    ours += [address for one in rules.staff for address in (one.address, *one.also)]
    ours += [one.address for one in rules.partners]
    return {
        "property": frozenset(one.id for one in found.properties),
        "unit": frozenset(unit.id for one in found.properties for unit in one.units),
        "contract": frozenset(one.id for one in found.contracts),
        "grant": frozenset(one.id for one in found.grants),
        "address": frozenset(ours) | {address.key for one in found.people for address in one.addresses},
    }


def run_tests(
    tests: Sequence[RoutingTest], loaded: Loaded, templates: Path | None, now: datetime
) -> Iterator[Outcome]:
    """Decide every mail and compare; nothing is written anywhere. Raises RulesetInvalid."""
    if not tests:
        return
    people = tuple(person for test in tests for person in test.people)
    if people:
        loaded = replace(loaded, directory=with_people(loaded.directory, people))
    laboratory = Laboratory.open((loaded,), templates, now)
    inbox = loaded.ruleset.organisation.inboxes[0].address
    try:
        for test in tests:
            decision, letters = laboratory.explain(content_of(test, inbox), test.at)
            yield _compared(test, decision, letters)
    finally:
        laboratory.close()


def content_of(test: RoutingTest, inbox: str) -> bytes:
    """The mail's bytes."""
    if test.content is not None:
        return test.content
    said, mail = test.mail, EmailMessage()
    mail["From"] = said.from_ or ""
    mail["To"] = ", ".join(said.to) or inbox
    mail["Subject"] = said.subject
    mail["Date"] = format_datetime(test.at)
    mail["Message-ID"] = f"<{test.source.file.replace('/', '.')}.{test.source.line}@routing-test.example>"
    for name, value in said.headers.items():
        del mail[name]
        mail[name] = value
    if said.text or not said.html:
        mail.set_content(said.text)
        if said.html:
            mail.add_alternative(said.html, subtype="html")
    else:
        mail.set_content(said.html, subtype="html")
    for name in said.attachments:
        main, _, sub = (guess_type(name)[0] or "").partition("/")
        if main not in ("image", "audio", "video", "application"):
            main, sub = "application", "octet-stream"
        mail.add_attachment(b"", main, sub, filename=name)
    return mail.as_bytes()


# Which stations of the trace explain a key.
STATIONS = {
    "disposition": ("screen", "identify"),
    "sender": ("identify",),
    "property": ("match",),
    "unit": ("match",),
    "contract": ("match",),
    "case_type": ("classify",),
    "urgency": ("classify",),
    "role": ("classify", "assign"),
    "assignee": ("assign",),
    "informed": ("assign",),
    "accept_by": ("deadlines",),
    "letters": ("notify",),
}


def _compared(test: RoutingTest, decision: Decision, letters: Sequence[Letter]) -> Outcome:
    view = decision_view(test.source.file, decision, letters)
    differences = tuple(_differences(test, view))
    wanted = {station for one in differences for station in STATIONS[one.key]}
    trace = tuple(
        f"{step['station']}: {step['verdict']} – {step['because']}"
        + (f" [{step['rule']}]" if step["rule"] else "")
        for step in view["trace"]
        if step["station"] in wanted
    )
    return Outcome(test, differences, trace)


def _differences(test: RoutingTest, view: dict[str, Any]) -> Iterator[Difference]:
    expect = test.expect
    for key in ("disposition", "property", "unit", "contract", "case_type", "urgency", "role", "assignee"):
        wanted = getattr(expect, key)
        got = NOTHING if view[key] is None else str(view[key])
        if wanted is not None and str(wanted) != got:
            yield Difference(key, str(wanted), got)
    yield from _differences_of_lists(test, view)
    if expect.sender is not None:
        sender = view["sender"] or {}
        who = (sender.get("kind", NOTHING), sender.get("assurance", NOTHING))
        if expect.sender not in who:
            yield Difference("sender", expect.sender, " / ".join(who))
    if expect.accept_by is not None:
        moment = (view["deadlines"] or {}).get("accept_by")
        local = datetime.fromisoformat(moment).astimezone(ZoneInfo(test.zone)) if moment else None
        said = f"{local:%Y-%m-%d %H:%M}" if local else NOTHING
        if said != f"{expect.accept_by:%Y-%m-%d %H:%M}":
            yield Difference("accept_by", f"{expect.accept_by:%Y-%m-%d %H:%M}", said)


def _differences_of_lists(test: RoutingTest, view: dict[str, Any]) -> Iterator[Difference]:
    expect = test.expect
    if expect.informed is not None and sorted(expect.informed) != sorted(view["informed"]):
        yield Difference("informed", _joined(expect.informed), _joined(view["informed"]))
    if expect.letters is not None and not _same_letters(expect.letters, view["letters"]):
        wanted = _joined([f"{one.template} to {one.to or 'anybody'}" for one in expect.letters])
        yield Difference(
            "letters", wanted, _joined([f"{one['template']} to {one['to']}" for one in view["letters"]])
        )


def _same_letters(wanted: Sequence[LetterEntry], got: Sequence[dict[str, Any]]) -> bool:
    """Whether every letter is wanted and every wanted one is there, in any order."""
    rest = list(got)
    # Those that name their recipient first, so that the others take what is left.
    for one in sorted(wanted, key=lambda one: one.to is None):
        fitting = [it for it in rest if it["template"] == one.template and one.to in (None, it["to"])]
        if not fitting:
            return False
        rest.remove(fitting[0])
    return not rest


def _joined(words: Sequence[str]) -> str:
    return ", ".join(words) or NOTHING
