"""Files that somebody or something has mangled give diagnostics or a ruleset, never an exception."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailroute.admin.trial import content_of, read_tests
from mailroute.errors import RulesetInvalid
from mailroute.rules import Loaded, load_files, read_files
from mailroute.rules.codes import CODES

CHECKOUT = Path(__file__).parents[2]
FIRM = dict(read_files(CHECKOUT / "rules"))

# What hands and programs leave in YAML and CSV files.
LEFTOVERS = (
    "\t", ": ", "- ", "#", '"', "'", "{", "}", "[", "]", ",", ";", "|", ">", "&a ", "*a", "!!python/name:os ", "---\n",
    "\n", "\r", "\0", "\ufeff", "~", "null", "<<: ", "? ", "%", "@", "`", "\ud800", "0x1F", "1e9", "no", "\u2028",
    "99999999999999999999d", "2026-02-30", "24:00", "(?P<a>", "\\", "a" * 300, "ß", "İ", "²", "{message}",
)  # fmt: skip


def said(files: list[tuple[str, str]]) -> None:
    """Load, and see that whatever is said is fit for people."""
    try:
        loaded = load_files(files)
    except RulesetInvalid as invalid:
        diagnostics = invalid.diagnostics
        assert any(one.level == "error" for one in diagnostics)
    else:
        assert isinstance(loaded, Loaded)
        diagnostics = loaded.warnings
    for one in diagnostics:
        assert one.code in CODES
        assert str(one).isprintable() or "\n" in str(one)
    assert list(diagnostics) == sorted(
        diagnostics, key=lambda d: (d.file, d.line, d.column, d.code, d.message)
    )


@st.composite
def mangled_firms(draw: st.DrawFn) -> list[tuple[str, str]]:
    """The demo firm with a few cuts, copies and leftovers in some of its files."""
    firm = dict(FIRM)
    for _ in range(draw(st.integers(1, 4))):
        name = draw(st.sampled_from(sorted(firm)))
        text = firm[name]
        start = draw(st.integers(0, len(text)))
        end = draw(st.integers(start, min(len(text), start + 60)))
        piece = draw(st.sampled_from(LEFTOVERS) | st.text(max_size=8) | st.just(text[start:end] * 2))
        firm[name] = text[:start] + piece + text[end:]
    if draw(st.booleans()):
        del firm[draw(st.sampled_from(sorted(firm)))]
    return sorted(firm.items())


@given(mangled_firms())
@settings(max_examples=150)
def test_a_mangled_firm_gives_diagnostics_and_never_an_exception(files: list[tuple[str, str]]) -> None:
    said(files)


LINES = st.sampled_from(
    sorted({line for text in FIRM.values() for line in text.splitlines() if line.strip()})
)


@given(
    st.sampled_from(sorted(FIRM)),
    st.lists(LINES | st.sampled_from(LEFTOVERS) | st.text(max_size=12), max_size=12),
)
@settings(max_examples=150)
def test_a_file_of_other_files_lines_gives_diagnostics_and_never_an_exception(
    name: str, lines: list[str]
) -> None:
    said(sorted({**FIRM, name: "\n".join(lines)}.items()))


VALUES = st.recursive(
    st.none() | st.sampled_from(LEFTOVERS) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
KEYS = sorted(
    {
        line.strip().lstrip("- ").split(":")[0]
        for text in FIRM.values()
        for line in text.splitlines()
        if ":" in line
    }
)


@given(st.sampled_from(sorted(FIRM)), st.dictionaries(st.sampled_from(KEYS), VALUES, min_size=1, max_size=4))
@settings(max_examples=150)
def test_a_file_of_any_values_gives_diagnostics_and_never_an_exception(
    name: str, values: dict[str, object]
) -> None:

    said(sorted({**FIRM, name: json.dumps(values), "people.csv": ";".join(map(str, values))}.items()))


LOADED = load_files(FIRM.items())
STORY = (CHECKOUT / "rules" / "tests" / "story.yaml").read_text()


@given(st.data())
@settings(max_examples=100)
def test_mangled_routing_tests_give_diagnostics_or_run_and_never_an_exception(data: st.DataObject) -> None:
    """Their mails too: what is written there may be no mail at all."""
    text = STORY
    for _ in range(data.draw(st.integers(1, 4))):
        start = data.draw(st.integers(0, len(text)))
        end = data.draw(st.integers(start, min(len(text), start + 60)))
        piece = data.draw(st.sampled_from(LEFTOVERS) | st.text(max_size=8) | st.just(text[start:end] * 2))
        text = text[:start] + piece + text[end:]
    tests, found = read_tests(CHECKOUT / "rules", LOADED, {"tests/story.yaml": text})
    assert {one.code for one in found} <= set(CODES)
    for test in tests:
        assert content_of(test, "a@b.example")


@pytest.mark.parametrize(
    "bomb", ["[" * 500_000, "- " * 500_000, "{a: " * 200_000, "a: &a [*a]", "&" * 9, "? " * 90_000]
)
def test_a_bomb_is_refused_at_once(bomb: str) -> None:
    with pytest.raises(RulesetInvalid):
        load_files({**FIRM, "commands.yaml": bomb}.items())
