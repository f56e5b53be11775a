"""Lines put into a YAML file that people write: everything else stays as it is, or nothing is done."""

import pytest

from mailroute.rules.edits import with_items

BLOCK = """\
# Ours.
heizung:
  name: Heizung   # short
  evidence:
    - kalt
    - heizung: 3   # strong
  role: technik

rechnung: {name: Rechnung, role: buchhaltung}
"""


def test_a_block_list_grows_by_a_line() -> None:
    after = with_items("case-types.yaml", BLOCK, ("heizung", "evidence"), [{"thermostat": "2"}, "lau: warm"])
    assert after == BLOCK.replace("strong\n", "strong\n    - thermostat: 2\n    - 'lau: warm'\n")


def test_a_flow_list_grows_within_its_brackets() -> None:
    text = 'a: {x: 1}\naliases: [Planckhof, "Hof, der"]  # names\n'
    assert with_items("p.yaml", text, ("aliases",), ["Rosenhof"]) == text.replace('der"]', 'der", Rosenhof]')


def test_a_list_that_is_not_there_begins_below_its_entry() -> None:
    text = "heizung:\n  name: Heizung\n  deadlines:\n    remind_after: 4h\n\n# Next.\nrechnung:\n  name: R\n"
    assert with_items("c.yaml", text, ("heizung", "evidence"), ["kalt"]) == text.replace(
        "4h\n", "4h\n  evidence:\n    - kalt\n"
    )


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a: {evidence: {kalt: 2}}\n", ("a", "evidence")),
        ("a:\n  evidence: kalt\n", ("a", "evidence")),
        ("a: [x,\n  y\n  ]\n", ("a",)),
        ("a: {name: x}\n", ("a", "evidence")),
        ("a: 1\n", ("b", "evidence")),
        ("a: [\n", ("a",)),
        ("text: |\n  many\n  lines\n", ("evidence",)),
        ("", ("a", "evidence")),
    ],
)
def test_what_cannot_simply_be_added_to_is_left_alone(text: str, path: tuple[str, ...]) -> None:
    assert with_items("x.yaml", text, path, ["kalt"]) is None
