"""REQ-E4, E8: what no mail can reach is told, with a mail that shows it; what one can reach is not."""

from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.admin.explain import Laboratory
from mailroute.model import condition as m
from mailroute.rules import Loaded, load_files, read_files
from mailroute.rules.conditions import covers
from mailroute.rules.shown import Shown, mail_that

DEMO = dict(read_files(shipped.path("rules")))
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SENDERS = {
    "": "jemand@irgendwo.example",
    "tenant": "aydin@mieter.example",
    "unknown": "jemand@irgendwo.example",
}
OTHERS = "  role: buchhaltung\n  inform: [objektbetreuung, teamleitung, bereitschaft, vermietung, sachbearbeitung]\n"


def firm_with(whens: Sequence[str], emergencies: Sequence[int] = ()) -> Loaded:
    """The demo firm with case types a, b, … of such conditions."""
    text = "".join(
        f"{'abcdef'[n]}:\n  name: X\n{OTHERS}  when: {when}\n"
        + ("  emergency: yes\n" if n in emergencies else "")
        for n, when in enumerate(whens)
    )
    return load_files({**DEMO, "case-types.yaml": text, "partners.yaml": ""}.items())


def shadowed(loaded: Loaded) -> list[str]:
    return [one.message for one in loaded.warnings if one.code == "MR405"]


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("{always: yes}", "{words: [schimmel]}"),
        ("{words: [schimmel, pilz]}", "{words: [pilz]}"),
        ("{words: [schimmel]}", "{words: [schimmel], sender: tenant}"),
        ("{sender: [tenant, unknown]}", "{sender: tenant, phrase: [kein wasser]}"),
        ("{domain: firma.example}", "{from: rechnung@buero.firma.example}"),
        ("{domain: firma.example}", "{domain: buero.firma.example}"),
        ("{language: [de, en]}", "{language: de, words: [schimmel]}"),
        ("{header: {X-Feed: ''}}", "{header: {X-Feed: portal}}"),
        ("{attachment: [pdf, docx]}", "{attachment: pdf}"),
        ("{any: [{words: [schimmel]}, {sender: tenant}]}", "{words: [schimmel], language: de}"),
        ("{all: [{domain: firma.example}, {not: {words: [mahnung, frist]}}]}",
         "{from: a@firma.example, not: {words: [frist, mahnung, brief]}}"),
    ],
)  # fmt: skip
def test_a_condition_that_an_earlier_one_leaves_nothing_of_is_told(earlier: str, later: str) -> None:
    assert len(shadowed(firm_with([earlier, later]))) == 1
    assert shadowed(firm_with([later, earlier])) == []


@pytest.mark.parametrize(
    ("earlier", "later"),
    [
        ("{words: [schimmel], sender: tenant}", "{words: [schimmel]}"),
        ("{words: [schimmel]}", "{phrase: [schimmel im bad]}"),
        ("{any: [{words: [schimmel]}, {sender: tenant}]}", "{any: [{words: [schimmel]}, {sender: owner}]}"),
        ("{not: {sender: tenant}}", "{sender: tenant}"),
        ("{domain: firma.example}", "{domain: meinefirma.example}"),
        ("{header: {X-Feed: portal}}", "{header: {X-Feed: ''}}"),
    ],
)
def test_a_condition_that_a_mail_can_still_reach_is_not_told(earlier: str, later: str) -> None:
    assert shadowed(firm_with([earlier, later])) == []


def test_an_emergency_is_never_in_the_shade_of_what_is_none() -> None:
    assert shadowed(firm_with(["{always: yes}", "{words: [gasgeruch]}"], emergencies=[1])) == []


def test_an_emergency_leaves_what_is_over_to_the_next_case_type() -> None:
    firm = firm_with(["{words: [rohrbruch]}", "{words: [rohrbruch]}"], emergencies=[0])
    assert shadowed(firm) == []
    assert decided(firm, Shown(text=("Der Rohrbruch wurde gestern repariert.",))) == "b"


@pytest.mark.parametrize(
    "when",
    [
        "{words: [schimmel]}",
        "{phrase: [miete … überweisen]}",
        "{phrase: ['licht|lampe + keller|flur']}",
        "{words: [schimmel], sender: tenant}",
        "{words: [schimmel], not: {sender: tenant}}",
        "{domain: firma.example, not: {words: [mahnung]}}",
        "{header: {X-Feed: portal}, any: [{regex: rechnung}, {words: [gutschrift]}]}",
        "{inbox: service@abc-hausverwaltung.example, from: a@firma.example}",
    ],
)
def test_the_mail_that_is_shown_is_taken_by_the_earlier_case_type(when: str) -> None:
    alone = firm_with([when])
    condition = alone.ruleset.case_types[0].when
    assert condition is not None
    mail = mail_that(condition)
    assert mail is not None
    assert decided(alone, mail) == "a"
    shade = firm_with(["{always: yes}", when])
    assert str(mail) in shadowed(shade)[0]
    assert decided(shade, mail) == "a"


