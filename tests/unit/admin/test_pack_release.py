"""`mailroute packs diff`: what a site changed of its packs, and what a new release would change for it (issue 7, part 8)."""

import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.acts import Impossible
from mailroute.admin.pack_release import Release, changes_of_site, tried, with_release
from mailroute.admin.rollback import put_back
from mailroute.rules import load, read_files
from mailroute.rules.packs_compared import PackChange

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
ROLES = "sammler: {name: Sammler, site_wide: [keller]}\nhelfer: {name: Helfer}\n"
TYPES = """aushang:
  name: Aushang
  role: sammler
  evidence: [aushang, {plakat: 2}, {zettel: 1}]
  deadlines: {remind_after: 1d}
garten: {name: Garten, role: helfer, evidence: [rasen]}
"""
OVERRIDES = """
e-aushang:
  name: Aushang
  role: e-sammler
  override: yes
  urgency: 2
  evidence: [aushang, {plakat: 3}, schwarzes brett]
"""


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The demo firm with a pack of its own, of which it overrides a case type."""
    rules = Path(
        shutil.copytree(
            shipped.path("rules"), tmp_path / "rules", ignore=shutil.ignore_patterns("packs", "story.yaml")
        )
    )
    write_pack(rules / "packs" / "eigen", ROLES, TYPES)
    for name, text in (
        ("organisation.yaml", "packs: {pack: eigen, prefix: e-}\n"),
        ("case-types.yaml", OVERRIDES),
    ):
        (rules / name).write_text((rules / name).read_text() + text)
    load(rules)
    return rules


def write_pack(folder: Path, roles: str, types: str, learned: str | None = None) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "roles.yaml").write_text(roles)
    (folder / "case-types.yaml").write_text(types)
    if learned is not None:
        (folder / "evidence.csv").write_text(learned)
    return folder


def released(site: Path, new: Path) -> Release:
    with with_release(site, new) as (copy, pack):
        return tried(site, copy, pack, NOW)


def test_what_a_site_overrides_is_shown_beside_what_the_pack_says(site: Path) -> None:
    packs, changes = changes_of_site(site)
    assert packs == ("eigen",)
    assert changes == (
        PackChange(
            "eigen",
            "case type",
            "e-aushang",
            "overridden",
            (
                "+ urgency: 2",
                "+ evidence: schwarzes brett 1",
                "- evidence: zettel",
                "evidence: plakat 2 → 3",
            ),
            True,
        ),
    )


def test_a_chain_in_place_of_a_role_and_a_span_in_place_of_a_span_are_shown(site: Path) -> None:
    """Whoever reads it sees that the role is gone, and that the other spans are still the pack's."""
    own = site / "case-types.yaml"
    changed = OVERRIDES.replace("role: e-sammler", "chain: ams5") + "  deadlines: {escalate_after: 3d}\n"
    own.write_text(own.read_text().replace(OVERRIDES, changed))
    _, (change,) = changes_of_site(site)
    assert change.details[:2] == ("+ chain: ams5", "+ urgency: 2")
    assert {"- role: e-sammler", "+ deadlines.escalate_after: 3d"} < set(change.details)
    assert not [one for one in change.details if "remind_after" in one]


def test_a_ladder_in_place_of_spans_is_shown(site: Path) -> None:
    own = site / "case-types.yaml"
    ladder = "  deadlines: {ladder: [{at: 2h}, {every: 1d}]}\n"
    own.write_text(own.read_text().replace(OVERRIDES, OVERRIDES + ladder))
    _, (change,) = changes_of_site(site)
    assert "- deadlines.remind_after: 1d" in change.details


def test_a_release_does_not_reach_the_role_that_a_chain_of_the_site_replaces(
    site: Path, tmp_path: Path
) -> None:
    own = site / "case-types.yaml"
    own.write_text(own.read_text().replace("role: e-sammler", "chain: ams5"))
    new = write_pack(tmp_path / "neu" / "eigen", ROLES, TYPES.replace("role: sammler", "role: helfer"))
    (change,) = [one for one in released(site, new).changes if one.id == "e-aushang"]
    assert (change.details, change.yours) == (("role: sammler → helfer",), True)


