"""When a letter is tried again."""

from datetime import UTC, datetime, timedelta

from mailroute.delivery.backoff import next_attempt

START = datetime(2026, 11, 22, 10, 0, tzinfo=UTC)


def test_the_first_wait_is_a_minute_and_doubles_up_to_four_hours() -> None:
    waits = []
    for attempts in range(1, 12):
        again = next_attempt(attempts, START, START, jitter=0)
        assert again is not None
        waits.append((again - START) / timedelta(minutes=1))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 240, 240, 240]


def test_jitter_takes_a_quarter_off_at_most() -> None:
    for jitter in (0.0, 0.5, 1.0, 7.0, -3.0):
        again = next_attempt(9, START, START, jitter)
        assert again is not None
        assert timedelta(hours=3) <= again - START <= timedelta(hours=4)


def test_the_last_attempt_is_made_when_five_days_end_and_none_after_it() -> None:
    now, attempts = START, 1
    while (again := next_attempt(attempts, START, now, jitter=0.3)) is not None:
        assert again > now
        now, attempts = again, attempts + 1
    assert now == START + timedelta(days=5)
    assert attempts < 60


def test_a_number_of_attempts_beyond_reason_does_not_overflow() -> None:
    assert next_attempt(10**9, START, START, jitter=0) == START + timedelta(hours=4)
