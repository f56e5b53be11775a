"""Perturbed real addresses and traps, end to end (issue 4, REQ-E7): a part of `make bench-quality`, and its door.

Figures are floors: the whole measure, over 10,000 mails, is `make bench-quality`.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.corpora.places import ABSENT, HELD
from tests.quality import addresses
from tests.quality.town import make, write_rules

pytestmark = [pytest.mark.skipif(not HELD.exists(), reason=ABSENT), pytest.mark.timeout(600)]


@pytest.mark.slow
def test_req_e7_perturbed_addresses_are_found_and_traps_avoided() -> None:
    score = addresses.measure(seed=5, spellings=1_600, trapped=400)

    print(f"\n{addresses.table(score)}")
    # One trap in twelve is a real street one letter away, which nobody could tell from a slip.
    assert score.precision >= 0.99, score.examples
    assert score.recall >= addresses.RECALL, score.examples


def test_req_e7_explain_answers_the_same_for_a_rules_directory_and_files_of_its_own(tmp_path: Path) -> None:
    town = make(seed=6)
    dice = random.Random(6)
    people = [(f"mieter{n}@mieter.example", dice.choice(town.houses)) for n in range(20)]
    rules = write_rules(town, tmp_path / "rules", people)
    wanted = list(addresses.cases(town, people, 6, spellings=96, trapped=24))
    files = [tmp_path / f"{n:03}.eml" for n in range(len(wanted))]
    for file, case in zip(files, wanted, strict=True):
        file.write_bytes(case.mail)

    command = [
        sys.executable,
        "-m",
        "mailroute",
        "explain",
        "--json",
        "--rules",
        str(rules),
        *map(str, files),
    ]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    named = [json.loads(line)["property"] for line in lines]

    assert len(named) == len(wanted)
    assert sum(house == case.house for house, case in zip(named, wanted, strict=True)) >= 0.97 * len(wanted)
