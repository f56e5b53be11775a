"""Account numbers are found in every spelling and hidden whole (domain.md §2.4: IBAN)."""

import re

import pytest
from stdnum import numdb

from mailroute.model.ibans import without_ibans
from mailroute.model.numbers import IBAN_CHARS

GERMAN = "DE89370400440532013000"


@pytest.mark.parametrize(
    "written",
    [
        "DE89370400440532013000",
        "DE89 3704 0044 0532 0130 00",
        "de89 3704 0044 0532 0130 00",
        "DE 89 3704 0044 0532 0130 00",
        "DE89-3704-0044-0532-0130-00",
        "DE89 3704 0044\n0532 0130 00",
        "DE89\t3704\t0044\t0532\t0130\t00",
        "DE89  3704  0044  0532  0130  00",
        "DE89.3704.0044.0532.0130.00",
        "DE89/3704/0044/0532/0130/00",
        "DE89 3704 0044\n> 0532 0130 00",
        "DE89 3704 0044\n>> 0532 0130 00",
        "DE89 3704 0044\n> > 0532 0130 00",
        "DE89 3704 0044\n> > > 0532 0130 00",
        "DE89\u00a03704\u00a00044\u00a00532\u00a00130\u00a000",
    ],
)
def test_an_account_is_hidden_in_every_spelling(written: str) -> None:
    text = f"Schöne Grüße, größtes Übel: bitte auf {written} überweisen. Danke!"

    assert without_ibans(text) == "Schöne Grüße, größtes Übel: bitte auf DE89 … 3000 überweisen. Danke!"


def test_all_of_them_are_hidden_however_many_there_are() -> None:
    text = "\n".join([f"{GERMAN}, AT611904300234573201 und CH9300762011623852957"] * 100)

    hidden = without_ibans(text)
    assert hidden == "\n".join(["DE89 … 3000, AT61 … 3201 und CH93 … 2957"] * 100)


@pytest.mark.parametrize("between", [" ", "\n", "\n\n", ", ", " und "])
def test_one_right_behind_another_is_hidden_too(between: str) -> None:
    """An Austrian one has groups of four only: what follows looks like more of it."""
    accounts = (
        "AT61 1904 3002 3457 3201",
        "DE89 3704 0044 0532 0130 00",
        "AT611904300234573201",
        "ES91 2100 0418 4502 0005 1332",
    )
    shown = ("AT61 … 3201", "DE89 … 3000", "AT61 … 3201", "ES91 … 1332")

    assert without_ibans(between.join((*accounts, "bis morgen"))) == between.join((*shown, "bis morgen"))


def test_their_lengths_are_those_of_the_registry() -> None:
    for country, chars in IBAN_CHARS.items():
        parts = numdb.get("iban").info(country.upper())[0][1]["bban"]
        assert chars == 4 + sum(map(int, re.findall("[0-9]+", parts))), country


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DE89 3704 0044 0532 0130 01",  # the check digits are wrong: a policy, an order, a slip
        "Vertrag DE2026-000123, Tel. 0201 123456",
        "XX89370400440532013000",
        "M-AB 1234",
    ],
)
def test_nothing_else_is_touched(text: str) -> None:
    assert without_ibans(text) == text
