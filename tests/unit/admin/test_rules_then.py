"""A mail of last month is explained by the rules of last month."""

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mailroute import shipped
from mailroute.admin.explain import Laboratory
from mailroute.admin.reload import reload
from mailroute.admin.rules_then import rules_then
from mailroute.flow.activate import open_installation
from mailroute.settings import Settings

FIRST = datetime(2026, 10, 1, 9, 0, tzinfo=UTC)
SECOND = FIRST + timedelta(days=30)
MAIL = b"From: mueller@mieter.example\nTo: service@abc-hausverwaltung.example\nSubject: Wartung\n\nWann ist die Rauchmelderwartung?\n"
SMOKE = (
    "\nrauchmelder:\n  name: Rauchmelder\n  role: sachbearbeitung\n  evidence: [{rauchmelderwartung: 5}]\n"
)


def a_site(tmp_path: Path) -> Settings:
    firm = shutil.copytree(
        shipped.path("rules"), tmp_path / "rules", ignore=shutil.ignore_patterns("packs", "story.yaml")
    )
    settings = Settings(state=tmp_path / "state", rules=(firm,))
    inside = open_installation(settings, clock=lambda: FIRST)
    with (firm / "case-types.yaml").open("a") as file:
        file.write(SMOKE)
    reload(settings, inside.store, inside.site, lambda: SECOND)
    inside.store.close()
    return settings


def case_type_at(settings: Settings, at: datetime) -> str | None:
    laboratory = Laboratory.open(rules_then(settings, at), None, at)
    decision, _ = laboratory.explain(MAIL, at)
    laboratory.close()
    assert decision.routing is not None
    assert decision.routing.classified is not None
    return decision.routing.classified.case_type


def test_a_mail_is_explained_by_the_rules_of_its_day(tmp_path: Path) -> None:
    settings = a_site(tmp_path)

    assert case_type_at(settings, SECOND - timedelta(minutes=1)) is None
    assert case_type_at(settings, SECOND + timedelta(minutes=1)) == "rauchmelder"


def test_before_the_first_rules_and_without_books_there_are_none(tmp_path: Path) -> None:
    assert rules_then(Settings(state=tmp_path / "nothing"), FIRST) == ()
    assert rules_then(a_site(tmp_path), FIRST - timedelta(days=1)) == ()


def test_files_that_are_broken_today_do_not_hinder_a_look_at_yesterday(tmp_path: Path) -> None:
    settings = a_site(tmp_path)
    (settings.rules[0] / "case-types.yaml").write_text("notfall: [")

    assert case_type_at(settings, SECOND + timedelta(minutes=1)) == "rauchmelder"
