"""A site's own model orders what the desk is offered for an unclear mail, and the explanation names its words."""

import json
import shutil
from pathlib import Path

from mailroute import shipped
from mailroute.routing.learned_order import FEATURE
from mailroute.rules.site_model import FILE, written
from tests.support.house import MUELLER, ZENTRALE, a_mail, open_house

MODEL = written(
    {"kuendigung": -1.0, "schluessel": -1.0}, {"abgeben": {"schluessel": 2.0, "kuendigung": -0.5}}
)
UNCLEAR = a_mail(MUELLER, "Frage", "Es geht um Kündigung und Schlüssel: Wann kann ich ihn abgeben?")


def test_the_desk_is_offered_the_candidates_in_the_order_of_closed_tickets(tmp_path: Path) -> None:
    """Issue 7, part 7."""
    rules = shutil.copytree(shipped.path("rules"), tmp_path / "rules", ignore=shutil.ignore_patterns("packs"))
    (rules / FILE).write_text(MODEL)
    offered = []
    for features in ("share-tickets", f"share-tickets, {FEATURE}"):
        organisation = rules / "organisation.yaml"
        text = organisation.read_text()
        organisation.write_text(text.replace("features: [share-tickets]", f"features: [{features}]"))
        with open_house(rules=rules) as house:
            [desk] = [one for one in house.get(UNCLEAR) if one.to == ZENTRALE]
            offered.append(desk.text)
            said = json.dumps(house.explanation(house.ticket()), ensure_ascii=False, default=str)
            assert ("abgeben +2.0" in said) == (FEATURE in features)
            assert house.ticket().case_type is None
    without, with_model = offered
    assert without.index("Anliegen: Kündigung") < without.index("Anliegen: Schlüssel")
    assert with_model.index("Anliegen: Schlüssel") < with_model.index("Anliegen: Kündigung")
