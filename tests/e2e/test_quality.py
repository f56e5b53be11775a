"""`mailroute quality` learns from what people correct: over stored tickets, beside the running daemon."""

from datetime import timedelta

from mailroute import shipped
from mailroute.admin.quality import Quality, quality
from mailroute.rules import load
from tests.support.house import MUELLER, ZENTRALE, House, a_mail, open_house

CALLERS = ("aydin@mieter.example", "sommer@mieter.example", MUELLER)


def report(house: House, *, days: int = 1) -> Quality:
    """The whole report over the last days."""
    ruleset = load(shipped.path("rules")).ruleset
    now = house.clock() + timedelta(seconds=1)
    with house.daemons[0].store.read() as conn:
        *_, last = quality(conn, [ruleset], None, now - timedelta(days=days), now)
    return last


def test_what_people_correct_says_which_words_the_rules_lack() -> None:
    """Issue 4, part 9: shares by case type, property and rule; what never fires; words of unclear mails."""
    with open_house() as house:
        house.get(a_mail(MUELLER, "Rechnung", "Eine Frage zu meiner Rechnung."))
        for nth, caller in enumerate(CALLERS):
            letters = house.get(
                a_mail(caller, f"Anfrage {nth}", "Die Klimaanlage pfeift seit gestern so komisch.")
            )
            [desk] = [one for one in letters if one.to == ZENTRALE]
            house.reply(desk, "typ: Heizung")
        found = report(house)
        assert (found.total, found.done) == (4, 4)
        assert (found.all.tickets, found.all.right, found.all.unclear, found.all.corrected) == (4, 1, 3, 3)
        assert found.case_types["rechnung"].right == 1
        assert found.case_types["-"].unclear == 3
        assert found.properties["max-planck-12"].tickets >= 2
        assert any(rule.startswith("case-types.yaml:") for rule in found.rules)
        never = dict(found.never)
        assert "beschwerde" in never
        assert "rechnung" not in never
        [missing] = found.missing
        assert (missing.case_type, missing.mails) == ("heizung", 3)
        assert ("klimaanlage", 3) in missing.words


def test_a_period_without_tickets_is_a_report_too() -> None:
    with open_house() as house:
        found = report(house)
        assert (found.total, found.all.tickets, found.missing) == (0, 0, [])
        assert len(found.never) > 5
