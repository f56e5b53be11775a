"""How far a mark speaks: `falls …`, `repariert …`, wherever it stands in its sentence and whatever ends it."""

import pytest

from mailroute.model.text import folded
from mailroute.routing.context import MARKS, NOTHING_SAID, Said
from mailroute.routing.vocabulary import Vocabulary

HEARD = Vocabulary(["gas"], [])


def said_of_gas(text: str) -> Said:
    [gas] = HEARD.hear(folded(text)).heard
    return gas.said


@pytest.mark.parametrize(
    "text", ["{}", "{}:", ":{}", "{}: :", "gas, {}", "{} und", "{}, jetzt", "und {} und jetzt", "{} again"]
)
def test_a_mark_may_stand_anywhere(text: str) -> None:
    for mark in MARKS:
        HEARD.hear(folded(text.format(mark)))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("falls es nach Gas riecht", Said.IMAGINED),
        ("falls jemand da ist: Gas", NOTHING_SAID),
        ("falls jemand da ist, bei uns riecht es nach Gas", NOTHING_SAID),
        ("falls es brennt und wir Gas riechen", Said.IMAGINED),
        ("repariert, Gas", Said.OVER),
        ("repariert, jetzt riecht es nach Gas", NOTHING_SAID),
        ("repariert und nun Gas", NOTHING_SAID),
        ("Das Gas stellte sich heraus als Lack", Said.OVER),
        ("Es stellte sich heraus, dass Gas austritt", NOTHING_SAID),
        ("Es stellte sich heraus, dass Gas nur vermutet wurde", Said.OVER),
        ("Das mit dem Gas konnte gelöst werden", Said.OVER),
        ("Das mit dem Gas konnte nicht gelöst werden", NOTHING_SAID),
        ("Gas leak fixed, thanks again", Said.OVER),
        ("Gas line fixed, it smells again", NOTHING_SAID),
        ("Gas line fixed, running again through the wall", NOTHING_SAID),
        ("suppose there is Gas", Said.IMAGINED),
        ("I suppose there is Gas", NOTHING_SAID),
    ],
)
def test_a_mark_speaks_for_its_own_clause_and_not_for_what_is_here_now(text: str, said: Said) -> None:
    assert said_of_gas(text) == said
