"""Real people in a text become invented ones, the same for the same; what is ours stays (issue 7)."""

import pytest

from mailroute.admin.invented import Invented, words_of
from mailroute.model.address import Address
from mailroute.model.directory import Person


def invented(*, words: str = "Max-Planck-Straße Garching Heizung") -> Invented:
    return Invented(
        tag="t7",
        ours=frozenset({"service@abc.example"}),
        domains=frozenset({"portal.example"}),
        numbers=frozenset({"MV20190101", "08154711"}),
        words=words_of([words]),
    )


AYDIN = Person(
    "aydin",
    "Frau Leyla Aydın",
    (Address("", "l.aydin@gmx.de"),),
    numbers=("K-4711",),
    phones=("089 123456",),
    ibans=("DE12500105170648489890",),
)


def test_a_person_is_the_same_invented_one_wherever_the_text_names_her() -> None:
    one = invented()
    new = one.person(AYDIN)
    text = one.text(
        "Frau Aydın (l.aydin@gmx.de, K-4711) schrieb: Aydıns Heizung in der Max-Planck-Straße. AYDIN, Leyla. 089/123456"
    )
    assert new.name == "Frau Kim Anders"
    assert [address.address for address in new.addresses] == ["kim.anders.t7@kim-anders-t7.example"]
    assert text == (
        f"Frau Anders (kim.anders.t7@kim-anders-t7.example, {new.numbers[0]}) schrieb: Anders Heizung in der "
        f"Max-Planck-Straße. ANDERS, Kim. {new.phones[0]}"
    )
    assert "4711" not in text


def test_what_belongs_to_us_or_to_a_contract_stays() -> None:
    text = "An service@abc.example: Vertrag MV-2019-0101, Vorgang 0815 4711, am 01.12.2026 um 09:30, Garching"
    assert invented().text(text) == text


@pytest.mark.parametrize(
    ("written", "stays"),
    [
        ("Rückruf bitte unter 0171 5556677", "0171"),
        ("tel. +49 (0)89 / 555 66 77", "555"),
        ("IBAN DE12 5001 0517 0648 4898 90", "5001"),
        ("siehe https://bilder.example/leyla/1.jpg", "leyla"),
        ("mail an irgend.wer@firma.example", "irgend"),
        ("mein Name ist Rüdiger Petzold", "Petzold"),
        ("Der Nachbar Herr Dr. Petzold war da", "Petzold"),
        ("Danke\n\nMit freundlichen Grüßen\nRüdiger Petzold", "Rüdiger"),
        ("Thanks\n\nKind regards,\nRuth Petzold", "Ruth"),
    ],
)
def test_what_only_the_text_knows_is_replaced_too(written: str, stays: str) -> None:
    one = invented()
    one.learn(written)
    assert stays not in one.text(written)


def test_a_name_that_is_also_a_word_of_the_rules_stays_and_is_told() -> None:
    one = invented(words="Rohr Garching")
    one.name("Anna Rohr")
    assert one.text("Anna Rohr: das Rohr ist kaputt") == "Kim Rohr: das Rohr ist kaputt"
    assert one.kept == {"Rohr"}


def test_colleagues_of_a_firm_keep_one_domain_and_providers_do_not_join_strangers() -> None:
    one = invented()
    firm = [one.address(f"{name}@dach.de").partition("@")[2] for name in ("a", "b")]
    strangers = [one.address(f"{name}@gmx.de").partition("@")[2] for name in ("a", "b")]
    assert len(set(firm)) == 1
    assert len(set(strangers)) == 2
    assert one.address("noreply@mail.portal.example").endswith("@mail.portal.example")


def test_two_people_are_never_one_afterwards() -> None:
    one = invented()
    names = {one.name(f"Vor{chr(97 + i)}name Nach{chr(97 + j)}name") for i in range(8) for j in range(8)}
    assert len(names) == 64
    assert one.address("x@y.de", "Anna Bauer") != one.address("z@y.de", "Anna Bauer")


def test_invented_bank_accounts_have_right_check_digits() -> None:
    written = invented().text("DE12 5001 0517 0648 4898 90").replace(" ", "")
    assert int(written[4:] + "1314" + written[2:4]) % 97 == 1
