"""Packs join a site's rules, and a stored ruleset needs their folder no more."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from mailroute.errors import RulesetInvalid
from mailroute.model import ruleset as m
from mailroute.rules import Loaded, load, load_files, load_pack, read_files, shipped_packs
from mailroute.rules.packs import bare_firm

CHECKOUT = Path(__file__).parents[3]
PACK_ROLES = "sammler: {name: Sammler}\nhelfer: {name: Helfer}\n"
PACK_TYPES = """aushang: {name: Aushang, role: sammler, inform: [helfer, zentrale], evidence: [aushang]}
brand: {name: Brand, role: helfer, emergency: yes, when: {words: [lichterloh]}}
"""


@pytest.fixture
def firm(tmp_path: Path) -> Path:
    """The demo firm with a pack `eigenes` of its own beside it that is not taken in yet."""
    rules = tmp_path / "rules"
    shutil.copytree(CHECKOUT / "rules", rules, ignore=shutil.ignore_patterns("packs"))
    (rules / "packs" / "eigenes").mkdir(parents=True)
    (rules / "packs" / "eigenes" / "roles.yaml").write_text(PACK_ROLES)
    (rules / "packs" / "eigenes" / "case-types.yaml").write_text(PACK_TYPES)
    return rules


def with_packs(firm: Path, packs: str, **more: str) -> Loaded:
    """The firm after it took in `packs`, and with more text in `roles` or `case_types`."""
    files = {"organisation.yaml": f"packs: {packs}\n", "roles.yaml": "", "case-types.yaml": ""}
    files |= {f"{name.replace('_', '-')}.yaml": text for name, text in more.items()}
    for name, text in files.items():
        (firm / name).write_text((firm / name).read_text() + "\n" + text)
    return load(firm)


def test_a_pack_that_is_not_named_changes_nothing(firm: Path) -> None:
    assert load(firm).ruleset == load(CHECKOUT / "rules").ruleset


def test_the_case_types_of_a_pack_stand_behind_those_of_the_site(firm: Path) -> None:
    ruleset = with_packs(firm, "[eigenes]").ruleset
    assert [one.id for one in ruleset.case_types[-2:]] == ["aushang", "brand"]
    assert str(ruleset.case_types[-2].source) == "packs/eigenes/case-types.yaml:1"
    assert ruleset.role("sammler").name.de == "Sammler"


def test_a_prefix_stands_before_all_ids_of_the_pack_and_only_those(firm: Path) -> None:
    aushang = with_packs(firm, "{pack: eigenes, prefix: e-}").ruleset.case_type("e-aushang")
    assert aushang is not None
    assert aushang.target == m.ToRole("e-sammler")
    # `zentrale` is the site's own role.
    assert aushang.inform == ("e-helfer", "zentrale")


def test_a_site_changes_what_it_overrides(firm: Path) -> None:
    ruleset = with_packs(
        firm,
        "[eigenes]",
        case_types="aushang: {name: Brett, role: zentrale, override: yes}\n",
        roles="sammler: {name: Sammler, site_wide: [keller], override: yes}\n",
    ).ruleset
    aushang = ruleset.case_type("aushang")
    assert aushang is not None
    assert (aushang.name.de, aushang.target) == ("Brett", m.ToRole("zentrale"))
    assert ruleset.role("sammler").site_wide == ("keller",)
    assert [one.id for one in ruleset.case_types].count("aushang") == 1


def test_what_a_site_does_not_write_stays_as_the_pack_has_it(firm: Path) -> None:
    """Issue 7, part 8: a role, a deadline or a word is changed without copying; an emergency stays one."""
    ruleset = with_packs(
        firm,
        "{pack: eigenes, prefix: e-}",
        case_types="e-brand: {override: yes, role: zentrale}\ne-aushang: {override: yes, chain: ams5, inform: []}\n",
        roles="e-sammler: {override: yes, site_wide: [keller]}\n",
    ).ruleset
    brand, aushang = ruleset.case_type("e-brand"), ruleset.case_type("e-aushang")
    assert brand is not None
    assert aushang is not None
    assert (brand.name.de, brand.emergency, brand.target) == ("Brand", True, m.ToRole("zentrale"))
    assert brand.when is not None
    assert (aushang.name.de, aushang.inform) == ("Aushang", ())
    assert isinstance(aushang.target, m.ToChain)
    assert [one.text for one in aushang.evidence] == ["aushang"]
    assert ruleset.role("e-sammler").name.de == "Sammler"


def test_of_deadlines_each_span_is_overridden_by_itself(firm: Path) -> None:
    """Whoever writes one span means that one: the others stay the pack's, and do not become the organisation's."""
    types = firm / "packs/eigenes/case-types.yaml"
    spans = "{remind_after: 1h, remind_every: 2h, escalate_after: 6h}"
    rungs = "{react_within: 4h, ladder: [{at: 50%}, {every: 4h}]}"
    types.write_text(
        types.read_text()
        + f"zettel: {{name: Zettel, role: sammler, evidence: [zettel], deadlines: {spans}}}\n"
        + f"leiter: {{name: Leiter, role: sammler, evidence: [leiter], deadlines: {rungs}}}\n"
    )
    ruleset = with_packs(
        firm,
        "[eigenes]",
        case_types="zettel: {override: yes, deadlines: {escalate_after: 3h}}\n"
        "leiter: {override: yes, deadlines: {remind_after: 3h}}\n",
    ).ruleset
    zettel, leiter = ruleset.case_type("zettel"), ruleset.case_type("leiter")
    assert zettel is not None
    assert leiter is not None
    hours = (zettel.deadlines.remind_after, zettel.deadlines.remind_every, zettel.deadlines.escalate_after)
    assert hours == (timedelta(hours=1), timedelta(hours=2), timedelta(hours=3))
    # Who says when to remind does not want the pack's ladder beside it.
    assert (leiter.deadlines.ladder, leiter.deadlines.remind_after) == ((), timedelta(hours=3))
    assert leiter.deadlines.react_within == timedelta(hours=4)


def test_a_mistake_in_what_stays_is_shown_where_the_site_says_override(firm: Path) -> None:
    """Its role is gone from the pack's table of roles, and no line of the site names it."""
    (firm / "packs/eigenes/roles.yaml").write_text("sammler: {name: Sammler}\n")
    with pytest.raises(RulesetInvalid) as refused:
        with_packs(firm, "[eigenes]", case_types="brand: {override: yes, urgency: 2}\n")
    (mistake,) = [one for one in refused.value.diagnostics if one.file == "case-types.yaml"]
    assert mistake.message.startswith("there is no role `helfer`")


