"""Routing tests: the demo firm passes its own, and a wrong one says what came out and why."""

import shutil
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.trial import Outcome, content_of, read_tests, run_tests
from mailroute.clock import system_clock
from mailroute.message.parse import parse
from mailroute.rules import load

RULES = shipped.path("rules")
LOADED = load(RULES)
TESTS, MISTAKES = read_tests(RULES, LOADED)
OUTCOMES = list(run_tests(TESTS, LOADED, None, system_clock()))


@pytest.mark.parametrize("outcome", OUTCOMES, ids=[one.test.name for one in OUTCOMES])
def test_the_demo_firm_passes(outcome: Outcome) -> None:
    assert outcome.differences == ()


def test_every_case_type_of_the_demo_firm_has_a_test() -> None:
    assert MISTAKES == ()
    assert {one.id for one in LOADED.ruleset.case_types} <= {one.expect.case_type for one in TESTS}


def run_one(tmp_path: Path, text: str) -> Outcome:
    firm = shutil.copytree(RULES, tmp_path / "rules", ignore=shutil.ignore_patterns("tests"))
    (firm / "tests").mkdir()
    (firm / "tests" / "one.yaml").write_text(text)
    tests, mistakes = read_tests(firm, LOADED)
    assert [str(one) for one in mistakes if one.level == "error"] == []
    [outcome] = run_tests(tests, LOADED, None, system_clock())
    return outcome


INVOICE = """
- name: Rechnung
  at: 2026-11-24 09:02
  mail:
    from: Thomas Müller <mueller@mieter.example>
    subject: Frage zu meiner Rechnung
    text: Warum steht auf der Rechnung ein Posten doppelt?
  expect: {}
"""


def test_a_failed_test_names_every_difference_and_the_steps_that_explain_it(tmp_path: Path) -> None:
    wrong = """{disposition: triage, urgency: 1, assignee: novak, informed: [brandt], sender: owner,
    accept_by: 2026-11-24 10:00, letters: [{template: triage}]}"""
    outcome = run_one(tmp_path, INVOICE.replace("{}", wrong))
    assert [(one.key, one.expected, one.got) for one in outcome.differences if one.key != "letters"] == [
        ("disposition", "triage", "open"),
        ("urgency", "1", "3"),
        ("assignee", "novak", "huber"),
        ("informed", "brandt", "none"),
        ("sender", "owner", "tenant / address"),
        ("accept_by", "2026-11-24 10:00", next(o.got for o in outcome.differences if o.key == "accept_by")),
    ]
    assert {one.split(":")[0] for one in outcome.trace} >= {"identify", "classify", "assign"}
    assert "case-types.yaml:" in " ".join(outcome.trace)
    assert str(outcome.diagnostic()).startswith("tests/one.yaml:2:1: error MR505")


def test_what_is_not_written_is_not_compared(tmp_path: Path) -> None:
    assert run_one(tmp_path, INVOICE.replace("{}", "{disposition: open}")).passed


def test_letters_are_compared_in_any_order_and_all_of_them(tmp_path: Path) -> None:
    both = "{letters: [{template: acknowledgement}, {template: notification, to: huber@abc-hausverwaltung.example}]}"
    assert run_one(tmp_path / "a", INVOICE.replace("{}", both)).passed
    assert not run_one(tmp_path / "b", INVOICE.replace("{}", "{letters: [{template: notification}]}")).passed


def test_a_mail_may_bring_html_and_header_fields(tmp_path: Path) -> None:
    text = """
- name: Newsletter
  at: 2026-11-24 09:02
  mail:
    from: news@baustoffe.example
    html: <p>Dachrinnen <b>billiger</b></p>
    headers: {List-Id: <news.baustoffe.example>, Precedence: bulk}
  expect: {disposition: ignore}
"""
    outcome = run_one(tmp_path, text)
    assert outcome.passed
    assert "Dachrinnen billiger" in parse(content_of(outcome.test, "service@abc-hausverwaltung.example")).text
