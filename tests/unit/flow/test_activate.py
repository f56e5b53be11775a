"""Starting with rules: checked and written the first time, only looked at while no file has changed."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from mailroute import shipped
from mailroute.errors import RulesetInvalid
from mailroute.flow.activate import open_installation
from mailroute.settings import Settings
from mailroute.store.rulesets import activations
from mailroute.store.tables import person

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    ignored = shutil.ignore_patterns("packs", "tests", "examples")
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules", ignore=ignored)
    return Settings(state=tmp_path / "state", rules=(rules,))


def started(settings: Settings) -> tuple[str, int, str]:
    """The ruleset that decides, how often anything was activated, and a name of the directory."""
    inside = open_installation(settings, clock=lambda: NOW)
    try:
        with inside.store.read() as conn:
            name = conn.execute(select(person.c.name).where(person.c.id == "k-1003")).scalar_one()
            return inside.site.offices["abc"].ruleset.hash, len(activations(conn)), name
    finally:
        inside.store.close()


def test_unchanged_rules_are_not_activated_again(settings: Settings) -> None:
    first = started(settings)
    assert first[1:] == (1, "Medico Invest GmbH")
    assert started(settings) == first


def test_a_changed_table_is_noticed_although_the_ruleset_is_the_same(settings: Settings) -> None:
    first = started(settings)
    people = settings.rules[0] / "people.csv"
    people.write_text(people.read_text().replace("Medico Invest GmbH", "Medico GmbH"))
    assert started(settings) == (first[0], 2, "Medico GmbH")


def test_a_mistake_in_a_table_is_noticed_at_the_next_start(settings: Settings) -> None:
    started(settings)
    people = settings.rules[0] / "people.csv"
    people.write_text(people.read_text().replace("bahnhof-1a", "bahnhof-1b"))
    with pytest.raises(RulesetInvalid, match="bahnhof-1b"):
        started(settings)


def test_rules_that_were_active_once_are_activated_when_they_come_back(settings: Settings) -> None:
    roles = settings.rules[0] / "roles.yaml"
    before = roles.read_text()
    first = started(settings)
    roles.write_text(before.replace("Front desk", "Reception"))
    second = started(settings)
    assert second[0] != first[0]
    roles.write_text(before)
    assert started(settings)[:2] == (first[0], 3)
