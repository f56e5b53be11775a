import pytest

from mailroute.message.lookalike import resembles

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
