"""Once a day, in a real database: digests and holes are written once, hand-overs move everything in one go (REQ-E8)."""

import re
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from mailroute import shipped
from mailroute.admin.acts import Act, Impossible, carry_out
from mailroute.clock import StoppedClock
from mailroute.flow.activate import Installation, open_installation
from mailroute.flow.daily import write_daily
from mailroute.model.letter import Gathered, Template
from mailroute.settings import Settings
from mailroute.store.agenda import tasks
from mailroute.store.apply import apply
from mailroute.store.outbox import letters
from mailroute.store.verify import verify
from tests.support.stores import SCHMIDT, a_decision, open_case, write

TUESDAY = datetime(2026, 11, 24, 9, tzinfo=ZoneInfo("Europe/Berlin"))


@pytest.fixture
def firm(tmp_path: Path) -> Iterator[Installation]:
    """The demo firm; everybody wants a digest, and nobody holds one role."""
    rules = tmp_path / "rules"
    shutil.copytree(shipped.path("rules"), rules, ignore=shutil.ignore_patterns("packs"))
    organisation = rules / "organisation.yaml"
    text, changed = re.subn(
        r"^features: .*$", "features: [share-tickets, digest]", organisation.read_text(), flags=re.MULTILINE
    )
    assert changed == 1
    organisation.write_text(text)
    installation = open_installation(
        Settings(state=tmp_path / "state", rules=(rules,)), clock=lambda: TUESDAY
    )
    yield installation
    installation.store.close()


def written(firm: Installation) -> list[tuple[str, str]]:
    with firm.store.read() as conn:
        rows = letters(conn)
        assert verify(conn) == ()
    return [(row.template, row.to_address.partition("@")[0]) for row in rows if row.number is None]


def test_a_digest_is_written_once_a_day_and_holds_what_waited(firm: Installation) -> None:
    clock = StoppedClock(TUESDAY)
    open_case(firm.store)
    line = Gathered("schmidt", 10_001, Template.CHANGES, "Huber: Notiz")
    decision = a_decision(None, None, gathered=(line,))
    write(firm.store, lambda tx: apply(tx, decision, (), cause="m8", intake=None, timer=None, now=TUESDAY))
    assert write_daily(firm.store, firm.site, clock=clock) == 1
    assert write_daily(firm.store, firm.site, clock=clock) == 0
    assert written(firm) == [("digest", "schmidt")]
    clock.turn_to(TUESDAY + timedelta(days=1))
    assert write_daily(firm.store, firm.site, clock=clock) == 1
    assert written(firm) == [("digest", "schmidt")] * 2


def test_everything_of_somebody_who_leaves_is_handed_over_with_one_letter(firm: Installation) -> None:
    clock = StoppedClock(TUESDAY)
    numbers = [open_case(firm.store, name).number for name in ("1", "2", "3")]
    lines = carry_out(Act("handover", actor="schmidt", target="Frau Huber"), firm.store, firm.site, clock)
    assert len(lines) == 3
    assert written(firm) == [("handed-over", "huber")]
    with firm.store.read() as conn:
        theirs = tasks(conn, "abc", "huber")
        assert sorted(one.ticket.number for one in theirs) == numbers
        assert all(one.due is not None and one.ticket.holders == ("schmidt",) for one in theirs)
        assert tasks(conn, "abc", "schmidt") == ()
    again = carry_out(Act("handover", actor="schmidt", target="huber"), firm.store, firm.site, clock)
    assert again == ["schmidt has no open tickets"]


@pytest.mark.parametrize(
    ("leaving", "receiver", "why"),
    [
        ("schmidt", "nobody", "nobody active is called nobody"),
        ("schmidt", "lang", "nobody active is called lang"),
        ("ghost", "huber", "nobody is called ghost"),
        ("schmidt", "schmidt", "has these tickets already"),
    ],
)
def test_a_hand_over_to_nobody_or_from_nobody_is_refused(
    firm: Installation, leaving: str, receiver: str, why: str
) -> None:
    open_case(firm.store)
    with pytest.raises(Impossible, match=why):
        carry_out(
            Act("handover", actor=leaving, target=receiver), firm.store, firm.site, StoppedClock(TUESDAY)
        )
    with firm.store.read() as conn:
        assert [one.ticket.assignee for one in tasks(conn)] == [SCHMIDT.id]
