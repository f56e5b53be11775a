"""Moments as people say them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from mailroute.model.moment import moment_nearby

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 1, 1, 0, 30, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("moment", "german", "english"),
    [
        ("2026-01-01T09:05+01:00", "heute, 09:05 Uhr", "today, 09:05"),
        ("2025-12-31T23:59+01:00", "gestern, 23:59 Uhr", "yesterday, 23:59"),
        ("2026-01-02T00:00+01:00", "morgen, 00:00 Uhr", "tomorrow, 00:00"),
        ("2026-01-03T08:00+01:00", "Samstag, 3. Januar, 08:00 Uhr", "Saturday, 3 January, 08:00"),
        ("2025-12-30T08:00+01:00", "Dienstag, 30. Dezember 2025, 08:00 Uhr", "Tuesday, 30 December 2025, 08:00"),
    ],
)  # fmt: skip
def test_near_days_are_said_as_people_say_them(moment: str, german: str, english: str) -> None:
    """By the days of the reader's zone: half past midnight here is still yesterday in UTC."""
    at = datetime.fromisoformat(moment).astimezone(ZoneInfo("UTC"))
    assert moment_nearby(at, NOW, "Europe/Berlin", "de") == german
    assert moment_nearby(at, NOW, "Europe/Berlin", "en") == english
