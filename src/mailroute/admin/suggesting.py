"""What the corrections of people say about the rules: words, names of houses and holders that are missing (design §6).

Each proposal is a change of one file, with its effect on the mails that people have judged. Nothing is proposed that makes as
many of them wrong as right, and nothing is written here.
"""

from __future__ import annotations

import difflib
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from mailroute.message.parse import parse
from mailroute.model.change import Party, PartyKind
from mailroute.model.decision import Assurance, Sender
from mailroute.model.mail import Door, Envelope
from mailroute.model.message import Message
from mailroute.model.ruleset import CaseType, Evidence, Ruleset
from mailroute.model.text import fold
from mailroute.routing.bag import words_of
from mailroute.routing.classify import Classifier, classify, compile_classifier
from mailroute.rules import Loaded
from mailroute.rules.edits import Item, with_items
from mailroute.store.engine import Connection
from mailroute.store.examples import Example
from mailroute.store.quality import opened_tickets

RESPONSIBILITIES = "responsibilities.csv"
RESPONSIBILITIES_HEAD = "property;role;staff"
# So many people must have written a word, and so many tickets been handed to somebody, before it is proposed.
PEOPLE_LEAST = 2
TICKETS_LEAST = 3
_MOSTLY = 0.75
_WORDS_TRIED = 3
_ALIAS_LETTERS = 6
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_STRANGER = Sender(Party(PartyKind.UNKNOWN, None, "", ""), Assurance.NONE)


