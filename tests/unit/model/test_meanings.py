"""What words say together."""

from itertools import compress
from math import isclose, sqrt
from operator import mul

import pytest

from mailroute.model.meanings import LETTERS, SILENT, Lean, Meanings

# One trait that only both words together wake, and one that is awake anyhow.
BOTH = Meanings(
    thresholds=(10.0, -1.0),
    leans={"eins": Lean(0.5, (0.2, -0.1)), "zwei": Lean(-0.5, (-0.2, 0.3)), "*": Lean(0.0, (0.0, 0.0))},
    words={
        "rechnung": LETTERS[SILENT + 10] + LETTERS[SILENT],
        "klempner": LETTERS[SILENT + 9] + LETTERS[SILENT - 3],
    },
)


def test_a_trait_is_awake_only_where_the_words_speak_enough_for_it() -> None:
    alone, both = BOTH.read({"rechnung": 1.0}), BOTH.read({"rechnung": 1.0, "klempner": 1.0})
    assert alone is not None
    assert both is not None
    assert (alone.awake, both.awake) == ([False, True], [True, False])
    loud = 19 / sqrt(2) - 10
    assert isclose(both.points["eins"], 0.5 + 0.2 * loud)
    assert isclose(both.points["zwei"], -0.5 - 0.2 * loud)


def test_a_mail_without_a_known_word_says_nothing() -> None:
    assert BOTH.read({}) is None
    assert BOTH.read({"gartenzaun": 2.0}) is None


def test_a_long_mail_says_no_more_than_a_short_one() -> None:
    once, thrice = (BOTH.read({"rechnung": many, "klempner": many}) for many in (1.0, 3.0))
    assert once is not None
    assert thrice is not None
    assert all(isclose(once.points[name], thrice.points[name]) for name in BOTH.leans)


@pytest.mark.parametrize("values", [{"rechnung": 1.0}, {"rechnung": 2.0, "klempner": 1.0, "zaun": 1.0}])
def test_what_the_words_add_is_all_that_was_said(values: dict[str, float]) -> None:
    """The explanation leaves nothing out: shares, what traits have without words, and what stood there before."""
    reading = BOTH.read(values)
    assert reading is not None
    for name, lean in BOTH.leans.items():
        shares = sum(values[word] * share for word, share in reading.shares(name).items())
        silent = -sum(
            map(mul, compress(BOTH.thresholds, reading.awake), compress(lean.by_trait, reading.awake))
        )
        assert isclose(reading.points[name], lean.before + silent + shares, abs_tol=1e-6)


def test_a_word_adds_nothing_to_a_case_type_that_is_not_there() -> None:
    reading = BOTH.read({"rechnung": 1.0})
    assert reading is not None
    assert reading.shares("drei") == {}
    assert reading.shares("eins").keys() == {"rechnung"}


def test_some_words_of_a_mail_say_the_same_whether_the_whole_was_read_before_or_not() -> None:
    whole = BOTH.read({"klempner": 2.0, "rechnung": 1.0})
    assert whole is not None
    alone, within = BOTH.read({"rechnung": 1.0}), BOTH.read({"rechnung": 1.0}, whole.mail)
    assert alone is not None
    assert within is not None
    assert within.points == alone.points
    assert within.shares("eins") == alone.shares("eins")
