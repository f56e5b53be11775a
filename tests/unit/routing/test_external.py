"""Orders to firms outside: the assignee stays, nothing is taken back, firms give no commands (REQ-D12…D17)."""

from dataclasses import replace
from datetime import date

import pytest

from mailroute.model.address import Address
from mailroute.model.decision import Decision, TimerKind
from mailroute.model.directory import Person, Release
from mailroute.model.facts import Facts, Order
from mailroute.model.letter import Line, Template
from mailroute.model.message import Attachment, Automatic
from mailroute.model.outside import ExternalOrdered, ExternalStep, ExternalTold, OrderField, Stage, Told
from mailroute.model.ticket import Party, PartyKind, Status, Ticket
from mailroute.routing.work import Rules
from tests.support.deciding import (
    RULESET,
    colleague,
    commands,
    in_ticket,
    kinds,
    notice,
    says,
    timer,
    told,
)
from tests.support.factories import INBOX, a_party, a_ticket

SCHMIDT = colleague("schmidt")
FIRM = "auftrag@dachdecker.example"
MINE = a_ticket(status=Status.ACCEPTED)
MUELLER = Person(
    "mueller", "Max Müller", (Address("Max Müller", "mueller@mieter.example"),), phones=("089 1234",)
)
WHOLE = (
    Told(OrderField.CASE_TYPE, "Schadensmeldung"),
    Told(OrderField.NAME, "Max Müller"),
    Told(OrderField.ADDRESS, "Max-Planck-Straße 12, 80333 München"),
    Told(OrderField.UNIT, "WE 03"),
)
ORDERED = replace(MINE, orders=1)
KNOWN = (Order("A-2026-0001", FIRM, WHOLE),)


def says_schmidt(
    text: str,
    ticket: Ticket = MINE,
    *,
    person: Person = MUELLER,
    orders: tuple[Order, ...] = (),
    **more: object,
) -> Decision:
    facts = in_ticket(ticket, SCHMIDT, contact=person, orders=orders, next_order=len(orders) + 1)
    return says(SCHMIDT, text, facts=facts, **more)  # type: ignore[arg-type]  # the names are those of says


def changed_nothing(decision: Decision) -> bool:
    """Whether the log at most says that something was refused (REQ-D18)."""
    return set(kinds(decision)) <= {"unchanged"}


def line(decision: Decision) -> str:
    return " ".join(one.did for one in notice(decision, Template.RECEIPT).lines)


def order_of(decision: Decision) -> ExternalOrdered:
    [order] = [one for one in decision.changes if isinstance(one, ExternalOrdered)]
    return order


# --- an order -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "first", [f"extern an: {FIRM}", f"extern an {FIRM}", f"Extern: <{FIRM}>", f"external: {FIRM}"]
)
def test_req_d12_an_order_goes_to_the_firm_with_a_number_and_the_words_below(first: str) -> None:
    decision = says_schmidt(f"{first}\nBitte die Rinne erneuern.\nEs eilt.")
    assert order_of(decision) == ExternalOrdered(
        1, "A-2026-0001", FIRM, "Bitte die Rinne erneuern.\nEs eilt.", WHOLE, 1
    )
    letter = notice(decision, Template.EXTERNAL_ORDER)
    assert (letter.to, letter.reason) == (Party(PartyKind.PARTNER, None, "", FIRM), "A-2026-0001")
    assert letter.lines[1] == Line("Name", "Max Müller", True)
    assert "A-2026-0001" in line(decision)


def test_req_d13_the_assignee_stays_responsible() -> None:
    """REQ-D13: the owner is the one inside, before and after."""
    decision = says_schmidt(f"extern an: {FIRM}", a_ticket())
    assert kinds(decision) == ["accepted", "external-ordered"]
    assert decision.ticket is not None
    assert (decision.ticket.assignee, decision.ticket.orders) == ("schmidt", 1)
    assert decision.ticket.waits_for == (PartyKind.STAFF, "schmidt")


def test_req_d13_the_clock_of_the_assignee_runs_on_and_never_rings_at_the_firm() -> None:
    """REQ-D13: an order stops no deadline, and begins none."""
    assert says_schmidt(f"extern an: {FIRM}").timers == ()
    for kind in (TimerKind.REMIND, TimerKind.DONE):
        status = Status.OFFERED if kind is TimerKind.REMIND else Status.ACCEPTED
        reminded = timer(kind, replace(ORDERED, status=status))
        assert told(reminded) == [(Template.REMINDER, "schmidt")]


@pytest.mark.parametrize("by", ["widerrufen", "rückgängig"])
def test_req_d14_an_order_cannot_be_taken_back(by: str) -> None:
    """REQ-D14."""
    decision = says_schmidt(by, ORDERED, orders=KNOWN)
    assert changed_nothing(decision)
    assert "Nicht ausgeführt" in line(decision)


def test_req_d14_the_refusal_says_why() -> None:
    assert "lässt sich nicht widerrufen" in line(says_schmidt("widerrufen", ORDERED, orders=KNOWN))