@pytest.mark.parametrize(("file", "text"), [("roles.yaml", PACK_ROLES), ("case-types.yaml", PACK_TYPES)])
def test_a_pack_overrides_nothing(firm: Path, file: str, text: str) -> None:
    """It would be a case type without name and target, or a role without name."""
    (firm / "packs/eigenes" / file).write_text(text + "leer: {override: yes}\n")
    with pytest.raises(RulesetInvalid) as refused:
        with_packs(firm, "[eigenes]")
    found = [(one.code, one.file, one.line) for one in refused.value.diagnostics]
    assert found == [("MR310", f"packs/eigenes/{file}", 3)]


def test_no_override_takes_the_name_away(firm: Path) -> None:
    """Letters would name no matter at all."""
    with pytest.raises(RulesetInvalid) as refused:
        with_packs(firm, "[eigenes]", case_types='brand: {override: yes, name: ""}\n')
    assert any(one.code == "MR202" for one in refused.value.diagnostics)


@pytest.mark.parametrize("entry", ["brand: {role: zentrale}", "brand: {name: X}"])
def test_without_override_a_case_type_needs_its_name_and_its_target(firm: Path, entry: str) -> None:
    with pytest.raises(RulesetInvalid):
        with_packs(firm, "[eigenes]", case_types=f"other-{entry}\n")


def test_the_roles_of_a_pack_that_nobody_holds_are_warned_of_and_unused_ones_are_not(firm: Path) -> None:
    warnings = with_packs(firm, "[eigenes]", roles="", case_types="").warnings
    assert {(one.code, one.file) for one in warnings} == {("MR402", "packs/eigenes/case-types.yaml")}
    assert "override: yes" in warnings[0].remedy


