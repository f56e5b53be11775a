"""What may be an emergency, and what may be several things of one role: what follows, and what does not (decisions 16, 17)."""

from dataclasses import replace
from datetime import timedelta

import pytest

from mailroute.model.access import Access
from mailroute.model.address import Address
from mailroute.model.decision import Decision, Disposition, TimerKind
from mailroute.model.facts import Act, Facts, Sending
from mailroute.model.grant import Box, ContractSharing, Permissions, Right
from mailroute.model.letter import Template
from mailroute.model.message import Automatic
from mailroute.model.ruleset import Evidence, Learned
from mailroute.model.text import Text
from mailroute.model.ticket import Status, Ticket
from mailroute.model.weights import WordWeights
from mailroute.routing.work import Rules
from tests.support.deciding import (
    ALIGNED,
    RULESET,
    address_of,
    colleague,
    decide,
    in_ticket,
    kinds,
    notice,
    says,
    timers_set,
    told,
)
from tests.support.factories import NOW, RECHNUNG, SCHADEN, a_message, a_ticket
from tests.support.grants import KLARA, a_grant

ALARM = replace(
    SCHADEN, id="havarie", name=Text("Notfall"), urgency=1, emergency=True,
    evidence=(Evidence("gas", 3.0), Evidence("brand", 9.0)),
)  # fmt: skip
RENT = replace(RECHNUNG, id="miete", evidence=(Evidence("miete", 3.0),))
FEARED = "Die Miete ist bezahlt, und Gas."
CLEAR = "Ein Brand!"


def rules(bar: float = -1.0) -> Rules:
    """A firm whose pack fears an emergency that is one point behind everything else."""
    learned = Learned("packs/p", (("havarie", bar), ("miete", 1.0)), WordWeights())
    return Rules(replace(RULESET, case_types=(RENT, ALARM), learned=(learned,)))


def answers(text: str, *ruled_out: str) -> Decision:
    """The tenant writes into a ticket about their rent."""
    ticket = a_ticket(case_type="miete", assignee="huber", role="buchhaltung")
    facts = in_ticket(ticket, ticket.reporter, ruled_out=ruled_out)
    return decide(a_message(text, "Re: Miete", message_id="<a2@mieter.example>"), facts, rules=rules())


def test_a_feared_emergency_in_a_reply_is_a_ticket_of_its_own() -> None:
    assert answers(FEARED).number != 10428


def test_once_somebody_has_said_that_it_is_none_what_is_only_feared_wakes_nobody_again() -> None:
    assert answers(FEARED, "Notfall").number == 10428
    assert answers(FEARED, "Rechnung").number != 10428
    assert answers(CLEAR, "Notfall").number != 10428


@pytest.mark.parametrize(("text", "passes"), [(FEARED, False), (CLEAR, True)])
def test_a_newsletter_must_say_more_than_what_may_be_feared(text: str, passes: bool) -> None:
    stranger = Address("", "news@shop.example")
    news = a_message(
        text, "News", stranger, automatic=Automatic.LIST, signals=("list-id",), message_id="<n@x>"
    )
    assert (decide(news, rules=rules()).disposition is not Disposition.IGNORE) == passes


def test_the_deadlines_after_a_pick_are_those_of_what_it_is() -> None:
    slow = replace(RENT, deadlines=replace(RENT.deadlines, done_within=timedelta(days=9)))
    ticket = a_ticket(case_type="havarie", assignee="huber", status=Status.ACCEPTED)
    huber = colleague("huber")
    message = a_message("typ: Miete", "Re: x", address_of(huber), message_id="<r@x.example>")
    learned = Learned("packs/p", (("havarie", -1.0), ("miete", 1.0)), WordWeights())
    slow = replace(slow, name=Text("Miete"))
    firm = Rules(replace(RULESET, case_types=(slow, ALARM), learned=(learned,)))
    decision = decide(message, in_ticket(ticket, huber), rules=firm)
    assert "corrected" in kinds(decision)
    assert TimerKind.DONE in timers_set(decision)


