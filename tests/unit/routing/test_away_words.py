"""What `abwesend …` and `away …` say, in German and English; what is not clear is not guessed."""

from datetime import date

import pytest

from mailroute.model.absence import Half
from mailroute.routing.away_words import SaidAway, read_away

# A Tuesday.
TODAY = date(2026, 11, 24)


def day(text: str) -> date:
    return date.fromisoformat(text)


@pytest.mark.parametrize(
    ("words", "since", "until"),
    [
        ("1.12.–14.12.", "2026-12-01", "2026-12-14"),
        ("1.-14.12.", "2026-12-01", "2026-12-14"),
        ("vom 1.12. bis zum 14.12.2026", "2026-12-01", "2026-12-14"),
        ("1. Dezember bis 14. Dezember", "2026-12-01", "2026-12-14"),
        ("1 Dec to 14 Dec", "2026-12-01", "2026-12-14"),
        ("December 1 - December 14", "2026-12-01", "2026-12-14"),
        ("2026-12-01 bis 2026-12-14", "2026-12-01", "2026-12-14"),
        ("20.12. bis 5.1.", "2026-12-20", "2027-01-05"),
        ("heute", "2026-11-24", "2026-11-24"),
        ("tomorrow", "2026-11-25", "2026-11-25"),
        ("am 24.12.", "2026-12-24", "2026-12-24"),
        ("bis Freitag", "2026-11-24", "2026-11-27"),
        ("until friday", "2026-11-24", "2026-11-27"),
        ("ab morgen bis Freitag", "2026-11-25", "2026-11-27"),
        ("von Montag bis Mittwoch", "2026-11-30", "2026-12-02"),
        ("nächste Woche", "2026-11-30", "2026-12-06"),
        ("diese Woche", "2026-11-24", "2026-11-29"),
        ("3 Tage", "2026-11-24", "2026-11-26"),
        ("for 2 weeks", "2026-11-24", "2026-12-07"),
        ("krank", "2026-11-24", "2026-11-25"),
        ("krank bis Freitag", "2026-11-24", "2026-11-27"),
        # What is past is seen to be past, and not taken for next year.
        ("1.11.–5.11.", "2026-11-01", "2026-11-05"),
        ("20.11.-1.12.", "2026-11-20", "2026-12-01"),
        ("1.12.2020-5.12.2020", "2020-12-01", "2020-12-05"),
    ],
)
def test_req_e11_days_are_understood(words: str, since: str, until: str) -> None:
    assert read_away(words, TODAY) == SaidAway(day(since), day(until), "", None, open_tickets=False)


@pytest.mark.parametrize("words", ["ab morgen", "from tomorrow"])
def test_without_an_end_it_holds_until_further_notice(words: str) -> None:
    assert read_away(words, TODAY) == SaidAway(day("2026-11-25"), None, "", None, open_tickets=False)


@pytest.mark.parametrize(
    ("words", "half"),
    [
        ("heute Nachmittag", Half.AFTERNOON),
        ("heute vormittags", Half.MORNING),
        ("today in the afternoon", Half.AFTERNOON),
    ],
)
def test_half_a_day_is_understood(words: str, half: Half) -> None:
    assert read_away(words, TODAY) == SaidAway(TODAY, TODAY, "", half, open_tickets=False)


@pytest.mark.parametrize(
    ("words", "deputy", "open_tickets"),
    [
        ("bis Freitag Vertretung Schmidt", "schmidt", False),
        ("bis Freitag, Vertretung: Frau Novak", "frau novak", False),
        ("bis Freitag (Vertretung durch Herrn Schmidt)", "herrn schmidt", False),
        ("until friday deputy Huber, open tickets too", "huber", True),
        ("until friday, deputy Jens Schmidt and open tickets", "jens schmidt", True),
        ("bis Freitag Vertretung Schmidt, auch offene Vorgänge", "schmidt", True),
        ("bis Freitag, offene auch", "", True),
    ],
)
def test_the_deputy_and_what_becomes_of_open_tickets_are_understood(
    words: str, deputy: str, open_tickets: bool
) -> None:
    said = read_away(words, TODAY)
    assert said == SaidAway(TODAY, day("2026-11-27"), deputy, None, open_tickets)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "bin ich bis Freitag",
        "31.2.",
        "14.12.2026 bis 1.12.2026",
        "gleich",
        "1.12.2099",
        "0 Tage",
        "999 Wochen",
        "40.-14.12.",
        "bis",
        "x" * 500,
        "-",
    ],
)
def test_what_is_not_clear_is_not_guessed(words: str) -> None:
    assert read_away(words, TODAY) is None
