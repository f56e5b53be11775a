from datetime import date

import pytest

from mailroute.message.away import find_away
from mailroute.message.parse import parse

SENT = date(2025, 11, 10)
THIRD, FOURTEENTH, SIXTEENTH = date(2025, 11, 3), date(2025, 11, 14), date(2025, 11, 16)


@pytest.mark.parametrize(
    ("text", "away"),
    [
        ("Ich bin vom 3.11. bis 14.11.2025 nicht im Büro.", (THIRD, FOURTEENTH)),
        ("Ich bin vom 3. bis 14. November abwesend.", (THIRD, FOURTEENTH)),
        ("von Montag, den 03.11.2025 bis einschließlich Freitag, den 14.11.2025", (THIRD, FOURTEENTH)),
        ("03.11.-14.11.2025 abwesend", (THIRD, FOURTEENTH)),
        ("zwischen dem 3. und dem 14. November 2025", (THIRD, FOURTEENTH)),
        ("2025-11-03 bis 2025-11-14", (THIRD, FOURTEENTH)),
        ("bis einschließlich Freitag, den 14.11.25 im Urlaub", (None, FOURTEENTH)),
        ("Ab dem 17.11. bin ich wieder erreichbar.", (None, SIXTEENTH)),
        ("Ab Montag, den 17. November 2025, stehe ich Ihnen wieder zur Verfügung.", (None, SIXTEENTH)),
        ("Ich bin wieder ab 17.11.2025 im Haus.", (None, SIXTEENTH)),
        ("Ich kehre am 17.11. zurück.", (None, SIXTEENTH)),
        ("ab 3.11. im Urlaub", (THIRD, None)),
        ("Am 14.11.2025 bin ich nicht im Büro.", (FOURTEENTH, FOURTEENTH)),
        ("I am out of the office from 3 November 2025 to 14 November 2025.", (THIRD, FOURTEENTH)),
        ("away from Nov 3 through Nov 14, 2025", (THIRD, FOURTEENTH)),
        ("I will be out of the office until November 14th.", (None, FOURTEENTH)),
        ("I will be returning to the office on Monday, November 17, 2025.", (None, SIXTEENTH)),
        ("I am back on 11/17/2025.", (None, SIXTEENTH)),
        ("I am away, and back on 17/11/2025.", (None, SIXTEENTH)),
        ("Ich bin zur Zeit nicht da.", None),
        ("Rufen Sie 089/12.34.56 an, von 10:12 bis 14.30 Uhr.", None),
        ("Unser Angebot vom 3.11.2025 gilt weiter.", None),
        ("am 31.11.2025 nicht da", None),
        ("", None),
    ],
)
def test_the_days_of_absence_are_read(text: str, away: tuple[date | None, date | None] | None) -> None:
    assert find_away(text, SENT) == away


@pytest.mark.parametrize("sent", [date(2025, 12, 22), date(2026, 1, 2)])
def test_an_absence_over_new_year_keeps_its_order(sent: date) -> None:
    assert find_away("vom 23.12. bis 6.1. geschlossen", sent) == (date(2025, 12, 23), date(2026, 1, 6))


def test_a_day_without_year_means_nothing_in_a_mail_without_date() -> None:
    assert find_away("bis 14.11. im Urlaub", None) is None
    assert find_away("bis 14.11.2025 im Urlaub", None) == (None, FOURTEENTH)


def test_only_an_out_of_office_reply_has_an_absence() -> None:
    mail = "From: a@b.example\nDate: Mon, 10 Nov 2025 10:00:00 +0100\n{}\n\nIch bin bis 14.11. im Urlaub.\n"
    assert parse(mail.format("Subject: Abwesenheitsnotiz: x").encode()).away == (None, FOURTEENTH)
    assert parse(mail.format("Subject: Heizung").encode()).away is None


def test_thousands_of_dates_cost_no_time() -> None:
    assert find_away("3.11. " * 100_000, SENT) is None