def test_a_correction_leaves_the_day_on_which_somebody_wants_to_see_it_again() -> None:
    ticket = a_ticket(case_type="miete", assignee="huber", status=Status.ACCEPTED, follow_up=NOW)
    huber = colleague("huber")
    message = a_message("typ: Schadensmeldung", "Re: x", address_of(huber), message_id="<r@x.example>")
    firm = Rules(replace(RULESET, case_types=(RENT, replace(SCHADEN, target=RENT.target))))
    decision = decide(message, in_ticket(ticket, huber), rules=firm)
    assert "corrected" in kinds(decision)
    assert TimerKind.FOLLOW_UP not in {one.kind for one in decision.timers}


def test_who_confirms_what_it_is_changes_nothing() -> None:
    huber = colleague("huber")
    ticket: Ticket = a_ticket(case_type="miete", assignee="huber")
    message = a_message("typ: Rechnung", "Re: x", address_of(huber), message_id="<r@x.example>")
    decision = decide(message, in_ticket(ticket, huber), rules=rules())
    assert kinds(decision) == ["accepted"]
    assert "Bestätigt: Rechnung" in notice(decision, Template.RECEIPT).lines[0].did


def test_who_confirms_what_is_somebody_elses_gives_it_to_them() -> None:
    zeiler = colleague("zeiler")
    ticket = a_ticket(case_type="miete", assignee="zeiler", status=Status.TRIAGE)
    message = a_message("typ: Rechnung", "Re: x", address_of(zeiler), message_id="<r@x.example>")
    decision = decide(message, in_ticket(ticket, zeiler), rules=rules())
    assert decision.ticket is not None
    assert decision.ticket.assignee == "huber"


def test_a_damage_of_unclear_kind_needs_the_right_to_report_damages() -> None:
    """REQ-C14: being vague opens no gate."""
    car, home = (
        replace(SCHADEN, id=name, right=Right.DAMAGE_REPORTS, evidence=(Evidence(name, 3.0),))
        for name in ("auto", "hausrat")
    )
    address = Address("Klara Muster", KLARA)
    message = a_message("Auto und Hausrat: beides.", "Frage", address, auth=ALIGNED)
    outcomes = []
    for allowed in (False, True):
        permissions = Permissions(
            primary_contact=True, messages=True, damage_reports=allowed, damage_without_contract=allowed
        )
        grant = a_grant(
            permissions=permissions, account_manager="schmidt", contracts=ContractSharing((Box.OWN,))
        )
        firm = Rules(replace(RULESET, case_types=(car, home)))
        decision = decide(message, Facts(access=Access((grant,), ())), rules=firm)
        outcomes.append(any(one.template is Template.REFUSED for one in decision.notices))
    assert outcomes == [True, False]


BESIDE = "Die Miete ist bezahlt, die Miete. Ich frage nach der Miete.\n\nIm Keller ist Gas."


def test_an_emergency_in_a_sentence_of_its_own_is_feared_whatever_the_rest_is_about() -> None:
    """The words of the rest must not drown the one sentence that cannot wait."""
    decision = decide(a_message(BESIDE, "Miete"), rules=rules(bar=0.5))
    assert decision.ticket is not None
    assert (decision.ticket.case_type, decision.ticket.urgency) == ("havarie", 1)
    assert any("whatever the rest of the mail is about" in step.because for step in decision.trace)


def test_the_other_matter_of_a_mail_that_tells_of_an_emergency_has_its_reader_too() -> None:
    decision = decide(a_message(BESIDE, "Miete"), rules=rules(bar=0.5))
    assert (Template.CONCERN, "huber") in told(decision)


@pytest.mark.parametrize(
    "text",
    [
        "Die Miete ist bezahlt, die Miete und die Miete, und Gas.",
        "Miete. Miete? Es ist kein Gas.",
        "Miete! Die Miete.\n\nDas Gas im Keller: Der Gasgeruch ist weg.",
        "Miete!",
    ],
)
def test_what_no_sentence_says_by_itself_is_no_emergency(text: str) -> None:
    decision = decide(a_message(text, "Miete"), rules=rules(bar=0.5))
    assert decision.ticket is not None
    assert decision.ticket.case_type == "miete"


