"""Real German prose that was written to nobody of ours: talk about shares is unclear, data protection is recognised."""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from mailroute.admin.matter import Judge
from mailroute.rules import load_pack
from tests.corpora.places import ABSENT, HELD

if not HELD.is_dir():
    pytest.skip(ABSENT, allow_module_level=True)

# How often talk that names no request to anybody is taken for a matter; a little above what is reached.
MOST_TAKEN = {
    ("property-de", "other"): 0.12,
    ("property-de", "insurance"): 0.09,
    ("property-de", "tenancy"): 0.18,
    ("insurance-de", "other"): 0.06,
    ("insurance-de", "insurance"): 0.055,
    ("insurance-de", "tenancy"): 0.06,
}
# Long letters have many sentences, and each is looked at by itself (decision 17).
MOST_EMERGENCIES = 0.008


@cache
def judge_of(pack: str) -> Judge:
    return Judge.of((load_pack(pack),))


def talk(name: str) -> Iterator[bytes]:
    with (HELD / "class-codealltag" / f"{name}.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)["text"].encode("utf-8", "replace")


@pytest.mark.parametrize(("pack", "name"), MOST_TAKEN)
def test_talk_about_shares_is_unclear(pack: str, name: str) -> None:
    judge = judge_of(pack)
    views = [judge.view(name, text) for text in talk(name)]
    taken = Counter(view["case_type"] for view in views if view["case_type"] is not None)
    print(f"{pack} on {name}: {taken.total()} of {len(views)} taken for a matter: {taken.most_common(6)}")
    assert taken.total() <= MOST_TAKEN[pack, name] * len(views), taken
    assert sum(view["emergency"] for view in views) <= MOST_EMERGENCIES * len(views)


def test_requests_about_personal_data_are_recognised() -> None:
    judge = judge_of("property-de")
    files = sorted((HELD / "class-dsgvo").glob("*.txt"))
    missed = {file.name: judge.view(file.name, file.read_bytes())["case_type"] for file in files}
    missed = {name: found for name, found in missed.items() if found != "datenschutz"}
    assert files
    # One is a warning by a lawyer that could be two matters.
    assert set(missed.values()) <= {None, "anwalt_behoerde"}
    assert len(missed) <= 1, missed
