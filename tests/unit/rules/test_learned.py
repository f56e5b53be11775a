"""evidence.csv: what a pack has learned joins the words that a site writes."""

from pathlib import Path

import pytest

from mailroute.errors import RulesetInvalid
from mailroute.rules import Loaded, load, load_files, load_pack, read_files
from mailroute.rules.learned import LearnedWords, read_learned
from mailroute.rules.report import Report
from mailroute.rules.table import read_table
from tests.support.own_pack import firm_with_pack

LEARNED = "word;weights\n;* 1.5 | brand 2\naushang;aushang 2.5 | brand -0.5\nzettel;aushang 1\nwerbung;* -2\n"


def firm(tmp_path: Path, learned: str = LEARNED, case_types: str = "", packs: str = "[eigenes]") -> Path:
    """The demo firm with a pack of its own that has learned."""
    own = "aushang: {name: Aushang, role: sammler}\nbrand: {name: Brand, role: sammler, emergency: yes}\n"
    rules = firm_with_pack(tmp_path, own, {"evidence.csv": learned}, packs)
    path = rules / "case-types.yaml"
    path.write_text(f"{path.read_text()}\n{case_types}\n")
    return rules


def words_of(loaded: Loaded, case_type: str) -> dict[str, float]:
    found = loaded.ruleset.case_type(case_type)
    assert found is not None
    return {one.text: one.weight for one in loaded.ruleset.evidence_of(found)}


def test_the_words_of_a_pack_are_evidence_of_its_case_types(tmp_path: Path) -> None:
    loaded = load(firm(tmp_path))
    assert words_of(loaded, "aushang") == {"aushang": 2.5, "zettel": 1}
    assert words_of(loaded, "brand") == {"aushang": -0.5}
    (learned,) = loaded.ruleset.learned
    assert learned.bars == (("aushang", 1.5), ("brand", 2.0))
    assert learned.said_by("werbung") == {"packs/eigenes": -2.0}


def test_a_prefix_stands_before_its_case_types_here_too(tmp_path: Path) -> None:
    loaded = load(firm(tmp_path, packs="{pack: eigenes, prefix: e-}"))
    assert words_of(loaded, "e-aushang")["aushang"] == 2.5
    assert loaded.ruleset.learned[0].bars == (("e-aushang", 1.5), ("e-brand", 2.0))


def test_a_case_type_that_is_overridden_keeps_them_and_adds_its_own(tmp_path: Path) -> None:
    own = "aushang: {override: yes, name: A, role: sammler, evidence: {zettel: 0.5, plakat: 3}}"
    words = words_of(load(firm(tmp_path, case_types=own)), "aushang")
    assert words == {"aushang": 2.5, "zettel": 0.5, "plakat": 3}


def test_what_the_site_says_is_no_emergency_needs_the_score_of_everything_else(tmp_path: Path) -> None:
    own = "brand: {override: yes, name: Brand, role: sammler, emergency: no}"
    (learned,) = load(firm(tmp_path, case_types=own)).ruleset.learned
    assert learned.bars == (("aushang", 1.5), ("brand", 1.5))


def test_they_are_part_of_the_ruleset_and_of_its_hash(tmp_path: Path) -> None:
    rules = firm(tmp_path)
    first = load(rules)
    assert load_files(read_files(rules)).ruleset == first.ruleset
    (rules / "packs/eigenes/evidence.csv").write_text(LEARNED + "brett;aushang 1\n")
    assert load(rules).ruleset.hash != first.ruleset.hash


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        ("word;weights\nx;aushang viel\n", "MR207", 2),
        ("word;weights\n\nx;aushang 1 | brand\n", "MR207", 3),
        ("word;weights\nx;aushnag 1\n", "MR206", 2),
        ("word\nx\n", "MR202", 1),
        ("", "MR112", 1),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(
    tmp_path: Path, text: str, code: str, line: int
) -> None:
    with pytest.raises(RulesetInvalid) as caught:
        load(firm(tmp_path, learned=text))
    found = [(one.code, one.file, one.line) for one in caught.value.diagnostics]
    assert (code, "packs/eigenes/evidence.csv", line) in found


def read_text(text: str) -> tuple[LearnedWords, list[str]]:
    """What is read and complained of."""
    report = Report()
    table, rows = read_table("evidence.csv", text, report) or (None, None)
    assert table is not None
    assert rows is not None
    return read_learned(table, rows, report), [one.code for one in report.found]


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ("x;heizung 1\nx;wasser 2\n", {"heizung": {"x": 1}, "wasser": {"x": 2}}),
        ("x;heizung 1 | heizung 2\n", {"heizung": {"x": 2}}),
        ('"x;y";heizung 1\n', {"heizung": {"x;y": 1}}),
        (" x ;  heizung   1|wasser 2\n", {"heizung": {"x": 1}, "wasser": {"x": 2}}),
        ("\u00a0x\u2009;heizung 1\n", {"heizung": {"x": 1}}),
        ("x;heizung 1", {"heizung": {"x": 1}}),
        ("ż … ä|б + ß;heizung -1.25\n", {"heizung": {"ż … ä|б + ß": -1.25}}),
        ("\nx;heizung 1\n;;\n", {"heizung": {"x": 1}}),
    ],
)
def test_a_file_that_is_written_otherwise_means_what_its_cells_say(
    rows: str, words: dict[str, dict[str, float]]
) -> None:
    learned, mistakes = read_text(f"word;weights\n;* 1\n{rows}")
    assert (learned.words.by_name(), learned.bars, mistakes) == (words, {"*": 1.0}, [])


def test_the_shipped_pack_has_learned_what_emergencies_are_and_when_they_are_feared() -> None:
    learned = load_pack("property-de").ruleset.learned[0]
    assert learned.meanings is not None
    assert "havarie_notfall" in learned.meanings.leans
    assert dict(learned.bars)["havarie_notfall"] < 0
