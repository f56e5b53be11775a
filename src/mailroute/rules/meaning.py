"""What every line says by itself may be right, and together it may not do what was meant (MR4xx)."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from itertools import pairwise

from mailroute.model.calendar import Calendar
from mailroute.model.directory import overlap
from mailroute.model.lookup import house_numbers, place_key
from mailroute.model.spellings import SHIPPED
from mailroute.model.text import fold
from mailroute.rules.build import build_calendar, build_deadlines
from mailroute.rules.contradictions import check_contradictions
from mailroute.rules.holders import check_holders
from mailroute.rules.persons import Mention
from mailroute.rules.reach import check_reach
from mailroute.rules.reader import Entries, Entry
from mailroute.rules.report import Report, Spot, quoted
from mailroute.rules.schema import AbsenceEntry, CaseTypeEntry, OrganisationEntry, PropertyEntry
from mailroute.rules.when_schema import WhenEntry

_GERMAN_DIGITS = 5


def check_meaning(entries: Entries, people: Sequence[Mention], report: Report) -> None:
    """Report what would surprise its author. Files with mistakes of their own are judged as far as they go."""
    _check_calendars(entries, report)
    _check_absences(entries, report)
    check_reach(entries, report)
    check_contradictions(entries, report)
    _check_clusters(entries, report)
    _check_patterns(entries, report)
    _check_deadlines(entries, report)
    _check_spellings(entries, report)
    _check_inactive(entries, report)
    _check_persons(entries, people, report)
    _check_addresses_of_properties(entries, report)
    _check_postcodes(entries, report)
    # Whether anybody holds a role can be said only where all of these could be read without mistakes.
    if not report.failed:
        check_holders(entries, report)


# --- calendars, absences -------------------------------------------------------------------------------------


def _check_calendars(entries: Entries, report: Report) -> None:
    for one in entries.calendars.values():
        if not any(one.value.week):
            remedy = "Write lines like `mo-fr: 8:00-17:00`."
            report.add("MR404", one.spot("hours"), f"the calendar {quoted(one.id)} is never open", remedy)
        elif (year := _year_without_open_days(build_calendar(one))) is not None:
            message = f"the calendar {quoted(one.id)} is closed on every day of {year}"
            report.add("MR415", one.spot("closed"), message, "Check the years of the closed days.")


def _year_without_open_days(calendar: Calendar) -> int | None:
    """The first year that its closed days leave nothing of; None if there is none."""
    for year in sorted({day.year for day in calendar.closed}):
        days = (date.fromordinal(n) for n in range(*(date(y, 1, 1).toordinal() for y in (year, year + 1))))
        if not any(calendar.hours[day.weekday()] and day not in calendar.closed for day in days):
            return year
    return None


def _check_absences(entries: Entries, report: Report) -> None:
    by_staff: dict[str, list[Entry[AbsenceEntry]]] = defaultdict(list)
    for one in entries.absences:
        by_staff[one.value.staff].append(one)
    told: set[frozenset[str]] = set()
    for one in entries.absences:
        circle = _circle(one, by_staff)
        if circle and frozenset(circle) not in told:
            told.add(frozenset(circle))
            chain = " → ".join(quoted(name) for name in (*circle, circle[0]))
            remedy = "Name a deputy who is there, or none: then the next holder of the role stands in."
            report.add(
                "MR403", one.spot("deputy"), f"deputies stand in for each other in a circle: {chain}", remedy
            )


def _circle(start: Entry[AbsenceEntry], by_staff: dict[str, list[Entry[AbsenceEntry]]]) -> tuple[str, ...]:
    """The staff on a way from deputy to deputy back to the start on a day when all of them are away; or ()."""
    first = start.value
    start_way: tuple[str, ...] = (first.staff,)
    waiting = [(start_way, first.deputy, first.since, first.until)]
    while waiting:
        way, deputy, since, until = waiting.pop()
        if deputy == first.staff:
            return way
        if deputy is None or deputy in way:
            continue
        for one in by_staff[deputy]:
            later, earlier = max(since, one.value.since), min(until, one.value.until)
            if later <= earlier:
                waiting.append(((*way, deputy), one.value.deputy, later, earlier))
    return ()


# --- case types ----------------------------------------------------------------------------------------------


def _check_clusters(entries: Entries, report: Report) -> None:
    for one in entries.case_types.values():
        if one.value.cluster and one.value.emergency:
            message = f"{quoted(one.id)} is an emergency, and each of those must reach somebody by itself"
            report.add("MR418", one.spot("cluster"), message, "Remove `cluster`.")
        elif one.value.cluster and one.value.chain is not None:
            message = f"{quoted(one.id)} belongs to a contract, and contracts are nobody else's business"
            report.add("MR418", one.spot("cluster"), message, "Remove `cluster`.")


def _check_patterns(entries: Entries, report: Report) -> None:
    for one in entries.case_types.values():
        for pattern, path in _patterns(one.value.when, ("when",)):
            # Escapes like \W, \pL and (?P<Name>…) are no letters of the mail.
            letters = re.sub(r"\\[pP]\{\^?\w+\}|\\.|\(\?P?<\w+>|\[:\^?\w+:\]", "", pattern)
            if "(?i" not in pattern and fold(letters) != letters:
                remedy = "Write it in lower case, with ae, oe, ue and ss for ä, ö, ü and ß."
                message = (
                    f"no mail matches {quoted(pattern)}, because mails are folded to small plain letters"
                )
                report.add("MR409", one.spot(*path), message, remedy)


def _patterns(
    when: WhenEntry | None, path: tuple[str | int, ...]
) -> Iterator[tuple[str, tuple[str | int, ...]]]:
    if when is None:
        return
    if when.regex:
        yield when.regex, (*path, "regex")
    for kind, inner in (("all", when.all), ("any", when.any)):
        for index, one in enumerate(inner or ()):
            yield from _patterns(one, (*path, kind, index))
    yield from _patterns(when.not_, (*path, "not"))


def _check_deadlines(entries: Entries, report: Report) -> None:
    organisation = entries.organisation
    if organisation is None or organisation.value.calendar not in entries.calendars:
        return
    all_of_them: list[Entry[OrganisationEntry] | Entry[CaseTypeEntry]] = [organisation]
    for one in (*all_of_them, *entries.case_types.values()):
        emergency = isinstance(one.value, CaseTypeEntry) and one.value.emergency
        spans = build_deadlines(one.value.deadlines, entries, emergency=emergency)
        steps = [rung.at for rung in spans.ladder if not rung.repeats]
        if one.value.deadlines.ladder and any(later <= earlier for earlier, later in pairwise(steps)):
            remedy = "Write the rungs in the order of their times; `100%` is `react_within`."
            report.add(
                "MR421", one.spot("deadlines", "ladder"), "a rung is not later than the one before", remedy
            )
        elif (
            not spans.ladder
            and spans.escalate_after is not None
            and spans.escalate_after < spans.remind_after
        ):
            message = "it would escalate before the first reminder is sent"
            remedy = "Make `escalate_after` longer than `remind_after`; what is not written is inherited."
            report.add("MR412", one.spot("deadlines", "escalate_after"), message, remedy)


def _check_spellings(entries: Entries, report: Report) -> None:
    verbs = {fold(one.text): one.verb for one in SHIPPED}
    for one in entries.spellings:
        verb = verbs.setdefault(fold(one.text), one.verb)
        if verb != one.verb:
            message = f"{quoted(one.text)} already means {quoted(verb)}"
            report.add("MR411", one.spot, message, "A spelling can mean only one verb.")


# --- people and places ---------------------------------------------------------------------------------------


def _check_inactive(entries: Entries, report: Report) -> None:
    gone = {one.id for one in entries.staff.values() if not one.value.active}
    if not gone:
        return
    uses: list[tuple[str | None, Spot]] = []
    for role in entries.roles.values():
        uses += [
            (who, role.spot("site_wide", n)) for n, who in enumerate(role.value.site_wide) if who in gone
        ]
    uses += [
        (row.value.staff, row.spot("staff")) for row in entries.responsibilities if row.value.staff in gone
    ]
    listed = {(row.value.property, row.value.role) for row in entries.responsibilities}
    for one in entries.properties:
        own = {role: who for role, who in one.value.roles.items() if (one.id, role) not in listed}
        for role_id, holders in own.items():
            uses += [(who, one.spot("roles", role_id, n)) for n, who in enumerate(holders) if who in gone]
    uses += [(one.value.deputy, one.spot("deputy")) for one in entries.absences if one.value.deputy in gone]
    for contract in entries.contracts:
        for column in ("adviser", "clerk"):
            who = getattr(contract.value, column)
            if who in gone:
                uses.append((who, contract.spot(column)))
    for who, spot in uses:
        message = f"{quoted(who or '')} is not active and gets no mail"
        report.add("MR410", spot, message, "Name somebody else here.")


def _check_persons(entries: Entries, people: Sequence[Mention], report: Report) -> None:
    ours: dict[str, str] = {}
    for staff in entries.staff.values():
        ours |= dict.fromkeys((staff.value.email, *staff.value.also), f"staff `{staff.id}`")
    ours |= {one.value.email: f"partner `{one.id}`" for one in entries.partners.values() if one.value.email}
    for said in people:
        for address in said.addresses:
            if address in ours:
                message = f"{quoted(address)} also belongs to {ours[address]}"
                remedy = "Their mails count as written by that one; use a private address for the person."
                report.add("MR408", said.spot("email"), message, remedy)


def _check_addresses_of_properties(entries: Entries, report: Report) -> None:
    at: dict[tuple[str, str], list[Entry[PropertyEntry]]] = defaultdict(list)
    for one in entries.properties:
        value = one.value
        for number in house_numbers(value.house_number):
            key = (place_key(value.street, number), value.postcode)
            twin = next((other for other in at[key] if other.id != one.id and _overlap(other, one)), None)
            if twin is not None:
                message = f"{quoted(twin.id)} has the same address: {value.street} {number}, {value.postcode}"
                remedy = "Mails that name it cannot be told apart; give one of them a last day (`to`)."
                report.add("MR413", one.spot("street"), message, remedy)
                break
            at[key].append(one)


def _check_postcodes(entries: Entries, report: Report) -> None:
    """1067 may be Dresden without its zero, or Switzerland; in a firm that has no others of five digits it is no question."""
    if not any(len(one.value.postcode) == _GERMAN_DIGITS for one in entries.properties):
        return
    for one in entries.properties:
        postcode = one.value.postcode
        if len(postcode) < _GERMAN_DIGITS:
            remedy = f"If a spreadsheet has eaten the leading zero, write 0{postcode}; else A-{postcode} or CH-{postcode}."
            report.add(
                "MR416", one.spot("postcode"), f"the postcode {quoted(postcode)} has four digits", remedy
            )


def _overlap(one: Entry[PropertyEntry], other: Entry[PropertyEntry]) -> bool:
    return overlap((one.value.since, one.value.until), (other.value.since, other.value.until))
