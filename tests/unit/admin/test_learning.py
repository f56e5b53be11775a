"""What closed tickets teach: counts that anybody can recount, and no word that only a few people wrote."""

from math import log

from mailroute.admin.learning import MAILS_LEAST, PEOPLE_LEAST, Lesson, learn, weights_of
from mailroute.rules.learned import read_learned
from mailroute.rules.report import Report
from mailroute.rules.site_model import build_site_model, written
from mailroute.rules.table import read_table


def lesson(case_type: str, *words: str, sender: str, offered: tuple[str, ...] = ()) -> Lesson:
    return Lesson(words, case_type, sender, offered)


def a_house(count: int = 10) -> list[Lesson]:
    """Half of the mails are about the heating, half about the lift; each by somebody else."""
    unsure = ("aufzug", "heizung")
    heating = [
        lesson("heizung", "kalt", f"name{n}", sender=f"h{n}@x.example", offered=unsure) for n in range(count)
    ]
    lifts = [
        lesson("aufzug", "steckt", "kalt" if n == 0 else "oben", sender=f"a{n}@x.example", offered=unsure)
        for n in range(count)
    ]
    return [one for pair in zip(heating, lifts, strict=True) for one in pair]


def test_a_word_weighs_what_counting_says() -> None:
    weights = weights_of(a_house())
    assert weights.words["kalt"]["heizung"] == round(log((10.5 / 11) / (1.5 / 11)), 2)
    assert weights.words["kalt"]["aufzug"] == -weights.words["kalt"]["heizung"]
    assert weights.before == {"heizung": 0.0, "aufzug": 0.0}
    assert weights.strongest("heizung", 1) == [("kalt", 1.95)]


def test_a_word_of_few_people_is_not_learned() -> None:
    same = [lesson("heizung", "meierhuber", sender="meier@x.example") for _ in range(20)]
    few = [lesson("heizung", "rosenhof", sender=f"r{n}@x.example") for n in range(PEOPLE_LEAST - 1)]
    words = weights_of([*a_house(), *same, *few]).words
    assert "meierhuber" not in words
    assert "rosenhof" not in words
    assert not any(word.startswith("name") for word in words)


def test_a_case_type_with_few_mails_is_not_learned() -> None:
    rare = [lesson("schluessel", "kalt", sender=f"s{n}@x.example") for n in range(MAILS_LEAST - 1)]
    assert set(weights_of([*a_house(), *rare]).before) == {"heizung", "aufzug"}


def test_it_is_tried_on_mails_that_it_has_not_seen() -> None:
    learned = learn(a_house())
    assert (learned.tried, learned.right_before) == (20, 10)
    # The one mail about a lift that is cold is taken for the heating only if nothing else in it speaks.
    assert learned.right_now >= 19


def test_nothing_to_learn_from_is_an_empty_model() -> None:
    assert learn([]).weights.before == {}
    assert weights_of([lesson("heizung", "kalt", sender="a@x.example")] * 9).before == {}


def test_the_file_says_the_same_when_it_is_read_again() -> None:
    weights = weights_of(a_house())
    text = written(weights.before, weights.words)
    report = Report()
    table, rows = read_table("model.csv", text, report) or (None, None)
    assert table is not None
    assert rows is not None
    model = build_site_model(read_learned(table, rows, report), text)
    assert not report.found
    assert model is not None
    assert dict(model.before) == weights.before
    assert model.words.of("kalt")["heizung"] == weights.words["kalt"]["heizung"]
    assert len(model.version) == 8
