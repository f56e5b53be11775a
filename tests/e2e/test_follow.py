"""Several daemons on one PostgreSQL work by one ruleset: what one makes active, the others follow (issue 7, part 5)."""

import shutil
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.daemon.serve import PARTS
from mailroute.errors import RulesetInvalid
from tests.support.house import MUELLER, a_mail, open_house
from tests.support.servers import wait_until

WITHOUT_DOORS = ("work", "deliver", "tick")


def test_a_second_daemon_follows_the_rules_of_the_first_and_refused_ones_reach_neither(
    postgres_url: str, tmp_path: Path
) -> None:
    rules = Path(shutil.copytree(shipped.path("rules"), tmp_path / "rules"))
    file = rules / "case-types.yaml"
    # Nobody watches the files: what the second daemon learns, it learns from the database.
    with open_house(
        rules=rules, database=postgres_url, daemons=(PARTS, WITHOUT_DOORS), watch_rules=False
    ) as house:
        first, second = house.daemons

        def hashes() -> list[str]:
            return [one.site.offices["abc"].ruleset.hash for one in (first, second)]

        before = hashes()
        file.write_text(file.read_text().replace("mietzahlung: 3", "mietzahlung: vier"))
        with pytest.raises(RulesetInvalid):
            first.rules.reload()
        assert hashes() == before

        file.write_text(file.read_text().replace("mietzahlung: vier", "mietzahlung: 4"))
        [line] = first.rules.reload()
        wait_until(lambda: len(set(hashes())) == 1, "the second daemon to follow")
        assert hashes()[0] != before[0]
        assert hashes()[0] in line
        house.get(a_mail(MUELLER, "Mietzahlung", "Meine Mietzahlung im November."))
        assert house.ticket("Mietzahlung").case_type == "zahlung"
        assert house.explanation(house.ticket("Mietzahlung"))["ruleset"] == hashes()[0]
