"""How well the shipped packs do on mails of strangers (`make bench-quality`), and that they are what was learned."""

import json
from functools import cache

import pytest

from tests.quality.beside import measured_beside
from tests.quality.books import LEARNED_FILES, PACKS, SHIPPED, crossed, digest_of, digest_of_inputs
from tests.quality.labelled import labelled, situations
from tests.quality.measure import Figures, measured

# A little below what is reached; the goals of issue 4 stand in tests/quality/matters.py.
LEAST_RIGHT = {"property-de": 0.86, "insurance-de": 0.93}
MOST_WRONG = {"property-de": 0.03, "insurance-de": 0.01}
LEAST_RIGHT_ROLE = {"property-de": 0.925, "insurance-de": 0.945}
LEAST_OFFERED = {"property-de": 0.98, "insurance-de": 0.99}
LEAST_ALARMED = 0.99
MOST_FALSE_ALARMS = 0.04
# The same where another matter stands before or behind it in the mail.
LEAST_ALARMED_BESIDE = 0.945
MOST_FALSE_ALARMS_BESIDE = 0.08
# Emergencies told calmly, rare ones and some in one clause of a long mail, and half as many again that hold their words, drama and haste.
LEAST_ALARMED_AT_THE_BORDER = 0.98
MOST_FALSE_ALARMS_AT_THE_BORDER = 0.07


@cache
def figures_of(pack: str) -> Figures:
    return measured(pack, labelled("report", pack))


@pytest.mark.long
@pytest.mark.parametrize("pack", PACKS)
def test_mails_of_strangers_are_recognised(pack: str) -> None:
    figures = figures_of(pack)
    print(f"{pack}: {figures}")
    assert figures.right >= LEAST_RIGHT[pack], figures
    assert figures.wrong <= MOST_WRONG[pack], figures
    assert figures.right_role >= LEAST_RIGHT_ROLE[pack], figures
    assert figures.offered >= LEAST_OFFERED[pack], figures


@pytest.mark.long
def test_emergencies_of_strangers_are_seen() -> None:
    figures = figures_of("property-de")
    assert figures.alarmed >= LEAST_ALARMED, figures
    assert figures.false_alarms <= MOST_FALSE_ALARMS, figures


@pytest.mark.long
def test_emergencies_of_strangers_are_seen_beside_another_matter() -> None:
    found = measured_beside("property-de", labelled("report", "property-de"))
    print(found)
    assert found.alarmed >= LEAST_ALARMED_BESIDE, found
    assert found.false_alarms <= MOST_FALSE_ALARMS_BESIDE, found


@pytest.mark.long
def test_emergencies_told_calmly_are_told_from_what_only_sounds_like_one() -> None:
    # Every third: `make bench-quality` goes through all.
    figures = measured("property-de", list(situations("property-de", "borders"))[::3])
    print(figures)
    assert figures.alarmed >= LEAST_ALARMED_AT_THE_BORDER, figures
    assert figures.false_alarms <= MOST_FALSE_ALARMS_AT_THE_BORDER, figures


@pytest.mark.parametrize("pack", PACKS)
def test_the_shipped_words_are_what_was_learned_from_these_mails(pack: str) -> None:
    # Learning takes minutes and numpy; if this fails, run `python -m tests.quality.relearn --write`.
    book = json.loads(crossed(pack).read_text(encoding="utf-8"))
    learned = "".join((SHIPPED / pack / name).read_text(encoding="utf-8") for name in LEARNED_FILES)
    assert book["inputs"] == digest_of_inputs(pack)
    assert book["learned"] == digest_of(learned)
