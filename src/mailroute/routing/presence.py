"""Who is there at a moment: what `absences.yaml` says and what people said themselves, together. Pure.

Every decision begins here, and everything behind it (assigning, reminding, escalating) asks one list of absences.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from mailroute.model.absence import Away, Half
from mailroute.model.ruleset import Absence, Ruleset, Source
from mailroute.routing.work import Rules

_NOON = 12


def as_of(rules: Rules, said: Sequence[Away], now: datetime) -> Rules:
    """The rules with all absences of that moment. Of somebody who is away for half of a day: only in that half."""
    ruleset = rules.ruleset
    if not said and not any(one.half for one in ruleset.absences):
        return rules
    present = replace(ruleset, absences=tuple(_in_force(ruleset, said, now)))
    # Who is away changes nothing in how mails are read: compiling that anew costs half a second.
    return replace(rules, ruleset=present, as_written=rules.as_written or rules)


def _in_force(ruleset: Ruleset, said: Sequence[Away], now: datetime) -> Iterator[Absence]:
    """What people said themselves comes first: it is newer than what administrators wrote."""
    local = now.astimezone(ZoneInfo(ruleset.calendar(None).zone))
    half = Half.MORNING if local.hour < _NOON else Half.AFTERNOON
    written = (_as_rule(one) for one in said if ruleset.staff_by_id(one.staff) is not None)
    for one in (*written, *ruleset.absences):
        today = one.since <= local.date() <= one.until
        if not today or one.half in (None, half):
            yield one


def _as_rule(away: Away) -> Absence:
    return Absence(
        staff=away.staff,
        since=away.since,
        until=away.until or date.max,
        deputy=away.deputy,
        source=Source(f"absence {away.id} ({away.origin})", 0),
        half=away.half,
        open_tickets=away.open_tickets,
    )


def absence_of(ruleset: Ruleset, staff_id: str, day: date) -> Absence | None:
    """The absence of somebody on a day, None if they are there."""
    return next(
        (one for one in ruleset.absences if one.staff == staff_id and one.since <= day <= one.until), None
    )
