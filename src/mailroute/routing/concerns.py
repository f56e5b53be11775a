"""Two matters in one mail: the first owns the ticket, and whoever the second is for is told and may split it off.

A second matter is one that other lines of the mail speak of clearly, by themselves (ambiguity 25). Nothing is made of
a hint: most mails name in passing what they are not about.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby

from mailroute.model import limits
from mailroute.model.decision import (
    Assignment,
    CaseTypeScore,
    Classified,
    Matched,
    Sender,
    Station,
    TimerKind,
)
from mailroute.model.facts import Facts
from mailroute.model.letter import Notice, Template
from mailroute.model.ruleset import CaseType, Multiple, Ruleset
from mailroute.model.text import folded
from mailroute.model.ticket import ConcernFound
from mailroute.routing.assign import assign
from mailroute.routing.classify import Classifier, classify, is_old_subject, judge
from mailroute.routing.courtesy import is_closing, is_greeting
from mailroute.routing.passages import NEXT_MATTER, Told
from mailroute.routing.weigh import weigh_clear
from mailroute.routing.work import Mail, Work, staff_party

# What one clear word weighs by the convention of the rules.
CLEAR = 3.0
PARTS_MOST = 12
PART_CHARS_LEAST = 12


@dataclass(frozen=True, slots=True)
class Concerns:
    """What a mail is about: `first` owns the ticket. `second` is another matter of it, None where there is none."""

    first: Classified
    second: CaseType | None = None
    because: str = ""


def concerns_of(classifier: Classifier, ruleset: Ruleset, mail: Mail, sender: Sender) -> Concerns:
    """Classify the mail, and look whether its parts speak of two different matters."""
    whole = classify(classifier, mail.message, sender, mail.envelope, reply=False)
    if not _may_hold_two(whole.scores):
        return Concerns(whole)
    parts = list(_telling_parts(classifier, mail, sender))
    clear = [one for one in parts if one.case_type or (whole.emergency and one.emergency)]
    kinds = {_kind(one) for one in clear}
    # Where no part tells of the emergency that is feared, what they tell of is what it may be instead.
    if whole.emergency and whole.case_type is None and whole.likely not in kinds:
        return Concerns(whole)
    if len(kinds) < 2:
        return _beside_the_vague(whole, parts, clear, ruleset)
    first = _first(clear, whole)
    for other in clear:
        second = ruleset.case_type(other.case_type)
        if second is not None and second.id != _kind(first):
            return Concerns(first, second, _because(other))
    return Concerns(whole)


def _beside_the_vague(
    whole: Classified, parts: Sequence[Classified], clear: Sequence[Classified], ruleset: Ruleset
) -> Concerns:
    """Of one part only the role is clear, and so whose the mail is; another part is clearly for somebody else."""
    owner = ruleset.case_type(whole.likely)
    if owner is None or whole.emergency or not clear:
        return Concerns(whole)
    second = ruleset.case_type(clear[0].case_type)
    vague = [ruleset.case_type(one.likely) for one in parts if one.case_type is None]
    of_owner = any(one is not None and one.target == owner.target for one in vague)
    if second is None or second.target == owner.target or not of_owner:
        return Concerns(whole)
    return Concerns(whole, second, _because(clear[0]))


def _kind(one: Classified) -> str | None:
    """What it is about, or is feared to be."""
    return one.case_type or (one.likely if one.emergency else None)


def _may_hold_two(scores: Sequence[CaseTypeScore]) -> bool:
    """Most mails speak of one thing only, and need no second look."""
    return sum(one.score >= CLEAR for one in scores) > 1


def _telling_parts(classifier: Classifier, mail: Mail, sender: Sender) -> Iterator[Classified]:
    """What the subject and each part of the text are about by themselves, where at least the role is clear, or an emergency
    is feared.
    """
    # The subject of an older mail is none of its matters.
    subject = "" if is_old_subject(mail.message.subject) else mail.message.subject
    for part in (subject, *parts_in(mail.message.new_text)):
        heard = classifier.vocabulary.hear(folded(part[: limits.TEXT_CHARS]))
        told = (Told(heard, 1.0, "text"),)
        tally = weigh_clear(classifier.scales, told, CLEAR)
        if tally is None:
            continue  # whatever a condition says: nearly every part
        alone = replace(mail.message, subject="", new_text=part, text=part, attachments=(), forwarded=None)
        found = judge(classifier, alone, sender, mail.envelope, told, tally)
        kind = found.case_type or found.likely
        if kind is not None and next((one.score for one in found.scores if one.id == kind), 0.0) >= CLEAR:
            yield found


def parts_in(text: str) -> list[str]:
    """The paragraphs of a text, cut once more where a sentence begins with another matter."""
    paragraphs = [
        "\n".join(lines)
        for blank, lines in groupby(text.splitlines(), lambda one: not one.strip())
        if not blank
    ]
    pieces = [piece.strip() for one in paragraphs for piece in NEXT_MATTER.split(one) if piece]
    spoken = [
        one for one in pieces if len(one) >= PART_CHARS_LEAST and not is_greeting(one) and not is_closing(one)
    ]
    return spoken[:PARTS_MOST]


def _first(clear: Sequence[Classified], whole: Classified) -> Classified:
    """The matter that cannot wait, else the one that comes first; the scores stay those of the whole mail."""
    chosen = min(clear, key=lambda one: not one.emergency)
    if _kind(chosen) == _kind(whole) or (whole.emergency and not chosen.emergency):
        return whole
    because = "the first of several matters"
    steps = (*(replace(step, because=f"{because}: {step.because}") for step in chosen.steps),)
    return replace(chosen, scores=whole.scores, steps=steps)


def _because(second: Classified) -> str:
    return next((one.because for one in second.scores if one.id == second.case_type), "") or "; ".join(
        step.because for step in second.steps
    )


def tell_second(
    mail: Mail,
    facts: Facts,
    work: Work,
    notice: Notice,
    concerns: Concerns,
    matched: Matched,
    to: Assignment,
    day: date,
) -> None:
    """Tell whoever the second matter is for that it can be split off; by rule it is split at once (ambiguity 25)."""
    second = concerns.second
    if second is None:
        return
    theirs = assign(second, matched, facts, work.ruleset, day)
    staff = work.ruleset.staff_by_id(theirs.assignee)
    assert staff is not None
    work.change(ConcernFound(second.id, staff.id, mail.envelope.intake_id))
    verdict = f"second matter {second.id}"
    work.explain(Station.CLASSIFY, verdict, f"{concerns.because}; for {staff.id}", str(second.source))
    if work.ruleset.organisation.multiple is Multiple.SPLIT:
        work.set_timer(TimerKind.SPLIT, work.now)
        return
    # Whoever has both matters is told too: the offer is theirs to take.
    work.tell(
        replace(
            notice,
            template=Template.CONCERN,
            to=staff_party(staff),
            language=staff.language,
            text=mail.message.text,
            author=work.ticket.reporter if work.ticket else None,
            reason=second.name.in_language(staff.language),
            attach=(mail.envelope.intake_id,) if mail.message.attachments else (),
            needs=(),
        )
    )