def test_a_new_release_says_what_comes_goes_and_changes_and_what_does_not_reach_the_site(
    site: Path, tmp_path: Path
) -> None:
    types = TYPES.replace("remind_after: 1d", "remind_after: 2d").replace("plakat: 2", "plakat: 1")
    types = types.replace("garten: {name: Garten", "hof: {name: Hof")
    learned = "word;weights\n;aushang 1\ntafel;aushang 1.5\n"
    new = write_pack(
        tmp_path / "neu" / "eigen",
        ROLES.replace("helfer", "hilfe"),
        types.replace("helfer", "hilfe"),
        learned,
    )
    release = released(site, new)
    assert [(one.kind, one.id, one.what, one.yours) for one in release.changes] == [
        ("role", "e-helfer", "gone", False),
        ("role", "e-hilfe", "new", False),
        ("case type", "e-aushang", "changed", False),
        ("case type", "e-aushang", "changed", True),
        ("case type", "e-garten", "gone", False),
        ("case type", "e-hof", "new", False),
        ("learned words", "e-aushang", "changed", False),
    ]
    # Of what the site overrides the keys that it does not write are the pack's.
    assert release.changes[2].details == ("deadlines.remind_after: 1d → 2d",)
    assert release.changes[3].details == ("evidence: plakat 2 → 1",)
    assert release.mistakes == ()


def test_the_same_release_changes_nothing(site: Path, tmp_path: Path) -> None:
    assert released(site, write_pack(tmp_path / "neu" / "eigen", ROLES, TYPES)).changes == ()


def test_what_a_release_would_break_is_said_before_it_is_taken(site: Path, tmp_path: Path) -> None:
    """The override has nothing to replace any more, and a test of the site fails."""
    gone = write_pack(tmp_path / "a" / "eigen", ROLES, TYPES.replace("aushang:", "anschlag:", 1))
    assert [one.code for one in released(site, gone).mistakes] == ["MR310"]
    greedy = TYPES + "alles: {name: Alles, role: sammler, emergency: yes, when: always}\n"
    failed = released(site, write_pack(tmp_path / "b" / "eigen", ROLES, greedy)).mistakes
    assert {one.code for one in failed} == {"MR505"}


def test_the_site_is_not_touched(site: Path, tmp_path: Path) -> None:
    before = read_files(site)
    released(site, write_pack(tmp_path / "neu" / "eigen", ROLES, TYPES.replace("zettel", "blatt")))
    assert read_files(site) == before


def test_a_folder_that_is_no_pack_of_the_site_is_refused(site: Path, tmp_path: Path) -> None:
    (tmp_path / "leer").mkdir()
    with pytest.raises(Impossible, match="is no pack"), with_release(site, tmp_path / "leer"):
        pass
    other = write_pack(tmp_path / "anderes", ROLES, TYPES)
    with pytest.raises(Impossible, match="takes in eigen"), with_release(site, other):
        pass


def test_a_rollback_brings_back_the_release_of_a_pack_that_was_in_force(site: Path) -> None:
    then = load(site).ruleset
    write_pack(site / "packs" / "eigen", ROLES, TYPES.replace("plakat", "poster"))
    assert load(site).ruleset.hash != then.hash
    assert put_back(site, then.files)[0].startswith("packs/eigen: the release of then")
    assert load(site).ruleset.hash == then.hash
    assert put_back(site, then.files) == []


def test_a_rollback_puts_an_older_release_of_a_shipped_pack_beside_the_rules(tmp_path: Path) -> None:
    site = Path(
        shutil.copytree(
            shipped.path("rules"), tmp_path / "rules", ignore=shutil.ignore_patterns("packs", "story.yaml")
        )
    )
    organisation = site / "organisation.yaml"
    organisation.write_text(organisation.read_text() + "packs: {pack: property-de, prefix: p-}\n")
    then = tuple((name, text.replace("havarie", "unglück")) for name, text in load(site).ruleset.files)
    put_back(site, then)
    assert (site / "packs" / "property-de" / "case-types.yaml").is_file()
    assert load(site).ruleset.files == then


def test_of_a_release_that_cannot_be_read_nothing_seems_to_be_gone(site: Path, tmp_path: Path) -> None:
    broken = TYPES.replace("  role: sammler", "  rolle: sammler")
    learned = "word;weights\n;aushang -1.0\nbrett;aushang 1.0\n"
    release = released(site, write_pack(tmp_path / "new" / "eigen", ROLES, broken, learned))

    assert release.changes == ()
    assert {(one.code, one.file) for one in release.mistakes} == {("MR201", "packs/eigen/case-types.yaml")}


def test_a_test_that_fails_without_the_release_too_is_not_laid_to_it(site: Path, tmp_path: Path) -> None:
    roles = site / "roles.yaml"
    roles.write_text(roles.read_text().replace("site_wide: [keller]", "site_wide: [brandt]"))
    release = released(site, write_pack(tmp_path / "new" / "eigen", ROLES, TYPES))

    assert release.mistakes == ()
    assert release.as_before > 0
