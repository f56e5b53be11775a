"""meanings.csv: what the words of a pack say together."""

from pathlib import Path

import pytest

from mailroute.admin.matter import Judge
from mailroute.errors import RulesetInvalid
from mailroute.model.meanings import LETTERS, SILENT, Meanings
from mailroute.rules import Loaded, load, load_pack, shipped_packs
from mailroute.rules.meanings import read_meanings
from mailroute.rules.packs import bare_firm
from mailroute.rules.report import Report
from mailroute.rules.table import read_table
from tests.support.own_pack import firm_with_pack


def letters(*levels: int) -> str:
    return "".join(LETTERS[SILENT + level] for level in levels)


# `rechnung` speaks for both; what stands beside it says which of them it is.
MEANINGS = f"""word;meaning
;2 2
=handwerk;0 0.5 -0.5
=kosten;0 -0.5 0.5
=*;0 0 0
rechnung;{letters(8, 8)}
klempner;{letters(9, -9)}
heizkosten;{letters(-9, 9)}
"""


def firm(tmp_path: Path, meanings: str = MEANINGS, packs: str = "[eigenes]") -> Path:
    """The demo firm with no case types but those of a pack of its own, which has learned."""
    case_types = "handwerk: {name: Handwerk, role: sammler}\nkosten: {name: Kosten, role: sammler}\n"
    tables = {"evidence.csv": "word;weights\n;* 1\n", "meanings.csv": meanings}
    rules = firm_with_pack(tmp_path, case_types, tables, packs)
    (rules / "case-types.yaml").write_text("{}\n")
    return rules


def decided(loaded: Loaded, text: str) -> str | None:
    view = Judge.of((loaded,)).view("mail.txt", text.encode())
    found = view["case_type"]
    assert found is None or isinstance(found, str)
    return found


def test_a_word_means_something_else_beside_another_one(tmp_path: Path) -> None:
    loaded = load(firm(tmp_path))
    assert decided(loaded, "Anbei die Rechnung vom Klempner.") == "handwerk"
    assert decided(loaded, "Die Rechnung für die Heizkosten stimmt nicht.") == "kosten"
    assert decided(loaded, "Wo bleibt die Rechnung?") is None


def test_the_words_that_spoke_are_quoted(tmp_path: Path) -> None:
    """REQ-E7: the trace names the words of the mail."""
    view = Judge.of((load(firm(tmp_path)),)).view("mail.txt", b"Anbei die Rechnung vom Klempner.")
    assert view["case_types"][0]["because"] == '"Rechnung" (text), "Klempner" (text), score 5.01'


def test_a_prefix_stands_before_its_case_types_here_too(tmp_path: Path) -> None:
    loaded = load(firm(tmp_path, packs="{pack: eigenes, prefix: e-}"))
    assert decided(loaded, "Anbei die Rechnung vom Klempner.") == "e-handwerk"


@pytest.mark.parametrize(
    ("text", "code", "line"),
    [
        (MEANINGS.replace(";2 2", ";2 viel"), "MR207", 2),
        (MEANINGS.replace("=kosten;0 -0.5 0.5", "=kosten;0 -0.5"), "MR207", 4),
        (MEANINGS.replace("=kosten;", "=kohl;"), "MR206", 4),
        (MEANINGS.replace(letters(9, -9), "abc"), "MR207", 7),
        (MEANINGS.replace(letters(9, -9), "a!"), "MR207", 7),
        (MEANINGS.replace("klempner;", "klempner,"), "MR111", 7),
        (MEANINGS.replace("word;meaning", "word;letters"), "MR202", 1),
        ("rechnung;AA\n", "MR202", 1),
        ("", "MR112", 1),
    ],
)
def test_what_is_wrong_in_the_file_is_told_with_its_line(
    tmp_path: Path, text: str, code: str, line: int
) -> None:
    with pytest.raises(RulesetInvalid) as caught:
        load(firm(tmp_path, meanings=text))
    found = [(one.code, one.file, one.line) for one in caught.value.diagnostics]
    assert (code, "packs/eigenes/meanings.csv", line) in found


def read_text(text: str) -> Meanings | None:
    report = Report()
    table, rows = read_table("meanings.csv", text, report) or (None, None)
    assert table is not None
    assert rows is not None
    found = read_meanings(table, rows, report).meanings
    assert not report.found
    return found


@pytest.mark.parametrize("pack", shipped_packs())
def test_the_shipped_words_are_read_at_once_as_one_by_one(pack: str) -> None:
    text = dict(bare_firm(pack))[f"packs/{pack}/meanings.csv"]
    # A quoted cell makes the reader look at each.
    head, _, last = text.rstrip("\n").rpartition("\n")
    word, _, meaning = last.partition(";")
    assert read_text(f'{head}\n"{word}";{meaning}\n') == read_text(text)


@pytest.mark.parametrize("pack", shipped_packs())
def test_every_case_type_of_the_shipped_packs_has_a_lean(pack: str) -> None:
    ruleset = load_pack(pack).ruleset
    (learned,) = ruleset.learned
    assert learned.meanings is not None
    assert learned.meanings.leans.keys() == {one.id for one in ruleset.case_types} | {"*"}
