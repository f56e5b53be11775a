"""Being away and being back: from the command, and from the automatic reply of somebody's own mail program (REQ-E11)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from typing import assert_never

from mailroute.model import command as c
from mailroute.model.absence import Away, AwayEnded, AwaySet, Half, Origin
from mailroute.model.decision import Station
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.message import Message
from mailroute.model.moment import day_in_words
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.model.text import fold
from mailroute.routing.assign import Roster, triage_desk
from mailroute.routing.away_words import SaidAway, read_away
from mailroute.routing.colleagues import find_staff, suggest_staff
from mailroute.routing.work import Work, local_day, staff_party

_DAY = timedelta(days=1)
# What an automatic reply says of somebody who is not there; a machine that confirms receipt says none of it.
_NOT_THERE = re.compile(
    r"abwesen|urlaub|nicht (?:im (?:buero|haus|dienst)|erreichbar|am arbeitsplatz)|ausser haus|elternzeit|krank|"
    r"out of (?:the )?office|vacation|holiday|\bon leave\b|\baway\b|not in the office|unavailable|annual leave"
)


def presence(work: Work, known: Sequence[Away], actor: Staff, command: c.Presence) -> Line:
    """Carry out what somebody says of their being there. `known` are the absences that people said themselves."""
    match command:
        case c.BeAway():
            return away(work, known, actor, command)
        case c.BeBack():
            return back(work, known, actor, command)
        case _:
            assert_never(command)


def away(work: Work, known: Sequence[Away], actor: Staff, command: c.BeAway) -> Line:
    """Note that somebody is away; the receipt names from, to and deputy. What they said before for those days ends."""
    today = local_day(work.ruleset, work.now)
    said = read_away(command.when, today)
    if said is None:
        return _no(command.said, actor, *_NOT_UNDERSTOOD)
    if said.until is not None and said.until < today:
        last = day_in_words(said.until, _language(actor))
        return _no(command.said, actor, f"Der {last} ist vorbei.", f"{last} is past.")
    deputy, trouble = _deputy(work.ruleset, actor, said, max(said.since, today))
    if trouble is not None:
        return _no(command.said, actor, *trouble)
    new = Away(
        staff=actor.id,
        since=max(said.since, today),
        until=said.until,
        deputy=deputy.id if deputy else None,
        half=said.half,
        open_tickets=said.open_tickets,
    )
    _set(work, known, new)
    return Line(command.said, _in(actor, *_receipt(new, deputy, actor)), True)


def back(work: Work, known: Sequence[Away], actor: Staff, command: c.BeBack) -> Line:
    """End the absence of today; without one, those to come."""
    today = local_day(work.ruleset, work.now)
    mine = [one for one in known if one.staff == actor.id and (one.until is None or one.until >= today)]
    ended = [one for one in mine if one.since <= today] or mine
    work.absences.extend(AwayEnded(one) for one in ended)
    work.explain(Station.COMMAND, "back", f"{len(ended)} absences of {actor.id} are over")
    if ended:
        return Line(command.said, _in(actor, *_IS_BACK), True)
    if Roster(work.ruleset, today).absence(actor.id) is not None:
        return _no(command.said, actor, *_WRITTEN_BY_OTHERS)
    return Line(
        command.said, _in(actor, "Sie sind nicht abwesend gemeldet.", "You are not noted as away."), True
    )


def note_out_of_office(work: Work, known: Sequence[Away], staff: Staff, message: Message) -> bool:
    """Believe somebody's own out-of-office reply; whether it was one. Without days: until tomorrow, and triage is told.

    Nobody hears twice of what is known.
    """
    if message.away is None and not _NOT_THERE.search(fold(f"{message.subject}\n{message.new_text[:2000]}")):
        return False
    today = local_day(work.ruleset, work.now)
    first, last = message.away or (None, None)
    since, until = max(first or today, today), last or max(first or today, today) + _DAY
    if until < today:
        work.explain(Station.COMMAND, "ignored", f"the absence in it ended on {until}")
        return True
    new = Away(staff.id, since, until, origin=Origin.OUT_OF_OFFICE)
    if _is_known(work.ruleset, new):
        work.explain(Station.COMMAND, "known", f"{staff.name} is noted as away already")
        return True
    _set(work, [one for one in known if one.origin is Origin.OUT_OF_OFFICE], new)
    if last is None:
        _tell_triage(work, staff, new)
    return True


def _is_known(ruleset: Ruleset, new: Away) -> bool:
    assert new.until is not None
    return any(
        one.staff == new.staff and one.since <= new.since and new.until <= one.until and one.half is None
        for one in ruleset.absences
    )


def _set(work: Work, known: Sequence[Away], new: Away) -> None:
    before = [one for one in known if one.staff == new.staff and one.overlaps(new)]
    work.absences.extend(AwayEnded(one) for one in before)
    work.absences.append(AwaySet(new))
    until = new.until.isoformat() if new.until else "further notice"
    stands_in = f"; {new.deputy} stands in" if new.deputy else ""
    work.explain(Station.COMMAND, "away", f"{new.staff} from {new.since} until {until}{stands_in}")


def _tell_triage(work: Work, staff: Staff, new: Away) -> None:
    desk = triage_desk(work.ruleset, local_day(work.ruleset, work.now))
    if desk.id == staff.id or new.until is None:
        return
    work.tell(
        Notice(
            template=Template.AWAY_NOTICED,
            to=staff_party(desk),
            language=desk.language,
            ticket=None,
            author=staff_party(staff),
            reason=day_in_words(new.until, _language(desk)),
        )
    )


# --- who stands in ---------------------------------------------------------------------------------------------


def _deputy(
    ruleset: Ruleset, actor: Staff, said: SaidAway, since: date
) -> tuple[Staff | None, tuple[str, str] | None]:
    """The colleague who was named, or what is wrong with the name, German and English."""
    if not said.deputy:
        return None, None
    found = find_staff(said.deputy, ruleset)
    if len(found) != 1:
        return None, _which_one(said.deputy, found, suggest_staff(said.deputy, ruleset))
    deputy = found[0]
    if deputy.id == actor.id:
        return None, ("Sie können sich nicht selbst vertreten.", "You cannot stand in for yourself.")
    circle = _circle(ruleset, actor.id, deputy.id, since, said.until or date.max)
    if circle:
        names = " → ".join(name.name if (name := ruleset.staff_by_id(one)) else one for one in circle)
        return None, (
            f"In diesen Tagen vertreten sich alle im Kreis ({names}). Nennen Sie jemand anderes.",
            f"In these days all would stand in for each other in a circle ({names}). Name somebody else.",
        )
    return deputy, None


def _circle(ruleset: Ruleset, actor: str, deputy: str, since: date, until: date) -> tuple[str, ...]:
    """The way from deputy to deputy back to the one who goes away, on days when all of them are away; () for none."""
    waiting: list[tuple[tuple[str, ...], str, date, date]] = [((actor,), deputy, since, until)]
    while waiting:
        way, current, first, last = waiting.pop()
        if current == actor:
            return (*way, actor)
        if current in way:
            continue
        for one in ruleset.absences:
            begins, ends = max(first, one.since), min(last, one.until)
            if one.staff == current and one.deputy is not None and begins <= ends:
                waiting.append(((*way, current), one.deputy, begins, ends))
    return ()


def _which_one(name: str, found: Sequence[Staff], near: Sequence[Staff]) -> tuple[str, str]:
    names = ", ".join(f"{one.name} ({one.id})" for one in found or near)
    if found:
        return f"Wer soll vertreten? {names}", f"Who is to stand in? {names}"
    if near:
        return f"Wer soll vertreten? Meinten Sie {names}?", f"Who is to stand in? Did you mean {names}?"
    return f"„{name}“ arbeitet nicht hier.", f"Nobody called “{name}” works here."


# --- words -----------------------------------------------------------------------------------------------------

_NOT_UNDERSTOOD = (
    (
        "Von wann bis wann? Zum Beispiel „abwesend 1.12.–14.12. Vertretung Schmidt“, „abwesend bis Freitag“, "
        "„abwesend heute Nachmittag“."
    ),
    "From when to when? For example “away 1.12.–14.12. deputy Schmidt”, “away until friday”, “away today in the afternoon”.",
)
_IS_BACK = (
    "Schön, dass Sie wieder da sind. Was vertreten und noch nicht angefasst wurde, kommt zu Ihnen zurück.",
    "Good to have you back. What somebody else kept for you and has not worked on comes back to you.",
)
_WRITTEN_BY_OTHERS = (
    "Ihre Abwesenheit steht in absences.yaml; nur die Administration kann sie dort beenden.",
    "Your absence is written in absences.yaml; only the administrators can end it there.",
)


def _receipt(new: Away, deputy: Staff | None, actor: Staff) -> tuple[str, str]:
    """From, to, who stands in, and what becomes of open tickets."""
    de = f"Abwesend {_period(new, 'de')}. " + (
        f"Vertretung: {deputy.name}." if deputy else "Es vertritt, wer die Rolle als Nächstes hat."
    )
    en = f"Away {_period(new, 'en')}. " + (
        f"Deputy: {deputy.name}." if deputy else "Whoever holds the role next stands in."
    )
    if new.open_tickets:
        de += " Auch Ihre offenen Vorgänge gehen dorthin und kommen danach zurück."
        en += " Your open tickets go there too and come back afterwards."
    de += " Mit „zurück“ beenden Sie die Abwesenheit."
    en += " Reply “back” to end it."
    return de, en


def _period(new: Away, language: str) -> str:
    first = day_in_words(new.since, language)
    half = {
        None: ("", ""),
        Half.MORNING: (" vormittags", " in the morning"),
        Half.AFTERNOON: (" nachmittags", " in the afternoon"),
    }[new.half][language == "en"]
    if new.until == new.since:
        return f"{'on' if language == 'en' else 'am'} {first}{half}"
    if new.until is None:
        return (
            f"from {first}{half} until you are back"
            if language == "en"
            else f"ab {first}{half} bis auf Weiteres"
        )
    last = day_in_words(new.until, language)
    return f"from {first} to {last}{half}" if language == "en" else f"von {first} bis {last}{half}"


def _no(said: str, actor: Staff, de: str, en: str) -> Line:
    return Line(said, _in(actor, f"Nicht ausgeführt: {de}", f"Not done: {en}"), False)


def _language(staff: Staff) -> str:
    return "en" if staff.language == "en" else "de"


def _in(actor: Staff, de: str, en: str) -> str:
    return en if actor.language == "en" else de
