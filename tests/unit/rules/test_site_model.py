"""model.csv is a file of the ruleset like any other: read, named by the hash, switched on by organisation.yaml."""

import pytest

from mailroute import shipped
from mailroute.errors import RulesetInvalid
from mailroute.routing.learned_order import FEATURE, compile_order
from mailroute.rules import Loaded, load_files, read_files
from mailroute.rules.site_model import FILE, written

FIRM = dict(read_files(shipped.path("rules")))
TEXT = written({"heizung": -1.1, "schluessel": -0.6}, {"thermostat": {"heizung": 2.31}})


def loaded(text: str, *, switched_on: bool = True) -> Loaded:
    files = {**FIRM, FILE: text}
    if switched_on:
        old = "features: [share-tickets]"
        assert old in files["organisation.yaml"]
        files["organisation.yaml"] = files["organisation.yaml"].replace(
            old, f"features: [share-tickets, {FEATURE}]"
        )
    return load_files(files.items())


def test_the_file_is_the_model_of_the_ruleset() -> None:
    one = loaded(TEXT)
    assert one.warnings == load_files(FIRM.items()).warnings
    order = compile_order(one.ruleset)
    assert order is not None
    assert order.before == {"heizung": -1.1, "schluessel": -0.6}
    assert order.words.by_name() == {"heizung": {"thermostat": 2.31}}


def test_another_model_is_another_ruleset_with_another_version() -> None:
    one, other = loaded(TEXT).ruleset, loaded(TEXT.replace("2.31", "2.32")).ruleset
    assert one.hash != other.hash
    assert one.site_model
    assert other.site_model
    assert one.site_model.version != other.site_model.version
    assert dict(one.files)[FILE] == TEXT


def test_without_the_switch_nothing_is_ordered() -> None:
    assert compile_order(loaded(TEXT, switched_on=False).ruleset) is None
    assert compile_order(load_files(FIRM.items()).ruleset) is None


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("wort;gewicht\n", "MR202"),
        ("word;weights\nkalt;heizung viel\n", "MR207"),
        ("word;weights\nkalt;heizung 1;zu viel\n", "MR111"),
        ('word;weights\n"kalt;heizung 1\n', "MR110"),
    ],
)
def test_a_spoilt_model_is_refused_with_its_place(text: str, code: str) -> None:
    with pytest.raises(RulesetInvalid) as refused:
        loaded(text)
    assert {(one.file, one.code) for one in refused.value.diagnostics if one.level == "error"} == {
        (FILE, code)
    }