def decided(firm: Loaded, shown: Shown) -> str | None:
    """The case type of that mail."""
    mail = EmailMessage()
    mail["From"] = shown.from_ or SENDERS[shown.sender]
    mail["To"] = shown.inbox or firm.ruleset.organisation.inboxes[0].address
    mail["Subject"] = "Anliegen"
    for name, value in shown.headers:
        mail[name] = value
    mail.set_content(" ".join(shown.text))
    laboratory = Laboratory.open((firm,), None, NOW)
    try:
        decision, _ = laboratory.explain(mail.as_bytes(), NOW)
    finally:
        laboratory.close()
    assert decision.routing is not None
    assert decision.routing.classified is not None
    return decision.routing.classified.case_type


@pytest.mark.parametrize(
    "condition",
    [
        m.Regex("rech(nung|t)"),
        m.AllOf((m.SenderIs(("tenant",)), m.SenderIs(("owner",)))),
        m.AllOf((m.Words(("mahnung",)), m.Not(m.Words(("mahn",))))),
        m.AllOf((m.Words(("mahnung",)), m.Not(m.Words(("mahnungen",))))),
        m.AllOf((m.FromIs(("a@x.example",)), m.DomainIs(("y.example",)))),
        m.Not(m.Always()),
    ],
)
def test_no_mail_is_shown_where_none_is_certain(condition: m.Condition) -> None:
    assert mail_that(condition) is None


def test_no_condition_covers_what_it_does_not_know() -> None:
    assert not covers(m.Regex("a"), m.Regex("ab"))
    assert not covers(m.Not(m.Words(("a",))), m.Not(m.Words(("b",))))


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("{inbox: service@abc-hausverwaltung.example}", False),
        ("{not: {inbox: service@abc-hausverwaltung.example}}", True),
        ("{not: {not: {inbox: service@abc-hausverwaltung.example}}}", False),
        ("{words: [schimmel]}", False),
        ("{words: [schimmel], not: {always: yes}}", True),
        ("{any: [{not: {inbox: service@abc-hausverwaltung.example}}, {words: [schimmel]}]}", False),
    ],
)
def test_an_inbox_without_a_case_type_is_told(when: str, told: bool) -> None:
    found = [one for one in firm_with([when]).warnings if one.code == "MR419"]
    assert bool(found) is told


def test_roles_without_holders_are_told_by_cause(tmp_path: Path) -> None:
    staff = (
        DEMO["staff.yaml"] + "alt:\n  name: Herr Alt\n  email: alt@abc-hausverwaltung.example\n  active: no\n"
    )
    home = "street: Weg\nhouse_number: {}\npostcode: '80333'\ntown: München\nroles: {{sonder: {}}}\n"
    files = {
        **DEMO,
        "staff.yaml": staff,
        "roles.yaml": DEMO["roles.yaml"] + "sonder: {name: Sonder}\n",
        "case-types.yaml": DEMO["case-types.yaml"] + "x: {name: X, role: sonder, evidence: [xylophon]}\n",
        "properties/weg-1.yaml": home.format(1, "[alt]"),
        "properties/weg-2.yaml": home.format(2, "[keller]"),
    }
    (found,) = [one for one in load_files(files.items()).warnings if one.code == "MR414"]
    assert "No name stands there: `" in found.message
    assert "Only `alt`, not active any more: `weg-1`" in found.message


def contracts(*rows: str) -> list[str]:
    """What is said about such contracts, as codes."""
    table = "contract;property;party;email;from;to\n" + "\n".join(rows) + "\n"
    return [one.code for one in load_files({**DEMO, "contracts/x.csv": table}.items()).warnings]


def test_one_address_in_current_contracts_of_two_people_is_told_once() -> None:
    rows = ("X-1;lindenweg-5;Ada Koch;k@k.example;;", "X-2;max-planck-12;Bert Koch;k@k.example;2026-01-01;")
    assert contracts(*rows) == ["MR417"]


def test_one_address_in_two_contracts_of_one_person_or_of_different_times_is_not_told_as_such() -> None:
    assert (
        contracts("X-1;lindenweg-5;Ada Koch;k@k.example;;", "X-2;max-planck-12;ADA KOCH;k@k.example;;") == []
    )
    ended = "X-1;lindenweg-5;Ada Koch;k@k.example;2019-01-01;2020-12-31"
    assert contracts(ended, "X-2;lindenweg-5;Bert Koch;k@k.example;2021-01-01;") == ["MR407"]