@pytest.mark.parametrize("address", [FIRM, "andere@firma.example"])
def test_req_d15_it_can_be_done_again(address: str) -> None:
    """REQ-D15: to the same firm or another one, each time a mail of its own."""
    decision = says_schmidt(f"extern an: {address}\nBitte heute noch.", ORDERED, orders=KNOWN)
    order, letter = order_of(decision), notice(decision, Template.EXTERNAL_ORDER)
    assert (order.count, order.label, order.address) == (2, "A-2026-0002", address)
    assert (letter.to.address, letter.reason, letter.text) == (address, "A-2026-0002", "Bitte heute noch.")
    assert decision.ticket is not None
    assert decision.ticket.orders == 2


def test_two_orders_in_one_mail_have_two_numbers() -> None:
    decision = says_schmidt(f"extern an: {FIRM}\nextern an: andere@firma.example")
    labels = [one.label for one in decision.changes if isinstance(one, ExternalOrdered)]
    assert labels == ["A-2026-0001", "A-2026-0002"]


@pytest.mark.parametrize(
    ("release", "fields"),
    [
        ((), {OrderField.CASE_TYPE}),
        ((Release.PHONE,), {OrderField.CASE_TYPE, OrderField.PHONE}),
        (tuple(Release), set(OrderField)),
    ],
)
def test_req_d12_only_the_released_contact_data_leaves(
    release: tuple[Release, ...], fields: set[OrderField]
) -> None:
    order = order_of(says_schmidt(f"extern an: {FIRM}", person=replace(MUELLER, release=release)))
    assert {one.field for one in order.told} == fields


def test_the_phone_number_is_not_released_unless_somebody_says_so() -> None:
    decision = says_schmidt(f"extern an: {FIRM}")
    assert "089 1234" not in repr([one for one in decision.notices if one.to.address == FIRM])


def test_files_of_the_assignee_go_along_and_those_of_the_customer_do_not() -> None:
    plain = notice(says_schmidt(f"extern an: {FIRM}\nBitte"), Template.EXTERNAL_ORDER)
    file = Attachment("plan.pdf", "application/pdf", 10, "0" * 64, False, None, 2)
    with_plan = notice(
        says_schmidt(f"extern an: {FIRM}\nBitte", attachments=(file,)), Template.EXTERNAL_ORDER
    )
    assert (plain.attach, with_plan.attach) == ((), (1,))
    assert plain.passes_on == ()


@pytest.mark.parametrize(
    "address",
    [
        "Meier", "a@b", "@c.example", "weber@abc-hausverwaltung.example", INBOX,
        INBOX.replace("@", "+t10428.kkkkkkkkkkkk@"), "mueller@mieter.example", f"{'x' * 70}@c.example", "x@y.example\u202e",
    ],
)  # fmt: skip
def test_an_address_that_is_no_firms_is_refused_and_nothing_leaves(address: str) -> None:
    decision = says_schmidt(f"extern an: {address}")
    assert kinds(decision) == ["noted"]
    assert told(decision) == [(Template.RECEIPT, "schmidt")]
    assert "Nicht ausgeführt" in line(decision)


def test_only_the_assignee_orders_and_only_while_it_is_open() -> None:
    weber = colleague("weber")
    other = says(weber, f"extern an: {FIRM}", facts=in_ticket(MINE, weber))
    closed = says_schmidt(f"extern an: {FIRM}", a_ticket(status=Status.CLOSED))
    assert changed_nothing(other)
    assert changed_nothing(closed)


def test_req_d2_d12_whoever_works_nowhere_here_can_be_written_to() -> None:
    assert "„extern an: auftrag@firma.de“" in line(says_schmidt("weiter an: Klempner Rohr"))
    assert f"„extern an: {FIRM}“" in line(says_schmidt(f"weiter an: {FIRM}"))


def test_the_command_line_says_the_same() -> None:
    assert kinds(commands("schmidt", f"extern an: {FIRM}\nBitte", MINE)) == ["external-ordered"]


# --- what has changed ---------------------------------------------------------------------------------------


def test_req_d16_only_the_difference_since_the_last_mail_leaves() -> None:
    """REQ-D16: not since the order, if a mail has told more since."""
    person = replace(MUELLER, name="Max Müller-Lang")
    decision = says_schmidt("extern änderungen", ORDERED, person=person, orders=KNOWN)
    letter = notice(decision, Template.EXTERNAL_CHANGES)
    assert letter.lines == (Line("Name", "Max Müller-Lang (vorher: Max Müller)", True),)
    assert letter.text == ""
    [change] = decision.changes
    assert isinstance(change, ExternalTold)
    again = Order(change.label, change.address, change.told)
    assert changed_nothing(says_schmidt("external changes", ORDERED, person=person, orders=(again,)))


def test_req_d16_nothing_changed_says_so_and_sends_nothing() -> None:
    """REQ-D16."""
    decision = says_schmidt("extern Änderungen.", ORDERED, orders=KNOWN)
    assert told(decision) == [(Template.RECEIPT, "schmidt")]
    assert "nichts geändert" in line(decision)


