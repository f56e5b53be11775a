"""`mailroute suggest` and `learn`, from what people did at a working house: corrected, assigned, closed."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import update

from mailroute import shipped
from mailroute.admin.learning import lessons
from mailroute.admin.suggesting import Proposal, applied, difference, judge, proposals
from mailroute.rules import load, load_files, read_files
from mailroute.store.examples import examples
from mailroute.store.tables import mail
from tests.support.house import MUELLER, ZENTRALE, House, a_mail, open_house

RULES = shipped.path("rules")
BRANDT = "brandt@abc-hausverwaltung.example"
AYDIN, CLARKE, BAUER = "aydin@mieter.example", "clarke@mieter.example", "anna.bauer@mieter.example"


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """Three people wrote what no rule knows, and the desk said what it was; three tickets went to somebody else."""
    with open_house() as house:
        for nth, caller in enumerate((AYDIN, CLARKE, MUELLER)):
            mail = a_mail(caller, f"Anfrage {nth}", "Die Klimaanlage pfeift seit gestern so komisch.")
            [desk] = [one for one in house.get(mail) if one.to == ZENTRALE]
            house.reply(desk, "typ: Heizung")
        for caller in (AYDIN, CLARKE, BAUER):
            mail = a_mail(caller, "Schlüssel", "Ich habe meinen Haustürschlüssel verloren.")
            [offer, *_] = [one for one in house.get(mail) if one.to.endswith("hausverwaltung.example")]
            [handed] = [one for one in house.reply(offer, "weiter an: Brandt") if one.to == BRANDT]
            house.reply(handed, "erledigt: Neuer Schlüssel bestellt.")
        yield house


def found_in(house: House) -> list[Proposal]:
    now = house.clock() + timedelta(seconds=1)
    with house.daemons[0].store.read() as conn:
        judged = [judge(one) for one in examples(conn, "abc", now - timedelta(days=1), now)]
        return list(
            proposals(conn, load(RULES), dict(read_files(RULES)), judged, now - timedelta(days=1), now)
        )


def test_a_word_that_several_corrected_mails_share_is_proposed_with_its_effect(house: House) -> None:
    """Issue 7, part 7."""
    words = [one for one in found_in(house) if one.title.startswith("`klimaanlage` speaks for heizung")]
    [one] = words
    assert (one.right, one.wrong) == (3, 0)
    files = dict(read_files(RULES))
    lines = difference(files, one)
    assert [line for line in lines if line.startswith("-") and not line.startswith("---")] == []
    assert any("klimaanlage" in line for line in lines if line.startswith("+"))
    ruleset = load_files({**files, **applied(files, [one])}.items()).ruleset
    assert "klimaanlage" in {
        it.text for it in next(c for c in ruleset.case_types if c.id == "heizung").evidence
    }


def test_several_proposals_for_one_file_are_all_in_it(house: House) -> None:
    files = dict(read_files(RULES))
    found = [one for one in found_in(house) if one.edit is not None]
    load_files({**files, **applied(files, found)}.items())


def test_who_ends_with_the_tickets_of_a_role_is_proposed_as_its_holder(house: House) -> None:
    [one] = [one for one in found_in(house) if "holds the role" in one.title]
    assert one.title.startswith("brandt holds the role ")
    assert "for max-planck-12, not " in one.title
    assert one.because == "3 of 3 closed tickets ended there"


def test_an_erased_mail_is_no_example_any_more(house: House) -> None:
    """The last one here: it empties the books."""
    ruleset = load(RULES).ruleset
    now = house.clock() + timedelta(seconds=1)
    store = house.daemons[0].store
    with store.read() as conn:
        before = lessons(ruleset, examples(conn, "abc", now - timedelta(days=1), now))
    assert [one.case_type for one in before].count("heizung") == 3
    assert len(before) == 6
    store.write(lambda conn: conn.execute(update(mail).values(content=b""))).result()
    with store.read() as conn:
        assert lessons(ruleset, examples(conn, "abc", now - timedelta(days=1), now)) == []
    assert [one for one in found_in(house) if "speaks for" in one.title] == []
