"""Two organisations in one house, one the partner of the other: what the other can see before it accepts (REQ-D7)."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from mailroute import shipped
from mailroute.model.ticket import Status
from mailroute.store.tables import metadata
from tests.support.house import MUELLER, SCHMIDT, House, a_mail, a_reply, open_house

THEIRS = "service@xyz-hausverwaltung.example"
PARTNER = "leitung@xyz-hausverwaltung.example"
SECRETS = ("Müller", "mueller", "mieter.example", "Dachrinne", "Kennwort", "Max-Planck", "0171")
DAMAGE = "Am Haus Max-Planck-Straße 12 ist die Dachrinne beschädigt. Kennwort Tulpe. Tel. 0171 234567\n\nThomas Müller"


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    """The firms abc and xyz in one database; xyz is a partner of abc."""
    ours, theirs = tmp_path / "abc", tmp_path / "xyz"
    for directory in (ours, theirs):
        shutil.copytree(shipped.path("rules"), directory)
    partners = ours / "partners.yaml"
    partners.write_text(
        f"{partners.read_text()}\nxyz:\n  name: XYZ Hausverwaltung\n  email: {PARTNER}\n"
        "  organisation: xyz\n  order: 5\n  calendar: werktage\n"
    )
    organisation = theirs / "organisation.yaml"
    organisation.write_text(
        organisation.read_text().replace("id: abc\n", "id: xyz\n").replace("service@abc-", "service@xyz-")
    )
    with open_house(rules=(ours, theirs)) as running:
        yield running
        assert running.contradictions() == []


def ask(house: House) -> None:
    """Herr Müller reports a damage to abc, and Herr Schmidt asks xyz."""
    house.get(a_mail(f"Thomas Müller <{MUELLER}>", "Gebäudeschaden an der Dachrinne", DAMAGE))
    house.reply(house.letter_to(SCHMIDT), "weiter an: XYZ Hausverwaltung")


def kept_for(house: House, organisation: str) -> set[str]:
    """Every row that the database keeps for an organisation."""
    with house.daemons[0].store.read() as conn:
        return {
            f"{table.name} {row}"
            for table in metadata.sorted_tables
            if "organisation_id" in table.c and table.name != "daily"  # its own holes of the day
            for row in conn.execute(select(table).where(table.c.organisation_id == organisation))
        }


def test_req_d7_before_the_yes_the_other_organisation_has_nothing_of_our_customer(house: House) -> None:
    """Neither in the offer, nor in any row that is theirs, nor by sending our offer to their own inbox."""
    ours, theirs = kept_for(house, "abc"), kept_for(house, "xyz")
    ask(house)
    offer = house.letter_to(PARTNER)
    assert [word for word in SECRETS if word in offer.everything] == []
    assert "Dachrinne" in str(kept_for(house, "abc") - ours), "so that the words would be found"
    assert kept_for(house, "xyz") == theirs
    tag = offer.reply_to.partition("+")[2].partition("@")[0]
    assert tag
    astray = [house.get(a_reply(offer, PARTNER, "annehmen", to=THEIRS.replace("@", f"+{tag}@")))]
    astray.append(house.get(a_reply(offer, PARTNER, "annehmen", to=THEIRS)))
    assert house.ticket("Dachrinne").status is Status.PARTNER_ASKED
    shown = "\n".join(one.everything for letters in astray for one in letters)
    assert [word for word in SECRETS if word in shown + str(kept_for(house, "xyz") - theirs)] == []


def test_req_d7_their_yes_by_mail_brings_them_the_matter(house: House) -> None:
    ask(house)
    [matter] = [one for one in house.reply(house.letter_to(PARTNER), "annehmen") if one.to == PARTNER]
    assert "Kennwort Tulpe" in matter.text
    assert house.ticket("Dachrinne").status is Status.WITH_PARTNER
    assert {one.organisation for one in house.tickets()} == {"abc"}
