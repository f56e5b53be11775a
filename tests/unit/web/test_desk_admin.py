"""What administrators look after: grants, holes, rules and what is stuck, of their own organisation only."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest

from mailroute.model.letter import LetterState, SendOutcome, SendResult
from mailroute.model.mail import IntakeState
from mailroute.store import fates, mails, outbox
from mailroute.store.rulesets import note_refusal
from tests.support.house import MUELLER, a_mail
from tests.support.stores import receive
from tests.support.web import BRANDT, KLARA, Pages, open_pages
from tests.unit.web.test_portal import a_firm


@pytest.fixture
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        yield opened


def _shown(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_grants_show_what_their_flags_come_to_and_how_members_stand(pages: Pages) -> None:
    shown = _shown(pages.visit(BRANDT).get("/desk/grants").text)
    assert "Klara Muster und Musterfirma" in shown
    assert f"{KLARA} bekannt Mit den Augen von Klara Muster sehen" in shown
    assert "Hauptfreischaltung" in shown


def test_holes_name_the_role_and_the_properties(tmp_path: Path) -> None:
    """REQ-E8."""
    rules = a_firm(tmp_path)
    roles = (rules / "roles.yaml").read_text()
    (rules / "roles.yaml").write_text(roles.replace("  site_wide: [keller]\n", ""))
    with open_pages(rules) as pages:
        shown = _shown(pages.visit(BRANDT).get("/desk/holes").text)
    assert "Vermietung" in shown
    assert "Objekten ist niemand zuständig." in shown
    assert "Lindenweg 5-7, 86152 Augsburg" in shown


def test_without_holes_the_page_says_so(pages: Pages) -> None:
    assert "Für jede Rolle ist überall jemand da." in _shown(pages.visit(BRANDT).get("/desk/holes").text)


def test_rules_that_were_refused_stand_on_top_with_their_mistakes_until_they_are_right(pages: Pages) -> None:
    brandt = pages.visit(BRANDT)
    before = _shown(brandt.get("/desk/rules").text)
    assert pages.site.offices["abc"].ruleset.hash in before
    assert "gelten nicht" not in before
    pages.store.write(
        lambda tx: note_refusal(tx, "abc", "roles.yaml:3:1 MR101 <b>falsch</b>", pages.clock())
    ).result()
    page = brandt.get("/desk/rules").text
    assert "Die letzten Änderungen gelten nicht" in page
    assert "roles.yaml:3:1 MR101 &lt;b&gt;falsch" in page


def _hold(pages: Pages, name: str, organisation: str) -> int:
    receive(pages.store, name, organisations=(organisation,))
    with pages.store.read() as conn:
        (row,) = mails.queue(conn, organisation)
    pages.store.write(lambda tx: fates.hold(tx, row.intake_id, "es geht nicht <i>", pages.clock())).result()
    return row.intake_id


def test_a_held_mail_is_decided_again_on_request_and_one_of_others_is_not_there(pages: Pages) -> None:
    own, foreign = _hold(pages, "own", "abc"), _hold(pages, "foreign", "other")
    brandt = pages.visit(BRANDT)
    page = brandt.get("/desk/queue").text
    assert f"/desk/queue/m{own}" in page
    assert f"/desk/queue/m{foreign}" not in page
    assert "es geht nicht &lt;i&gt;" in page
    for target in (f"m{foreign}", "m99999", "all", "x", "m"):
        assert brandt.post(f"/desk/queue/{target}").status_code == 404
    assert brandt.post(f"/desk/queue/m{own}").headers["location"] == "/desk/queue?done=1"
    with pages.store.read() as conn:
        assert [one.state for one in mails.queue(conn, "abc")] == [IntakeState.RECEIVED]
        assert [one.intake_id for one in mails.held(conn)] == [foreign]
    assert "work" in pages.woken


def test_a_letter_that_was_refused_is_sent_again_on_request(pages: Pages) -> None:
    pages.take(a_mail(MUELLER, "Schaden", "In der Max-Planck-Str. 12 ist die Dachrinne kaputt."))
    with pages.store.read() as conn:
        letter = outbox.letters(conn, "abc")[0].id
    now = pages.clock()
    pages.store.write(
        lambda tx: outbox.record(
            tx, letter, SendResult(SendOutcome.NEVER, "550 nein"), now=now, retry_at=None
        )
    ).result()
    brandt = pages.visit(BRANDT)
    shown = _shown(brandt.get("/desk/queue").text)
    assert "abgelehnt" in shown
    assert "550 nein" in shown
    assert brandt.post(f"/desk/queue/{letter}").status_code == 303
    with pages.store.read() as conn:
        assert {one.state for one in outbox.letters(conn, "abc")} == {LetterState.WAITING}
