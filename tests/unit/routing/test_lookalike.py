import pytest

from mailroute.model.ticket import Party, PartyKind
from mailroute.routing.lookalike import imitated, resembles
from tests.support.deciding import decide
from tests.support.factories import a_message, a_ruleset, a_staff

KNOWN = ("mieter-verein.de", "abc-hausverwaltung.de", "web.de", "gmx.de")


@pytest.mark.parametrize(
    ("domain", "known"),
    [
        ("rnieter-verein.de", "mieter-verein.de"),
        ("mieterverein.de", "mieter-verein.de"),
        ("miеter-verein.de", "mieter-verein.de"),  # a Cyrillic letter
        ("xn--mieter-vrein-zbb.de", "mieter-verein.de"),
        ("MIETER-VERE1N.DE", "mieter-verein.de"),
        ("mieter-verein.com", "mieter-verein.de"),
        ("mieter-verein.de.anmelden.example", "mieter-verein.de"),
        ("abc-hausverwaltung-de.com", "abc-hausverwaltung.de"),
        ("abc-hausverwlatung.de", "abc-hausverwaltung.de"),
        ("mail.abc-hausverwaltun.de", "abc-hausverwaltung.de"),
    ],
)
def test_a_domain_made_to_be_taken_for_another_is_named(domain: str, known: str) -> None:
    assert resembles(domain, KNOWN) == known


@pytest.mark.parametrize(
    "domain",
    [
        "mieter-verein.de",
        "post.mieter-verein.de",
        "wed.de",
        "gmx.net",
        "t-online.de",
        "hausverwaltung.de",
        "",
        ".",
        "xn--a",
        "x" * 10_000,
    ],
)
def test_the_known_the_short_and_the_different_are_not(domain: str) -> None:
    assert resembles(domain, KNOWN) is None


def test_nothing_known_is_like_nothing() -> None:
    assert resembles("a.example", ()) is None
    assert resembles("a.example", ("",)) is None


# --- whom a stranger imitates -------------------------------------------------------------------------------


def stranger(address: str) -> Party:
    return Party(PartyKind.UNKNOWN, None, "Anna Huber", address)


def test_a_stranger_at_a_domain_like_ours_is_flagged_in_the_trace_and_to_whoever_gets_the_ticket() -> None:
    mail = a_message("Bitte überweisen Sie die Rechnung.", author="huber@abc-hausverwaItung.example".lower())
    decision = decide(mail)
    assert any(step.verdict == "look-alike" for step in decision.trace)
    assert {one.imitates for one in decision.notices} == {"abc-hausverwaltung.example"}


@pytest.mark.parametrize("address", ["anna@mieter.example", "x@gmx.net", "huber@abc-hausverwaltung.example"])
def test_others_are_not_flagged(address: str) -> None:
    assert imitated(stranger(address), a_ruleset()) == ""


def test_whoever_we_know_imitates_nobody() -> None:
    known = Party(PartyKind.TENANT, "mueller", "Müller", "mueller@abc-hausverwa1tung.example")
    assert imitated(known, a_ruleset()) == ""


def test_a_mail_provider_of_many_is_nobodys_own_name() -> None:
    staff = (a_staff("huber", address="huber@gmx.de"),)
    assert imitated(stranger("huber@gmx.net"), a_ruleset(staff=staff)) == ""