def test_a_stored_ruleset_loads_again_without_the_folder_of_its_pack(firm: Path) -> None:
    ruleset = with_packs(firm, "[eigenes]").ruleset
    shutil.rmtree(firm / "packs")
    assert {name for name, _ in ruleset.files if name.startswith("packs/")} == {
        "packs/eigenes/roles.yaml",
        "packs/eigenes/case-types.yaml",
    }
    assert load_files(ruleset.files).ruleset == ruleset
    with pytest.raises(RulesetInvalid, match="MR309"):
        load(firm)


def test_a_changed_pack_makes_a_new_ruleset(firm: Path) -> None:
    before = with_packs(firm, "[eigenes]").ruleset.hash
    (firm / "packs" / "eigenes" / "case-types.yaml").write_text(PACK_TYPES.replace("lichterloh", "flammen"))
    assert load(firm).ruleset.hash != before


def test_files_and_their_texts_give_the_same_with_a_pack(firm: Path) -> None:
    loaded = with_packs(firm, "[eigenes]")
    assert load_files(read_files(firm)) == loaded


def test_a_pack_of_the_site_goes_before_the_shipped_one_of_that_name(firm: Path) -> None:
    shutil.copytree(firm / "packs" / "eigenes", firm / "packs" / "property-de")
    assert with_packs(firm, "[property-de]").ruleset.case_type("havarie_notfall") is None


def test_a_pack_that_leads_out_of_its_folder_is_refused(firm: Path, tmp_path: Path) -> None:
    (tmp_path / "elsewhere.yaml").write_text(PACK_ROLES)
    (firm / "packs" / "eigenes" / "roles.yaml").unlink()
    (firm / "packs" / "eigenes" / "roles.yaml").symlink_to(tmp_path / "elsewhere.yaml")
    with pytest.raises(RulesetInvalid, match="MR114"):
        with_packs(firm, "[eigenes]")


@pytest.mark.parametrize(
    "packs", ["3", "[a b]", "{prefix: x-}", "[{pack: eigenes, prefix: A B}]", "[[eigenes]]"]
)
def test_what_is_no_list_of_packs_is_a_mistake_and_no_crash(firm: Path, packs: str) -> None:
    with pytest.raises(RulesetInvalid):
        with_packs(firm, packs)


def test_the_shipped_packs_are_whole() -> None:
    assert shipped_packs() == ("insurance-de", "property-de")
    assert {pack: len(load_pack(pack).ruleset.case_types) for pack in shipped_packs()} == {
        "insurance-de": 21,
        "property-de": 40,
    }
    assert all(load_pack(pack).warnings == () for pack in shipped_packs())


def test_both_shipped_packs_together_are_one_firm(firm: Path) -> None:
    ruleset = with_packs(firm, "[{pack: property-de, prefix: p-}, {pack: insurance-de, prefix: v-}]").ruleset
    assert ruleset.case_type("p-beschwerde") is not None
    assert ruleset.case_type("v-beschwerde") is not None


def test_a_firm_whose_matters_all_come_from_a_pack_needs_no_file_of_its_own() -> None:
    """Only what speaks of kinds of its own has to go."""
    files = dict(bare_firm("property-de"))
    assert "case-types.yaml" not in files
    kinds = load_files(files.items()).ruleset.case_types
    assert len(kinds) == 40

    # A reference is still checked.
    partners = "p: {name: P, email: p@p.example, case_types: [wasser, havarie_notfal]}\n"
    with pytest.raises(RulesetInvalid) as caught:
        load_files([*files.items(), ("partners.yaml", partners)])
    assert "MR315" in [one.code for one in caught.value.diagnostics]


def test_with_neither_kinds_nor_a_pack_it_says_what_to_do_once() -> None:
    files = {name: text for name, text in bare_firm("property-de") if not name.startswith("packs/")}
    for packs, code in (("", "MR101"), ("packs: [property-d]\n", "MR309")):
        lines = [one for one in files["organisation.yaml"].splitlines() if not one.startswith("packs")]
        with pytest.raises(RulesetInvalid) as caught:
            load_files({**files, "organisation.yaml": "\n".join([*lines, packs])}.items())
        [one] = [one for one in caught.value.diagnostics if one.code in ("MR101", "MR309")]
        assert one.code == code
        assert code == "MR309" or "packs: [property-de]" in one.remedy
