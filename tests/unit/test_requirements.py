"""Each row of the requirements about grants, sharing, assignment, partners and roles, how their ambiguities are read, and each rule of
identifiers and addresses (domain.md §2.4) is named by a test that covers it."""

import re
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parents[1]
ROWS = {f"A{n}" for n in range(1, 14)} | {f"B{n}" for n in range(1, 15)} | {f"C{n}" for n in range(1, 28)}
ROWS |= {f"D{n}" for n in range(1, 19)} | {f"E{n}" for n in range(1, 13)}
# "REQ-B2 to B6, C9": one letter holds for the numbers after it.
_NAMED = re.compile(r"REQ-([A-Z]\d+(?:(?:,| to| and| or)? (?:REQ-)?[A-Z]?\d+\b)*)")
AMBIGUITIES = {*range(1, 31)}
IDENTIFIERS = {
    "case token", "postcode", "street", "number within the name", "house number", "Mannheim square", "unit",
    "object or tenant number", "debtor", "parcel of land", "policy number", "claim number", "number plate", "eVB", "FIN", "IBAN",
    "dates", "order of evidence",
}  # fmt: skip
_RULES = re.compile(r"domain\.md §2\.4: ([^.\"]+)")
_READ = re.compile(r"ambiguit(?:y|ies) (\d+(?:(?:,| and) \d+)*)", re.IGNORECASE)
_PART = re.compile(r"(to )?(?:REQ-)?([A-Z]?)(\d+)")


def rows_named(text: str) -> set[str]:
    """Every row that a text names."""
    found: set[str] = set()
    for named in _NAMED.findall(text):
        letter, last = "", 0
        for to, own, number in _PART.findall(named):
            letter, first = own or letter, last + 1 if to else int(number)
            found |= {f"{letter}{n}" for n in range(first, int(number) + 1)}
            last = int(number)
    return found


def test_names_are_read_with_their_ranges() -> None:
    assert rows_named("REQ-B2 to B4, C9 and 11; REQ-A1: x, REQ-D7") == {
        "B2",
        "B3",
        "B4",
        "C9",
        "C11",
        "A1",
        "D7",
    }


def test_every_row_of_grants_sharing_assignment_partners_and_roles_is_named_by_a_test() -> None:
    assert ROWS - {row for text in _tests() for row in rows_named(text)} == set()


def test_every_ambiguity_in_them_is_named_by_a_test_that_shows_how_it_is_read() -> None:
    named = {
        int(one) for text in _tests() for found in _READ.findall(text) for one in re.findall(r"\d+", found)
    }
    assert AMBIGUITIES - named == set()


def test_every_rule_of_identifiers_and_addresses_is_named_by_a_test() -> None:
    """Issue 4: every identifier and address rule of domain.md §2.4 has a test."""
    named = {one.strip() for text in _tests() for found in _RULES.findall(text) for one in found.split(";")}

    assert IDENTIFIERS - named == set()


def _tests() -> Iterator[str]:
    for path in TESTS.rglob("test_*.py"):
        if path != Path(__file__):
            yield path.read_text(encoding="utf-8")
