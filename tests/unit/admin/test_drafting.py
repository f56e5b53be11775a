"""`mailroute new`: questions, answers checked at once, the change, and only then the file."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.drafting import SENTENCE, Desk, completed, draft, interview, write
from mailroute.admin.impossible import Impossible
from mailroute.cli.new import language_of
from mailroute.errors import RulesetInvalid
from mailroute.rules import load
from mailroute.rules.drafts import CASE_TYPE, PROPERTY, STAFF, Question

NOW = datetime(2026, 11, 28, 9, 0, tzinfo=UTC)


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    ignored = shutil.ignore_patterns("packs", "examples")
    return shutil.copytree(shipped.path("rules"), tmp_path / "rules", ignore=ignored)


class Person:
    """Somebody at the terminal who gives these answers, and sees what is told."""

    def __init__(self, *answers: str) -> None:
        self.answers: Iterator[str] = iter(answers)
        self.asked: list[str] = []
        self.told: list[str] = []

    def ask(self, question: Question, usual: str) -> str:
        self.asked.append(f"{question.key} [{usual}]")
        return next(self.answers, "")


def test_a_wrong_answer_is_told_at_once_and_asked_again(rules: Path) -> None:
    person = Person("Frau Koch", "huber", "koch", "koch@", "", "", "", "", "buchaltung", "buchhaltung")
    answers = interview(Desk.of(rules, STAFF), person.ask, person.told.append)
    assert person.told == [
        "`huber` exists already. Choose another id.",
        "`koch@` is no e-mail address. Write it like name@firm.example.",
        "There is no role `buchaltung`. Did you mean `buchhaltung`?",
    ]
    assert person.asked[1] == "id [koch]"
    assert answers["email"] == "koch@abc-hausverwaltung.example"
    assert answers["roles_for_new_properties"] == "buchhaltung"


def test_what_was_there_stays_with_its_comments(rules: Path) -> None:
    before = (rules / "staff.yaml").read_text()
    desk = Desk.of(rules, STAFF)
    made = draft(desk, completed(desk, {"name": "Frau Koch"}), NOW)
    assert [line for line in made.lines() if line.startswith("-")] == ["--- staff.yaml"]
    write(rules, made)
    after = (rules / "staff.yaml").read_text()
    assert after.startswith(before.rstrip())
    assert (rules / "staff.yaml.bak").read_text() == before
    assert "koch" in {one.id for one in load(rules).ruleset.staff}


def test_a_property_is_a_file_with_its_schema_and_its_zeros(rules: Path) -> None:
    desk = Desk.of(rules, PROPERTY)
    said = {"street": "Elbweg", "house_number": "3", "postcode": "01067", "town": "Dresden"}
    said |= {"units": "WE 01, WE 02", "roles.buchhaltung": "huber, novak"}
    made = draft(desk, completed(desk, said), NOW)
    assert made.files["properties/elbweg-3.yaml"].startswith(
        "# yaml-language-server: $schema=../.schema/property."
    )
    write(rules, made)
    [one] = [one for one in load(rules).directory.properties if one.id == "elbweg-3"]
    assert (one.postcode, [unit.name for unit in one.units]) == ("01067", ["WE 01", "WE 02"])
    assert [(it.role, it.staff) for it in one.responsibilities] == [("buchhaltung", ("huber", "novak"))]
    with pytest.raises(Impossible, match="`elbweg-3` exists already"):
        completed(Desk.of(rules, PROPERTY), said)


def test_a_sentence_becomes_a_routing_test_of_the_new_case_type(rules: Path) -> None:
    desk = Desk.of(rules, CASE_TYPE)
    said = {"name": "Rauchmelder", "name.en": "Smoke detector", "role": "sachbearbeitung", "urgency": "2"}
    said |= {
        "evidence": "rauchmelder 4, piept",
        "emergency": "nein",
        SENTENCE.key: "Der Rauchmelder piept seit gestern.",
    }
    made = draft(desk, completed(desk, said), NOW)
    assert made.test == ()
    assert "urgency: 2\n" in made.files["case-types.yaml"]
    write(rules, made)
    ruleset = load(rules).ruleset
    [one] = [one for one in ruleset.case_types if one.id == "rauchmelder"]
    assert [(it.text, it.weight) for it in one.evidence] == [("rauchmelder", 4.0), ("piept", 1.0)]
    assert not one.emergency


def test_a_sentence_that_is_not_recognised_is_told(rules: Path) -> None:
    desk = Desk.of(rules, CASE_TYPE)
    said = {"name": "Rauchmelder", "role": "sachbearbeitung", "evidence": "rauchmelder 4"}
    made = draft(desk, completed(desk, said | {SENTENCE.key: "Es piept."}), NOW)
    assert made.test is not None
    assert [one.key for one in made.test] == ["case_type"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"role": "sachbearbeitung"}, "name: This cannot be empty."),
        ({"name": "X", "rolle": "x"}, "There is no `rolle` here. Did you mean `role`?"),
        ({"name": "X", "role": "hausmeister"}, "There is no role `hausmeister`"),
        ({"name": "X", "role": "buchhaltung", "urgency": "7"}, "Write a whole number from 1 to 4"),
        ({"name": "X", "role": "buchhaltung", "emergency": "vielleicht"}, "Write `yes` or `no`"),
        ({"name": "X", "role": "buchhaltung", "evidence": "wort 500"}, "`500` is no weight"),
        ({"name": "Heizung", "role": "buchhaltung"}, "`heizung` exists already"),
        ({"name": "X", "id": "Groß & klein", "role": "buchhaltung"}, "cannot be an id"),
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_is_refused_with_a_remedy(
    rules: Path, said: dict[str, str], told: str
) -> None:
    with pytest.raises(Impossible) as refused:
        completed(Desk.of(rules, CASE_TYPE), said)
    assert told in str(refused.value)


def test_nothing_is_written_into_a_directory_with_a_mistake(rules: Path) -> None:
    (rules / "roles.yaml").write_text((rules / "roles.yaml").read_text() + "\nneu: {nmae: x}\n")
    desk = Desk.of(rules, STAFF)
    with pytest.raises(RulesetInvalid, match="nmae"):
        draft(desk, completed(desk, {"name": "Frau Koch"}), NOW)


def test_a_file_in_one_pair_of_brackets_is_not_spoilt(rules: Path) -> None:
    text = (rules / "staff.yaml").read_text()
    (rules / "staff.yaml").write_text(text + "---\n")
    desk = Desk.of(rules, STAFF)
    with pytest.raises(Impossible, match="written in a way that nothing can be added"):
        draft(desk, completed(desk, {"name": "Frau Koch"}), NOW)


def test_the_language_is_that_of_the_terminal() -> None:
    assert language_of({"LANG": "de_DE.UTF-8"}) == "de"
    assert language_of({"LANG": "de_DE.UTF-8", "LC_ALL": "en_GB.UTF-8"}) == "en"
    assert language_of({}) == "en"
