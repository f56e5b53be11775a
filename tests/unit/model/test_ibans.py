"""Account numbers are found in every spelling and hidden whole (domain.md §2.4: IBAN)."""

import pytest

from mailroute.model.ibans import without_ibans

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
