"""What a letter says about its decision: the lines why, and what a triage ticket may be about."""

from dataclasses import replace

import pytest

from mailroute.model.directory import Directory, Property
from mailroute.model.letter import Template
from mailroute.model.ruleset import Absence
from mailroute.model.text import Text
from mailroute.routing.work import Rules
from tests.support.deciding import RULESET, decide, notice
from tests.support.factories import (
    RECHNUNG,
    SCHADEN,
    TODAY,
    a_directory,
    a_message,
    a_property,
    a_role,
    a_ruleset,
    a_staff,
)

NAMED = (
    replace(RECHNUNG, name=Text("Rechnung", "Invoice")),
    replace(SCHADEN, name=Text("Schadensmeldung", "Damage")),
)
RULES = Rules(replace(RULESET, case_types=NAMED))
ENGLISH = Rules(
    replace(
        RULESET,
        case_types=NAMED,
        staff=tuple(replace(one, language="en") for one in RULESET.staff),
    )
)


def two_houses(*, second_town: str = "Bonn", **second: object) -> Directory:
    """The same address in two towns, and nobody who lives in either."""
    other = a_property("other-12", town=second_town, postcode="53111", **second)  # type: ignore[arg-type]
    return a_directory((a_property(), other), ())


def test_a_triage_letter_names_the_houses_it_may_be_about_with_the_words_that_spoke() -> None:
    decision = decide(
        a_message("In der Max-Planck-Straße 12 ist etwas.", "Frage"), directory=two_houses(), rules=RULES
    )
    letter = notice(decision, Template.TRIAGE)
    assert letter.candidates == (
        "Objekt: Max-Planck-Straße 12, 80333 München – „Max-Planck-Straße 12“",
        "Objekt: Max-Planck-Straße 12, 53111 Bonn – „Max-Planck-Straße 12“",
    )
    # Not twice in one letter.
    assert "Objekt nicht eindeutig" in letter.why
    assert not any("Max-Planck" in line for line in letter.why)


def test_a_triage_letter_names_the_matters_it_may_be_about() -> None:
    subject, text = "Guten Tag", "Rechnung und Schaden"
    letter = notice(decide(a_message(text, subject), rules=RULES), Template.TRIAGE)
    assert letter.candidates == ("Anliegen: Rechnung – „Rechnung“", "Anliegen: Schadensmeldung – „Schaden“")
    assert "Anliegen nicht eindeutig" in letter.why
    assert not any("Vielleicht" in line for line in letter.why)
    spoken = notice(decide(a_message(text, subject), rules=ENGLISH), Template.TRIAGE)
    assert spoken.candidates == ("Matter: Invoice – “Rechnung”", "Matter: Damage – “Schaden”")


def test_what_is_clear_is_no_candidate() -> None:
    letter = notice(
        decide(a_message("Hallo aus der Max-Planck-Straße 12", "Hallo"), rules=RULES), Template.TRIAGE
    )
    assert letter.candidates == ()


def test_a_notification_about_one_of_several_houses_names_them_among_the_reasons() -> None:
    """Its letter has no list of candidates: somebody holds the role wherever it is."""
    everywhere = Rules(
        replace(RULESET, roles=(*RULESET.roles[:1], a_role("sachbearbeitung", "schmidt"), *RULESET.roles[2:]))
    )
    mail = a_message("In der Max-Planck-Straße 12 ist ein Schaden.", "Schaden")
    letter = notice(decide(mail, directory=two_houses(), rules=everywhere), Template.NOTIFICATION)
    assert letter.candidates == ()
    assert (
        "Objekt nicht eindeutig: Max-Planck-Straße 12, 80333 München, Max-Planck-Straße 12, 53111 Bonn"
        in letter.why
    )


@pytest.mark.parametrize(("name", "named"), [("Herr Schmidt", "Herrn Schmidt"), ("Zentrale", "Zentrale")])
def test_who_stands_in_for_somebody_reads_for_whom(name: str, named: str) -> None:
    rules = a_ruleset(
        staff=(a_staff("schmidt", name), *(one for one in RULESET.staff if one.id != "schmidt")),
        absences=(Absence("schmidt", TODAY, TODAY, "weber", RULESET.staff[0].source),),
    )
    mail = a_message("In der Max-Planck-Straße 12 ist ein Schaden.", "Schaden")
    letter = notice(decide(mail, rules=Rules(rules)), Template.NOTIFICATION)
    assert any(line.endswith(f"in Vertretung für {named}") for line in letter.why)


def test_houses_with_different_addresses_are_named_without_their_town() -> None:
    house: Property = a_property("goethe-5", "Goethestraße", "5")
    mail = a_message("Max-Planck-Straße 12 und Goethestraße 5", "Frage")
    letter = notice(
        decide(mail, directory=a_directory((a_property(), house), ()), rules=RULES), Template.TRIAGE
    )
    assert sorted(letter.candidates) == [
        "Objekt: Goethestraße 5 – „Goethestraße 5“",
        "Objekt: Max-Planck-Straße 12 – „Max-Planck-Straße 12“",
    ]
