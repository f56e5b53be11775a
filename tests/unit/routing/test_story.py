"""The story of ABC Hausverwaltung, decided by the rules we ship (REQ-E7, issue 2)."""

from functools import cache
from pathlib import Path

import pytest

from mailroute.model.decision import Assignment, Matched
from mailroute.routing.assign import assign
from mailroute.routing.classify import Classifier, classify, compile_classifier
from mailroute.routing.identify import identify
from mailroute.routing.locate import locate
from mailroute.routing.match import match
from mailroute.rules import Loaded, load
from tests.support.factories import TODAY, a_message, an_envelope, facts_about

RULES = Path(__file__).parents[3] / "rules"


@cache
def firm() -> tuple[Loaded, Classifier]:
    loaded = load(RULES)
    return loaded, compile_classifier(loaded.ruleset)


def decided(
    subject: str, text: str, author: str = "mueller@mieter.example"
) -> tuple[str | None, Matched, Assignment]:
    loaded, classifier = firm()
    rules, message, envelope = loaded.ruleset, a_message(text, subject, author), an_envelope()
    keys = locate(message, envelope)
    facts = facts_about(keys, loaded.directory)
    sender, _ = identify(message, facts, rules, envelope)
    matched = match(keys, facts.found, sender, TODAY)
    case = classify(classifier, message, sender, envelope, reply=False)
    return case.case_type, matched, assign(rules.case_type(case.case_type), matched, facts, rules, TODAY)


@pytest.mark.parametrize(
    "place",
    [
        "Max-Planck-Straße 12",
        "Max Planck Str. 12",
        "Max-Planck-Strasse 12",
        "maxplanckstr.12",
        "MAX-PLANCK-STR 12",
        "unserem Haus",
    ],
)
@pytest.mark.parametrize(
    ("subject", "text", "case_type", "assignee"),
    [
        ("Frage zu meiner Rechnung", "Wie setzt sich der Betrag in {} zusammen?", "rechnung", "huber"),
        ("Gebäudeschaden", "An {} hat sich die Dachrinne gelöst.", "schadensmeldung", "schmidt"),
    ],
)
def test_req_e7_the_invoice_is_hubers_and_the_damage_is_schmidts(
    subject: str, text: str, case_type: str, assignee: str, place: str
) -> None:
    kind, matched, assignment = decided(subject, text.format(place))

    assert (kind, matched.property, assignment.assignee) == (case_type, "max-planck-12", assignee)
    assert assignment.triage is False
    assert not {"huber", "schmidt"} & set(assignment.informed)


def test_a_strangers_mail_about_nothing_in_particular_goes_to_triage() -> None:
    kind, matched, assignment = decided("Hallo", "Rufen Sie mich bitte an.", "x@y.example")

    assert (kind, matched.property, assignment.triage) == (None, None, True)
    assert assignment.role == "zentrale"
