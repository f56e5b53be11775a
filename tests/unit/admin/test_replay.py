"""Stored mails decided again: the same by the rules of their day, and what other rules would change, with the reason."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.replay import Comparison, Question, compare
from mailroute.errors import RulesetInvalid
from mailroute.flow.activate import open_installation
from mailroute.flow.process import claim, commit, prepare
from mailroute.flow.receive import receive
from mailroute.model.mail import Delivery, Door, Trust
from mailroute.settings import Settings

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INBOX = "service@abc-hausverwaltung.example"


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A database with the example mails, decided by the demo firm's rules."""
    directory = tmp_path_factory.mktemp("books")
    settings = Settings(state=directory / "state", rules=(shipped.path("rules"),))
    inside = open_installation(settings, clock=lambda: NOW)
    for file in sorted((shipped.path("rules") / "examples").glob("*.eml")):
        sender = f"{file.stem}@mieter.example"
        delivery = Delivery(Door.FILE, sender, (INBOX,), file.read_bytes(), NOW, "test")
        receive(delivery, inside.store, inside.site.inboxes).result()
    for claimed in claim(inside.store, "test", NOW):
        with inside.store.read() as conn:
            prepared = prepare(conn, claimed, inside.site, NOW)
        commit(inside.store, prepared, NOW).result()
    inside.store.close()
    return settings


def result_of(books: Settings, new: Path | None, *, last: int | None = 100) -> Comparison:
    *_, result = compare(Question(books.database_url, Trust(), new), last=last, since=None, workers=1)
    return result


def other(tmp_path: Path, change: Callable[[Path], None]) -> Path:
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules", ignore=shutil.ignore_patterns("packs"))
    change(rules)
    return rules


def edit(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(rules: Path) -> None:
        file = rules / name
        assert old in file.read_text()
        file.write_text(file.read_text().replace(old, new))

    return change


def test_the_rules_and_facts_of_the_day_decide_the_same(books: Settings) -> None:
    result = result_of(books, None)
    assert (result.total, result.done, result.changed, result.failed) == (9, 9, 0, [])
    assert result_of(books, None, last=3).total == 3


def test_the_same_rules_change_nothing(books: Settings) -> None:
    assert result_of(books, shipped.path("rules")).groups == {}


def test_another_holder_of_a_role_is_one_group_with_its_reason(books: Settings, tmp_path: Path) -> None:
    swapped = edit("properties/max-planck-12.yaml", "[huber, novak]", "[novak, huber]")
    [group] = result_of(books, other(tmp_path, swapped)).largest_first()
    assert group.changes == (("assignee", "huber", "novak"),)
    assert (group.count, group.mails) == (1, ["m1"])
    assert group.first.old_step.startswith("huber – ")
    assert group.first.new_step.startswith("novak – ")
    # The directory of the rules in force knows what it knew on that day.
    assert group.as_of_now == 0


def test_another_case_type_is_named_with_all_that_follows(books: Settings, tmp_path: Path) -> None:
    change = edit("case-types.yaml", "    - rechnung: 3\n", "    - rechnung: -3\n")
    groups = result_of(books, other(tmp_path, change)).largest_first()
    assert [group.mails for group in groups] == [["m1"]]
    changes = {key: (old, new) for key, old, new in groups[0].changes}
    assert changes == {"case_type": ("rechnung", "nebenkosten")}
    assert groups[0].first.new_step.startswith("nebenkosten – ")


def test_nothing_is_written(books: Settings, tmp_path: Path) -> None:
    file = Path(books.database_url.removeprefix("sqlite:///"))
    before = file.read_bytes()
    result_of(books, None)
    result_of(books, shipped.path("rules"))
    assert file.read_bytes() == before


def test_rules_with_mistakes_are_no_other_rules(books: Settings, tmp_path: Path) -> None:
    broken = other(tmp_path, edit("case-types.yaml", "- rechnung: 3", "- rechnung: drei"))
    with pytest.raises(RulesetInvalid):
        result_of(books, broken)


@pytest.mark.long
def test_several_processes_find_what_one_finds(books: Settings, tmp_path: Path) -> None:
    swapped = other(tmp_path, edit("properties/max-planck-12.yaml", "[huber, novak]", "[novak, huber]"))
    question = Question(books.database_url, Trust(), swapped)
    *_, result = compare(question, last=None, since=NOW, workers=2, at_once=3)
    assert (result.total, result.done) == (9, 9)
    assert [(group.count, group.changes) for group in result.largest_first()] == [
        (1, (("assignee", "huber", "novak"),))
    ]