@dataclass(frozen=True, slots=True)
class Edit:
    """Items for the end of the list that `path` leads to in a YAML file; without a path lines for the end of a CSV file."""

    file: str
    path: tuple[str, ...]
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What could be changed. `edit` None: a person has to do it, because it comes with a pack or is written otherwise.

    `right` and `wrong`: how many of the judged mails would be decided as people did, and how many no longer.
    """

    title: str
    because: str
    edit: Edit | None
    right: int
    wrong: int = 0


@dataclass(frozen=True, slots=True)
class Judged:
    """A mail that people have judged, read."""

    example: Example
    message: Message
    words: tuple[str, ...]


def judge(example: Example) -> Judged:
    """Read the mail of an example."""
    message = parse(example.content)
    return Judged(example, message, tuple(map(sys.intern, words_of(message))))


def proposals(
    conn: Connection,
    loaded: Loaded,
    files: Mapping[str, str],
    judged: Sequence[Judged],
    since: datetime,
    until: datetime,
) -> Iterator[Proposal]:
    """Look through the period. `files` are the texts of the rules directory, `judged` the examples of the period."""
    yield from _words(loaded.ruleset, judged, files)
    yield from _names(loaded, judged, files)
    yield from _holders(conn, loaded, files, since, until)


def applied(files: Mapping[str, str], chosen: Iterable[Proposal]) -> dict[str, str]:
    """The new text of each file that the proposals change."""
    after: dict[str, str] = {}
    for one in chosen:
        if one.edit is not None:
            file = one.edit.file
            text = after.get(file, files.get(file, ""))
            after[file] = _edited(text, one.edit) or text
    return after


def difference(files: Mapping[str, str], one: Proposal) -> list[str]:
    """The change as a unified diff; empty if a person has to make it."""
    return [
        line
        for file, text in applied(files, [one]).items()
        for line in difflib.unified_diff(
            files.get(file, "").splitlines(), text.splitlines(), file, file, lineterm="", n=1
        )
    ]


def _edited(text: str, edit: Edit) -> str | None:
    if edit.path:
        return with_items(edit.file, text, edit.path, edit.items)
    lines = [line for line in (text or RESPONSIBILITIES_HEAD).split("\n") if line]
    return "\n".join([*lines, *map(str, edit.items)]) + "\n"


def _possible(files: Mapping[str, str], edit: Edit) -> Edit | None:
    """The edit, if the file is written so that it can be made."""
    return edit if edit.file in files and _edited(files[edit.file], edit) is not None else None


# --- words of case types -------------------------------------------------------------------------------------


def _words(ruleset: Ruleset, judged: Sequence[Judged], files: Mapping[str, str]) -> Iterator[Proposal]:
    classifier = compile_classifier(ruleset)
    wrong = [
        one for one in judged if one.example.told and _kind(classifier, ruleset, one) != one.example.case_type
    ]
    for case_type in ruleset.case_types:
        mine = [one for one in wrong if one.example.case_type == case_type.id]
        so_far = ruleset
        evidence = ruleset.evidence_of(case_type)
        for word in _telling(mine, judged, case_type, evidence)[:_WORDS_TRIED]:
            weight = _weight(evidence)
            more = _with_word(so_far, case_type.id, word, weight)
            # Beside the words before it: three words of the same mails are two too many.
            right, lost = _effect(so_far, more, [one for one in judged if word in one.words])
            if right > lost:
                so_far = more
                yield _of_word(case_type, word, weight, mine, files, (right, lost))


def _telling(
    mine: Sequence[Judged], judged: Sequence[Judged], case_type: CaseType, evidence: Sequence[Evidence]
) -> list[str]:
    """Words that several people wrote about this matter, and few about others, best first; the longer say more."""
    known = {fold(one.text) for one in evidence}
    counts = Counter(word for one in mine for word in one.words)
    everywhere = Counter(
        word for one in judged if one.example.case_type != case_type.id for word in one.words
    )
    senders: dict[str, set[str]] = defaultdict(set)
    for one in mine:
        for word in one.words:
            senders[word].add(one.example.sender)
    found = [
        word
        for word, count in counts.items()
        if len(senders[word]) >= PEOPLE_LEAST and count > everywhere[word] and word not in known
    ]
    return sorted(found, key=lambda word: (everywhere[word] - counts[word], -len(word), word))


def _weight(evidence: Sequence[Evidence]) -> float:
    """Enough to decide a short mail by itself: half of what the strongest word weighs, which weighs 1 at least."""
    strongest = max((one.weight for one in evidence), default=2.0)
    return float(max(1, round(strongest / 2 + 0.01)))


def _with_word(ruleset: Ruleset, case_type: str, word: str, weight: float) -> Ruleset:
    return replace(
        ruleset,
        case_types=tuple(
            replace(one, evidence=(*one.evidence, Evidence(word, weight))) if one.id == case_type else one
            for one in ruleset.case_types
        ),
    )


def _effect(before: Ruleset, after: Ruleset, touched: Sequence[Judged]) -> tuple[int, int]:
    """How many of the mails with the word would become right, and how many wrong."""
    old, new = compile_classifier(before), compile_classifier(after)
    right = lost = 0
    for one in touched:
        was = _kind(old, before, one) == one.example.case_type
        would_be = _kind(new, after, one) == one.example.case_type
        right += would_be and not was
        lost += was and not would_be
    return right, lost


def _kind(classifier: Classifier, ruleset: Ruleset, one: Judged) -> str | None:
    inbox = ruleset.organisation.inboxes[0].address
    envelope = Envelope(
        mail_id=0, intake_id=0, organisation=ruleset.organisation.id, inbox=inbox, door=Door.FILE, mail_from="",
        rcpt_to=(), received_at=_LONG_AGO, size_bytes=len(one.example.content),
    )  # fmt: skip
    return classify(
        classifier, one.message, _STRANGER, envelope, reply=bool(one.message.in_reply_to)
    ).case_type


def _of_word(
    case_type: CaseType,
    word: str,
    weight: float,
    mine: Sequence[Judged],
    files: Mapping[str, str],
    effect: tuple[int, int],
) -> Proposal:
    numbers = [one.example.number for one in mine if word in one.words]
    edit = Edit(case_type.source.file, (case_type.id, "evidence"), ({word: f"{weight:g}"},))
    return Proposal(
        title=f"`{word}` speaks for {case_type.id} (weight {weight:g})",
        because=f"{len(numbers)} corrected tickets say it: {_tickets(numbers)}",
        edit=_possible(files, edit) if not edit.file.startswith("packs/") else None,
        right=effect[0],
        wrong=effect[1],
    )


def _tickets(numbers: Sequence[int]) -> str:
    return ", ".join(f"T-{number}" for number in numbers[:5]) + (", …" if len(numbers) > 5 else "")


# --- names of properties -------------------------------------------------------------------------------------


def _names(loaded: Loaded, judged: Sequence[Judged], files: Mapping[str, str]) -> Iterator[Proposal]:
    """Words of mails whose property somebody had to set, which stand in no mail about another one."""
    homes: dict[str, set[str | None]] = defaultdict(set)
    for one in judged:
        for word in one.words:
            homes[word].add(one.example.property)
    for house in loaded.directory.properties:
        mine = [
            one for one in judged
            if one.example.property == house.id and one.example.told and _home_then(one.example) != house.id
        ]  # fmt: skip
        senders: dict[str, set[str]] = defaultdict(set)
        for one in mine:
            for word in one.words:
                senders[word].add(one.example.sender)
        known = fold(" ".join((house.street, house.town, house.name, *house.aliases)))
        for word in sorted(senders):
            if (
                len(senders[word]) < PEOPLE_LEAST
                or len(word) < _ALIAS_LETTERS
                or homes[word] != {house.id}
                or word in known
            ):
                continue
            numbers = [one.example.number for one in mine if word in one.words]
            yield Proposal(
                title=f"`{word}` is a name of {house.id}",
                because=f"{len(numbers)} tickets that somebody had to bring there say it: {_tickets(numbers)}",
                edit=_possible(files, Edit(f"properties/{house.id}.yaml", ("aliases",), (word,))),
                right=len(numbers),
            )


def _home_then(one: Example) -> str | None:
    return one.routing.matched.property if one.routing and one.routing.matched else None


# --- holders of roles ----------------------------------------------------------------------------------------


def _holders(
    conn: Connection, loaded: Loaded, files: Mapping[str, str], since: datetime, until: datetime
) -> Iterator[Proposal]:
    """Roles whose tickets of a property nearly always end with somebody else than the rules say."""
    ended: dict[tuple[str, str], Counter[str]] = defaultdict(Counter)
    named: dict[tuple[str, str], str] = {}
    for one in opened_tickets(conn, loaded.ruleset.organisation.id, since, until):
        assignment = one.routing.assignment if one.routing else None
        if one.closed and one.property and assignment and assignment.role and assignment.assignee:
            ended[one.property, assignment.role][one.assignee if one.moved else assignment.assignee] += 1
            named[one.property, assignment.role] = assignment.assignee
    active = {one.id for one in loaded.ruleset.staff if one.active}
    said = {(house.id, it.role) for house in loaded.directory.properties for it in house.responsibilities}
    for (house, role), counts in sorted(ended.items()):
        (who, count), total = counts.most_common(1)[0], sum(counts.values())
        if who not in active or who == named[house, role] or count < TICKETS_LEAST or count < _MOSTLY * total:
            continue
        free = (house, role) not in said
        yield Proposal(
            title=f"{who} holds the role {role} for {house}, not {named[house, role]}",
            because=f"{count} of {total} closed tickets ended there",
            edit=Edit(RESPONSIBILITIES, (), (f"{house};{role};{who}",)) if free else None,
            right=count,
            wrong=total - count,
        )