@pytest.mark.parametrize(
    ("text", "quoted"),
    [
        (BESIDE, '"Gas"'),
        (
            "Gas wird mit der Miete bezahlt. Ich frage nach der Miete.\n\nIm Keller riecht es nach Gas.",
            '"Gas"',
        ),
        ("Die Miete, die Miete.\n\nHilfe: Gas strömt aus, da ist Gas!", '"Gas strömt aus, da ist Gas"'),
    ],
)
def test_whoever_is_called_reads_the_words_that_alarmed_as_they_stand(text: str, quoted: str) -> None:
    """Scattered words of a long letter about the rent would not say why somebody was woken."""
    decision = decide(a_message(text, "Miete"), rules=rules(bar=0.5))
    [step] = [one for one in decision.trace if "whatever the rest of the mail is about" in one.because]
    assert step.because.startswith(f"{quoted} (text), score ")


ON_A_PHONE = (
    "hallo ich wollte nur sagen dass die miete bezahlt ist und fragen was die miete ab mai ist weil {} "
    "ich sonst nichts weiss und im keller vorne links unten beim grossen zaehler tritt schon seit gestern gas aus"
)


def test_an_emergency_is_seen_in_a_mail_without_a_full_stop() -> None:
    decision = decide(a_message(ON_A_PHONE.format(""), "Miete"), rules=rules(bar=0.5))
    assert decision.ticket is not None
    assert decision.ticket.case_type == "havarie"


def test_what_is_only_imagined_ends_with_its_sentence_also_where_no_full_stop_stands() -> None:
    """`falls` at the beginning of a mail without punctuation says nothing of what is told forty words later."""
    long_before = a_message(ON_A_PHONE.format("falls es teurer wird"), "Miete")
    decision = decide(long_before, rules=rules(bar=0.5))
    assert decision.ticket is not None
    assert decision.ticket.case_type == "havarie"
    beside = decide(
        a_message("Die Miete. Wohin, falls im Keller Gas austritt?", "Miete"), rules=rules(bar=0.5)
    )
    assert beside.ticket is not None
    assert beside.ticket.case_type == "miete"


@pytest.mark.parametrize(("since", "hears"), [((), False), (("reminded", "alarmed"), True)])
def test_an_alarm_that_was_stopped_needs_an_all_clear_only_where_another_followed(
    since: tuple[str, ...], hears: bool
) -> None:
    """The reminder of an emergency may have left although the first letter has not."""
    huber, before = colleague("huber"), a_ticket(case_type="miete", assignee="huber", role="buchhaltung")
    first = says(huber, "typ: Notfall", ticket=before, rules=rules())
    letters = [
        Sending(f"abc-m9-{nth}", one.template.value, one.to, waits=True, left=False)
        for nth, one in enumerate(first.notices)
    ]
    act = Act("huber", NOW - timedelta(hours=1), first.changes, before, since, tuple(letters))
    facts = in_ticket(first.ticket, huber, acts=(act,), alarmed=("schmidt",))
    second = says(huber, "rückgängig", facts=facts, rules=rules())
    assert "called-off" in kinds(second)
    assert ((Template.ALL_CLEAR, "schmidt") in told(second)) == hears


def test_a_closed_emergency_is_not_alarmed_of_again() -> None:
    """Reopened, called something else and all taken back: it is closed as it was, and nobody must go."""
    huber = colleague("huber")
    before = a_ticket(case_type="havarie", assignee="huber", status=Status.CLOSED, closed_at=NOW)
    facts = in_ticket(before, huber, alarmed=("schmidt",))
    first = says(huber, "wieder öffnen\ntyp: Miete", facts=facts, rules=rules())
    assert (Template.ALL_CLEAR, "schmidt") in told(first)
    left = [
        Sending(f"abc-m9-{nth}", one.template.value, one.to, waits=False, left=True)
        for nth, one in enumerate(first.notices)
    ]
    act = Act("huber", NOW - timedelta(hours=1), first.changes, before, (), tuple(left))
    second = says(huber, "rückgängig", facts=in_ticket(first.ticket, huber, acts=(act,)), rules=rules())
    assert "alarmed" not in kinds(second)
    assert Template.INFORMED not in {one.template for one in second.notices}
