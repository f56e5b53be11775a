"""How fast the pages answer with 100,000 tickets in the books (goal: 50 ms for nineteen of twenty requests).

A customer's matter and a tenant's are decided as ever, and then their rows are copied: one ticket in twenty is the customer's.
Requests go straight into the application. What a page costs that reads no tickets (`sign in`) is measured beside it.
"""

from __future__ import annotations

import time
from collections.abc import Callable

from sqlalchemy import Connection, insert, select

from mailroute.store import tables
from mailroute.store.tickets import tickets
from tests.support.house import a_mail
from tests.support.web import BRANDT, KLARA, Pages, Person, open_pages

TICKETS = 100_000
ONE_IN = 20
REQUESTS = 60
MOST_P95_MS = 50.0
WITHOUT_TICKETS = "sign in"
_COPIED = (tables.ticket, tables.event, tables.ticket_word, tables.timer)


def measure(scale: float) -> bool:
    """Print the figures with the goal; whether it is reached."""
    with open_pages() as pages:
        theirs, others = _two_tickets(pages)
        many = int(TICKETS * scale)
        pages.store.write(_copies(others, 0, many - many // ONE_IN)).result()
        pages.store.write(_copies(theirs, many - many // ONE_IN, many // ONE_IN)).result()
        klara, brandt = pages.visit(KLARA), pages.visit(BRANDT)
        looks: dict[str, Callable[[], object]] = {
            WITHOUT_TICKETS: lambda: _seen(pages.stranger(), "/sign-in"),
            "tickets": lambda: _seen(klara, "/tickets"),
            "tickets, one word": lambda: _seen(klara, "/tickets?words=KFZ"),
            "tickets, two words": lambda: _seen(klara, "/tickets?words=Schaden+Dachrinne"),
            "ticket": lambda: _seen(klara, f"/tickets/{theirs}"),
            "desk": lambda: _seen(brandt, "/desk"),
            "desk ticket": lambda: _seen(brandt, f"/desk/ticket/T-{theirs}"),
            "desk search": lambda: _seen(brandt, "/desk/search?words=Dachrinne"),
            "triage": lambda: _seen(brandt, "/desk/triage"),
        }
        figures = {name: _times(look) for name, look in looks.items()}
    return _told(figures, many)


def _two_tickets(pages: Pages) -> tuple[int, int]:
    pages.take(
        a_mail(KLARA, "Schaden zum Vertrag KFZ-500200", "Beim Parken hat die Tür eine Beule bekommen.")
    )
    pages.take(
        a_mail("mueller@mieter.example", "Dachrinne", "In der Max-Planck-Str. 12 tropft die Dachrinne.")
    )
    with pages.store.read() as conn:
        first, second = sorted(one.number for one in tickets(conn, "abc"))
    return first, second


def _copies(number: int, first: int, count: int) -> Callable[[Connection], None]:
    """Copy a ticket under `count` numbers that nobody has."""

    def copy(tx: Connection) -> None:
        for table in _COPIED:
            rows = tx.execute(select(table).where(table.c.organisation_id == "abc", table.c.number == number))
            found = [{name: one for name, one in row.items() if name != "id"} for row in rows.mappings()]
            tx.execute(
                insert(table),
                [row | {"number": 1_000_000 + at} for at in range(first, first + count) for row in found],
            )

    return copy


def _seen(person: Person, path: str) -> None:
    answer = person.get(path)
    assert answer.status_code == 200, (path, answer.status_code)


def _times(look: Callable[[], object]) -> list[float]:
    look()
    times = []
    for _ in range(REQUESTS):
        begin = time.perf_counter()
        look()
        times.append((time.perf_counter() - begin) * 1000)
    return sorted(times)


def _told(figures: dict[str, list[float]], many: int) -> bool:
    plain = figures[WITHOUT_TICKETS][REQUESTS // 2]
    print(f"pages with {many:,} tickets, one in {ONE_IN} the customer's (ms; × the page without tickets)")
    reached = True
    for name, times in figures.items():
        median, p95 = times[REQUESTS // 2], times[REQUESTS * 19 // 20]
        reached = reached and p95 <= MOST_P95_MS
        print(f"  {name:20} median {median:7.1f}  95 % {p95:7.1f}  {median / plain:5.1f} ×")
    print(f"  95 % of each: goal at most {MOST_P95_MS:g} ms – {'reached' if reached else 'MISSED'}")
    return reached