def test_what_no_longer_holds_is_said_too() -> None:
    person = replace(MUELLER, release=(Release.ADDRESS, Release.PHONE))
    letter = notice(
        says_schmidt("extern änderungen", ORDERED, person=person, orders=KNOWN), Template.EXTERNAL_CHANGES
    )
    assert [one.did for one in letter.lines] == [
        "gilt nicht mehr: Max Müller",
        "gilt nicht mehr: WE 03",
        "089 1234",
    ]


def test_changes_need_an_order_first() -> None:
    assert "noch keinen externen Auftrag" in line(says_schmidt("extern änderungen"))


# --- steps of the firm --------------------------------------------------------------------------------------

STEPS = Rules(
    replace(RULESET, organisation=replace(RULESET.organisation, external_steps=("schadensmeldung",)))
)


@pytest.mark.parametrize(
    ("text", "step"),
    [
        ("extern termin 2026-12-03", ExternalStep(Stage.CONSULTATION, date(2026, 12, 3), "")),
        ("extern beratungstermin 3.12. mit Herrn Lang", ExternalStep(Stage.CONSULTATION, date(2026, 12, 3), "mit Herrn Lang")),
        ("extern Angebotsübergabe: 4.500 Euro", ExternalStep(Stage.QUOTE, None, "4.500 Euro")),
        ("extern auftrag", ExternalStep(Stage.ORDER, None, "")),
        ("external appointment 2026-12-03", ExternalStep(Stage.CONSULTATION, date(2026, 12, 3), "")),
        ("external quote", ExternalStep(Stage.QUOTE, None, "")),
        ("external order", ExternalStep(Stage.ORDER, None, "")),
    ],
)  # fmt: skip
def test_req_d17_a_step_of_the_firm_is_documented_in_its_stead(text: str, step: ExternalStep) -> None:
    """REQ-D17: in the log it is the firm's step, written by a colleague."""
    decision = says_schmidt(text, ORDERED, orders=KNOWN, rules=STEPS)
    assert decision.changes == (step,)
    assert decision.actor == SCHMIDT
    assert "im Auftrag der Firma" in line(decision)


def test_req_d17_only_for_the_configured_case_types_only_after_an_order_only_by_the_assignee() -> None:
    """REQ-D17; ambiguity 24: literally the case type `angebot`, unless the organisation lists others."""
    other_type = says_schmidt("extern termin 2026-12-03", ORDERED, orders=KNOWN)
    no_order = says_schmidt("extern termin 2026-12-03", MINE, rules=STEPS)
    weber = colleague("weber")
    other = says(
        weber, "extern termin 2026-12-03", facts=in_ticket(ORDERED, weber, orders=KNOWN), rules=STEPS
    )
    assert all(changed_nothing(one) for one in (other_type, no_order, other))
    assert "angebot" in line(other_type)
    assert "noch keinen externen Auftrag" in line(no_order)


# --- what the firm writes -----------------------------------------------------------------------------------

ROOFER = Party(PartyKind.PARTNER, None, "", FIRM)


@pytest.mark.parametrize(
    "text", ["annehmen", "erledigt: fertig", "weiter an: Huber", "Anbei die Rechnung.", "senden"]
)
def test_what_a_firm_writes_is_a_message_to_the_assignee_and_never_a_command(text: str) -> None:
    facts: Facts = in_ticket(ORDERED, ROOFER, orders=KNOWN)
    decision = says(replace(ROOFER, kind=PartyKind.UNKNOWN, name="Dach Lang"), text, facts=facts)
    assert kinds(decision) == ["message-added"]
    assert told(decision) == [(Template.FOLLOW_UP, "schmidt")]
    assert decision.actor.kind is PartyKind.UNKNOWN
    author = notice(decision, Template.FOLLOW_UP).author
    assert author == Party(PartyKind.PARTNER, None, "Dach Lang", FIRM)


def test_a_partner_that_was_given_an_order_as_a_firm_speaks_as_a_firm() -> None:
    rohrfrei = Party(PartyKind.PARTNER, "rohrfrei", "Rohrfrei GmbH", "auftrag@rohrfrei.example")
    orders = (Order("A-2026-0001", rohrfrei.address, WHOLE),)
    facts = in_ticket(ORDERED, replace(rohrfrei, id=None, name=""), orders=orders)
    assert kinds(says(rohrfrei, "erledigt", facts=facts)) == ["message-added"]


def test_an_automatic_reply_of_a_firm_does_not_open_what_is_closed() -> None:
    closed = replace(ORDERED, status=Status.CLOSED)
    facts = in_ticket(closed, ROOFER, orders=KNOWN)
    decision = says(
        replace(ROOFER, kind=PartyKind.UNKNOWN),
        "Bin im Urlaub",
        facts=facts,
        automatic=Automatic.AUTO_REPLIED,
    )
    assert kinds(decision) == ["message-added"]


def test_a_customer_who_gets_hold_of_the_firms_letter_is_no_firm() -> None:
    decision = says(a_party(), "annehmen", facts=in_ticket(ORDERED, ROOFER, orders=KNOWN))
    assert kinds(decision) == ["message-added"]
    assert notice(decision, Template.FOLLOW_UP).author == a_party()
