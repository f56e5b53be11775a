from datetime import UTC, datetime

import pytest

from mailroute.message.dates import read_date, read_loose_date


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mon, 3 Nov 2025 08:15:00 +0100", (2025, 11, 3, 7, 15)),
        ("Mo, 12 Okt 2025 10:00:00 +0200", (2025, 10, 12, 8, 0)),
        ("Di, 4 März 2025 10:00 +0100", (2025, 3, 4, 9, 0)),
        ("Tue, 04 Nov 2025 17:02 +0100 (MEZ)", (2025, 11, 4, 16, 2)),
        ("1 Jul 2025 10:00:00 CEST", (2025, 7, 1, 8, 0)),
        ("1 Jul 2025 10:00:00 MESZ", (2025, 7, 1, 8, 0)),
        ("1 Jul 2025 10:00:00 GMT", (2025, 7, 1, 10, 0)),
        ("1 Jul 2025 10:00:00", (2025, 7, 1, 10, 0)),
        ("1 Jul 2025 10:00:00 +9999", (2025, 7, 1, 10, 0)),
        ("2025-11-22 10:00:00", (2025, 11, 22, 10, 0)),
    ],
)
def test_dates_of_mails_are_read_and_are_utc(text: str, moment: tuple[int, int, int, int, int]) -> None:
    assert read_date(text) == datetime(*moment, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "gestern", "Mon, 99 Nov 2025 08:15:00 +0100", "1 Jan 99999", "(" * 99])
def test_dates_that_are_none_are_none(text: str) -> None:
    assert read_date(text) is None


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Mittwoch, 12. November 2025 um 10:12", (2025, 11, 12, 9, 12)),
        ("Samstag, 12. Juli 2025 10:12 Uhr", (2025, 7, 12, 8, 12)),
        ("12.11.2025 10:12", (2025, 11, 12, 9, 12)),
        ("12.11.25, 10:12", (2025, 11, 12, 9, 12)),
        ("Wed, Oct 27, 2021 at 9:31 PM", (2021, 10, 27, 19, 31)),
        ("26 octobre 2021 à 14:25:08 UTC+3", (2021, 10, 26, 11, 25)),
        ("Mi., 27. Okt. 2021 um 09:31 Uhr", (2021, 10, 27, 7, 31)),
        ("2025-11-20T16:00:00+0100", (2025, 11, 20, 15, 0)),
        ("Wednesday, 5 April 2017", (2017, 4, 4, 22, 0)),
    ],
)
def test_dates_as_programs_show_them_are_local_time(
    text: str, moment: tuple[int, int, int, int, int]
) -> None:
    found = read_loose_date(text)
    assert found is not None
    assert found.replace(second=0) == datetime(*moment, tzinfo=UTC)


def test_a_text_without_a_day_is_no_date() -> None:
    assert read_loose_date("um 10:12 Uhr") is None
    assert read_loose_date("31.02.2025 10:00") is None
