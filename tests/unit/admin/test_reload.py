"""New rules for a running installation: all or nothing, remembered once, followed by other daemons."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.acts import Impossible
from mailroute.admin.reload import ask_to_reload, followed, reload, signature
from mailroute.admin.rollback import put_back
from mailroute.errors import RulesetInvalid
from mailroute.flow.activate import Installation, open_installation
from mailroute.flow.process import claim, commit, prepare
from mailroute.flow.receive import receive
from mailroute.model.letter import Template
from mailroute.model.mail import Delivery, Door
from mailroute.routing.assign import triage_desk
from mailroute.routing.daily import administrators
from mailroute.settings import Settings
from mailroute.store.outbox import letters
from mailroute.store.rulesets import activations, active, files

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
INBOX = "service@abc-hausverwaltung.example"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    # Of its tests the half: each reload runs them.
    shutil.copytree(shipped.path("rules"), tmp_path / "rules", ignore=shutil.ignore_patterns("packs"))
    (tmp_path / "rules" / "tests" / "case-types.yaml").unlink()
    return Settings(state=tmp_path / "state", rules=(tmp_path / "rules",))


@pytest.fixture
def inside(settings: Settings) -> Iterator[Installation]:
    installation = open_installation(settings, clock=lambda: NOW)
    yield installation
    installation.store.close()


def edit(settings: Settings, old: str = "mietzahlung: 3", new: str = "mietzahlung: 4") -> None:
    file = settings.rules[0] / "case-types.yaml"
    file.write_text(file.read_text().replace(old, new))


def hashes(inside: Installation) -> list[str | None]:
    with inside.store.read() as conn:
        return [one.ruleset for one in activations(conn)]


def test_rules_that_pass_become_active(settings: Settings, inside: Installation) -> None:
    before = inside.site.offices["abc"].ruleset.hash
    edit(settings)
    fresh = reload(settings, inside.store, inside.site, lambda: NOW)
    after = fresh.site.offices["abc"].ruleset.hash
    assert after != before
    assert hashes(inside) == [after, before]
    assert fresh.recipe.site().offices["abc"].ruleset.hash == after
    # The same again is no news.
    reload(settings, inside.store, fresh.site, lambda: NOW)
    assert hashes(inside) == [after, before]


def test_rules_with_mistakes_change_nothing_and_are_remembered_once(
    settings: Settings, inside: Installation
) -> None:
    edit(settings, new="mietzahlung: vier")
    for _ in range(2):
        with pytest.raises(RulesetInvalid):
            reload(settings, inside.store, inside.site, lambda: NOW)
    edit(settings, old="mietzahlung: vier", new="mietzahlung: fünf")
    with pytest.raises(RulesetInvalid):
        reload(settings, inside.store, inside.site, lambda: NOW)
    first = inside.site.offices["abc"].ruleset.hash
    assert hashes(inside) == [None, None, first]
    with inside.store.read() as conn:
        assert active(conn) == (("abc", first),)


def refuse(settings: Settings, inside: Installation) -> None:
    with pytest.raises(RulesetInvalid):
        reload(settings, inside.store, inside.site, lambda: NOW)


def refusals_mailed(inside: Installation) -> list[tuple[str, str]]:
    with inside.store.read() as conn:
        found = [one for one in letters(conn) if one.template == Template.RULES_REFUSED.value]
    return [(one.to_address, one.subject) for one in found]


def test_refused_rules_are_mailed_to_the_administrators_once_per_distinct_mistake(
    settings: Settings, inside: Installation
) -> None:
    edit(settings, new="mietzahlung: vier")
    refuse(settings, inside)
    desk = administrators(inside.site.offices["abc"].ruleset, NOW.date())
    once = [(one.address, "Geänderte Regeln wurden nicht übernommen: 1 Fehler") for one in desk]
    assert once
    assert refusals_mailed(inside) == once
    # The same again, also a line further down, and after another one in between.
    refuse(settings, inside)
    edit(settings, old="mietzahlung: vier", new="mietzahlung: fünf")
    refuse(settings, inside)
    assert refusals_mailed(inside) == 2 * once
    edit(settings, old="mietzahlung: fünf", new="mietzahlung: vier")
    file = settings.rules[0] / "case-types.yaml"
    file.write_text("# A line more.\n" + file.read_text())
    refuse(settings, inside)
    assert refusals_mailed(inside) == 2 * once


def test_a_mistake_that_comes_back_after_a_repair_is_mailed_again(
    settings: Settings, inside: Installation
) -> None:
    edit(settings, new="mietzahlung: vier")
    refuse(settings, inside)
    edit(settings, old="mietzahlung: vier", new="mietzahlung: 4")
    reload(settings, inside.store, inside.site, lambda: NOW)
    edit(settings, old="mietzahlung: 4", new="mietzahlung: vier")
    refuse(settings, inside)
    assert len(refusals_mailed(inside)) == 2 * len(
        administrators(inside.site.offices["abc"].ruleset, NOW.date())
    )


def test_without_an_administrator_the_triage_desk_hears_of_refused_rules(inside: Installation) -> None:
    ruleset = inside.site.offices["abc"].ruleset
    nobody = replace(ruleset, organisation=replace(ruleset.organisation, administrator_role=None))
    assert administrators(nobody, NOW.date()) == (triage_desk(nobody, NOW.date()),)


def test_rules_that_fail_their_tests_change_nothing(settings: Settings, inside: Installation) -> None:
    edit(settings, old="- rechnung: 3", new="- rechnung: -3")
    with pytest.raises(RulesetInvalid) as refused:
        reload(settings, inside.store, inside.site, lambda: NOW)
    assert {one.code for one in refused.value.diagnostics} == {"MR505"}
    assert hashes(inside)[0] is None


def test_an_organisation_cannot_go_while_the_daemon_runs(settings: Settings, inside: Installation) -> None:
    file = settings.rules[0] / "organisation.yaml"
    file.write_text(file.read_text().replace("id: abc", "id: abd"))
    with pytest.raises(Impossible, match="abc would be gone"):
        reload(settings, inside.store, inside.site, lambda: NOW)


def test_another_daemon_follows_from_the_database(settings: Settings, inside: Installation) -> None:
    assert followed(settings, inside.store, inside.site) is None
    edit(settings)
    theirs = reload(settings, inside.store, inside.site, lambda: NOW)
    # Its own directory may not have the change yet.
    edit(settings, old="mietzahlung: 4", new="mietzahlung: 3")
    ours = followed(settings, inside.store, inside.site)
    assert ours is not None
    assert ours.site.offices["abc"].ruleset == theirs.site.offices["abc"].ruleset
    assert followed(settings, inside.store, ours.site) is None


def test_earlier_files_are_put_back_and_later_ones_kept(settings: Settings, inside: Installation) -> None:
    directory = settings.rules[0]
    first = inside.site.offices["abc"].ruleset.hash
    original = (directory / "case-types.yaml").read_text()
    (directory / "commands.yaml").unlink()
    edit(settings)
    reload(settings, inside.store, inside.site, lambda: NOW)
    with inside.store.read() as conn:
        lines = put_back(directory, files(conn, "abc", first))
    assert [line.split(":")[0] for line in lines] == ["case-types.yaml", "commands.yaml"]
    assert (directory / "case-types.yaml").read_text() == original
    assert "mietzahlung: 4" in (directory / "case-types.yaml.bak").read_text()
    fresh = reload(settings, inside.store, inside.site, lambda: NOW)
    assert fresh.site.offices["abc"].ruleset.hash == first
    assert put_back(directory, fresh.site.offices["abc"].ruleset.files) == []


def test_a_change_of_any_file_changes_the_signature(settings: Settings) -> None:
    before = signature(settings.rules)
    assert signature(settings.rules) == before
    edit(settings, new="mietzahlung: 44")
    assert signature(settings.rules) != before


def store_two_damages(inside: Installation) -> None:
    for name in ("02-gebaeudeschaden", "03-foto"):
        content = (shipped.path("rules") / "examples" / f"{name}.eml").read_bytes()
        delivery = Delivery(Door.FILE, f"{name}@x.example", (INBOX,), content, NOW, "test")
        receive(delivery, inside.store, inside.site.inboxes).result()
    for claimed in claim(inside.store, "test", NOW):
        with inside.store.read() as conn:
            prepared = prepare(conn, claimed, inside.site, NOW)
        commit(inside.store, prepared, NOW).result()


def give_damages_to_another_role(settings: Settings) -> None:
    edit(
        settings,
        "role: sachbearbeitung\n  urgency: 2\n  needs: [property, unit, phone]\n  evidence:\n    - schaden",
        "role: buchhaltung\n  urgency: 2\n  needs: [property, unit, phone]\n  evidence:\n    - schaden",
    )
    shutil.rmtree(settings.rules[0] / "tests")


ELSEWHERE = "of 2 stored mails 2 would go elsewhere: 2 × role sachbearbeitung → buchhaltung"


def test_what_changed_rules_do_with_stored_mails_is_said_and_remembered(
    settings: Settings, inside: Installation
) -> None:
    """Issue 7, part 5: check, test, replay summary, activate."""
    store_two_damages(inside)
    give_damages_to_another_role(settings)
    [line] = reload(settings, inside.store, inside.site, lambda: NOW).lines
    assert ELSEWHERE in line
    with inside.store.read() as conn:
        assert activations(conn)[0].note.startswith(f"rules; {ELSEWHERE}")


def test_it_is_said_and_remembered_also_where_no_daemon_runs(settings: Settings) -> None:
    assert "is active" in ask_to_reload(settings)[0], "there are no books yet"
    first = open_installation(settings, clock=lambda: NOW)
    store_two_damages(first)
    first.store.close()
    give_damages_to_another_role(settings)
    [line, no_daemon] = ask_to_reload(settings)
    assert ELSEWHERE in line
    assert "no daemon runs here" in no_daemon
    again = open_installation(settings, clock=lambda: NOW)
    with again.store.read() as conn:
        assert activations(conn)[0].note.startswith(f"rules; {ELSEWHERE}")
    again.store.close()
    assert "as before" in ask_to_reload(settings)[0]


def test_rules_that_no_stored_mail_can_be_tried_on_say_so(settings: Settings, inside: Installation) -> None:
    edit(settings)
    [line] = reload(settings, inside.store, inside.site, lambda: NOW).lines
    assert line.endswith("was before; no mail is stored yet that they could be tried on")
