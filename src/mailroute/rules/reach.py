"""Can every case type be reached, and from every inbox? In the order in which `routing/classify.py` tries them."""

from __future__ import annotations

from collections.abc import Iterator

from mailroute.model import condition as m
from mailroute.rules.conditions import condition, covers, holds_always
from mailroute.rules.reader import Entries, Entry
from mailroute.rules.report import Report, quoted
from mailroute.rules.schema import CaseTypeEntry
from mailroute.rules.shown import mail_that


def check_reach(entries: Entries, report: Report) -> None:
    """Report conditions that an earlier one leaves nothing of (MR405) and inboxes without a case type (MR419)."""
    _check_shadows(entries, report)
    _check_evidence(entries, report)
    _check_inboxes(entries, report)


# --- case types ----------------------------------------------------------------------------------------------


def _check_shadows(entries: Entries, report: Report) -> None:
    earlier: list[tuple[Entry[CaseTypeEntry], m.Condition]] = []
    for one, wanted in _as_tried(entries):
        for other, theirs in earlier:
            if _takes_all(other, theirs, one, wanted):
                mail = mail_that(wanted)
                example = f", such as {mail}" if mail is not None else ""
                place = other.spot()
                message = (
                    f"{quoted(other.id)} in {place.file}:{place.line} takes every mail that this `when` takes"
                    f"{example}"
                )
                remedy = (
                    f"Move {quoted(one.id)} above {quoted(other.id)}, or make one of the conditions narrower."
                )
                if other.value.emergency and not one.value.emergency:
                    remedy = (
                        f"Emergencies are tried first: make the condition of {quoted(other.id)} narrower."
                    )
                report.add("MR405", one.spot("when"), message, remedy)
                break
        earlier.append((one, wanted))


def _as_tried(entries: Entries) -> Iterator[tuple[Entry[CaseTypeEntry], m.Condition]]:
    """Every `when`, emergencies first, then in the order of the files."""
    for one in sorted(entries.case_types.values(), key=lambda one: not one.value.emergency):
        if one.value.when is not None:
            yield one, condition(one.value.when)


def _takes_all(
    other: Entry[CaseTypeEntry], theirs: m.Condition, one: Entry[CaseTypeEntry], wanted: m.Condition
) -> bool:
    if other.value.emergency and not one.value.emergency and _asks_for_words(theirs):
        # An emergency does not hear what is over or denied; such a mail goes on to the next.
        return False
    return covers(theirs, wanted)


def _asks_for_words(asked: m.Condition) -> bool:
    match asked:
        case m.Words() | m.Phrase():
            return True
        case m.AllOf(conditions=conditions) | m.AnyOf(conditions=conditions):
            return any(_asks_for_words(inner) for inner in conditions)
        case m.Not(condition=inner):
            return _asks_for_words(inner)
        case _:
            return False


def _check_evidence(entries: Entries, report: Report) -> None:
    """Evidence is weighed only for mails that no `when` has taken; and without either nothing leads to a case type."""
    if report.failed:
        # What cannot be read may be what leads there.
        return
    everything = next((one for one, asked in _as_tried(entries) if holds_always(asked)), None)
    weighed = [one.id for one in entries.case_types.values() if one.value.evidence and one is not everything]
    if everything is not None and weighed:
        names = ", ".join(quoted(name) for name in weighed[:4]) + (" and others" if len(weighed) > 4 else "")
        message = f"{quoted(everything.id)} takes every mail, so the `evidence` of {names} is never weighed"
        remedy = "Make its condition narrower; what nothing is clear for goes to triage by itself."
        report.add("MR405", everything.spot("when"), message, remedy)
    for one in entries.case_types.values():
        # Words that a pack has learned speak for its own case types, and for those that override them.
        if one.value.when is None and not _speaks_for(one.value) and not _is_of_a_pack(one):
            message = f"nothing in a mail leads to {quoted(one.id)}: it has neither `when` nor `evidence`"
            if one.value.evidence:
                message = (
                    f"nothing in a mail leads to {quoted(one.id)}: all of its `evidence` speaks against it"
                )
            remedy = (
                "Write `evidence:` with words that speak for it; else only staff can choose it (`typ: …`)."
            )
            report.add("MR405", one.spot(), message, remedy)


def _is_of_a_pack(one: Entry[CaseTypeEntry]) -> bool:
    return one.value.override or one.spot().file.startswith("packs/")


def _speaks_for(one: CaseTypeEntry) -> bool:
    return any(weight > 0 for words in one.evidence for weight in words.values())


# --- inboxes -------------------------------------------------------------------------------------------------


def _check_inboxes(entries: Entries, report: Report) -> None:
    organisation = entries.organisation
    # What cannot be read may be what is missing here.
    if organisation is None or report.failed:
        return
    if any(pack.learned is not None for pack in entries.packs.values()):
        return
    for index, inbox in enumerate(organisation.value.inboxes):
        if not any(_may_reach(one.value, inbox.address) for one in entries.case_types.values()):
            message = f"no case type can be reached from {quoted(inbox.address)}; all its mail goes to triage"
            remedy = "Give a case type `evidence`, or a `when` that does not ask for another inbox."
            report.add("MR419", organisation.spot("inboxes", index, "address"), message, remedy)


def _may_reach(one: CaseTypeEntry, inbox: str) -> bool:
    """Evidence is weighed wherever a mail came to; a condition may ask for inboxes."""
    return _speaks_for(one) or (one.when is not None and _may_hold(condition(one.when), inbox))


def _may_hold(asked: m.Condition, inbox: str) -> bool:
    """Whether the condition can hold for a mail to that inbox."""
    match asked:
        case m.InboxIs(addresses=addresses):
            return inbox in addresses
        case m.AllOf(conditions=conditions):
            return all(_may_hold(inner, inbox) for inner in conditions)
        case m.AnyOf(conditions=conditions):
            return any(_may_hold(inner, inbox) for inner in conditions)
        case m.Not(condition=inner):
            return not _must_hold(inner, inbox)
        case _:
            return True


def _must_hold(asked: m.Condition, inbox: str) -> bool:
    """Whether the condition holds for every mail to that inbox."""
    match asked:
        case m.InboxIs(addresses=addresses):
            return inbox in addresses
        case m.AllOf(conditions=conditions):
            return all(_must_hold(inner, inbox) for inner in conditions)
        case m.AnyOf(conditions=conditions):
            return any(_must_hold(inner, inbox) for inner in conditions)
        case m.Not(condition=inner):
            return not _may_hold(inner, inbox)
        case m.Always():
            return True
        case _:
            return False
