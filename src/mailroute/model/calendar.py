"""Working time: open hours per weekday, public holidays of a German state, extra closed days (domain.md §3).

Instants are aware; arithmetic counts elapsed (UTC) time inside open intervals, which are local wall-clock hours,
so a change to or from summer time moves nothing but the hour it happens in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

Minutes = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Calendar:
    """When somebody works.

    `hours` has seven entries, Monday first, each a tuple of (start, end) minutes since midnight, end ≤ 1440.
    `region` is "DE-BY" and the like, or None for no public holidays. `zone` is an IANA name.
    """

    id: str
    zone: str
    hours: tuple[tuple[Minutes, ...], ...]
    region: str | None
    closed: frozenset[date] = frozenset()
    max_span: timedelta = timedelta(days=730)
