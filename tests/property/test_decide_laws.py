"""Laws of deciding, for any mail and any past: total, the same twice, somebody must act, nothing internal leaves."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mailroute.model import limits
from mailroute.model.address import Address
from mailroute.model.decision import Decision, DueTimer, SetTimer, TimerKind
from mailroute.model.facts import Draft, Facts, Proof, SentLetter
from mailroute.model.letter import Template
from mailroute.model.mail import Envelope
from mailroute.model.message import (
    Attachment,
    Authentication,
    Automatic,
    Bounce,
    BouncedRecipient,
    Forwarded,
    Message,
)
from mailroute.model.reply_tag import message_id
from mailroute.model.ticket import Event, Party, PartyKind, Status, Ticket, fold, step
from mailroute.routing.commands import parse_commands
from mailroute.routing.decide_command import decide_command
from mailroute.routing.decide_timer import decide_timer
from tests.support.deciding import (
    ALIGNED,
    NOT_ALIGNED,
    RULES,
    RULESET,
    colleague,
    decide,
    with_features,
)
from tests.support.factories import INBOX, MUELLER, NOW, a_message, a_party, a_property, a_ticket, an_envelope

NOTE = "Streng vertraulich: Der Mieter zahlt seit drei Monaten keine Miete mehr"
STAFF = [one.id for one in RULESET.staff]
PEOPLE = (
    [colleague(one) for one in STAFF]
    + [
        a_party(),
        Party(PartyKind.UNKNOWN, None, "", "evil@irgendwo.example"),
        Party(PartyKind.UNKNOWN, None, "", ""),
    ]
    + [Party(PartyKind.PARTNER, "rohrfrei", "Rohrfrei GmbH", "auftrag@rohrfrei.example")]
)
NONE = Authentication(None, aligned=False, results=())
CLOSING = with_features("closing-letter")

people = st.sampled_from(PEOPLE)
verbs = st.sampled_from(
    [
        "annehmen", "übernehmen", "ablehnen: nein", "weiter an: Weber", "weiter an: Niemand", "erledigt: fertig",
        f"erledigt: {NOTE}", "wieder öffnen", "hilfe", "senden",
        "widerrufen", "rückgängig", "frist Freitag", "frist bald", "typ: Rechnung", "typ: Rechnug", "objekt: x", "2", "notiz: intern", f"notiz: {NOTE}", "anehmen",
        "Guten Tag, der Dachdecker kommt am Freitag.", f"Guten Tag,\n\n{NOTE.lower()}.", "", "T-10428",
        "Die Rechnung stimmt nicht, Max-Planck-Straße 12", "Dachrinne kaputt", "\x00\u202e", "ja",
    ]
)  # fmt: skip
texts = st.lists(verbs, max_size=3).map("\n".join) | st.text(max_size=60)
addresses = people.map(lambda one: Address(one.name, one.address)) | st.sampled_from(
    [
        Address("", INBOX),
        Address("", "mailer-daemon@mx.example"),
        Address("Müller", "@"),
        Address("", "x@y@z"),
    ]
)
ids = st.sampled_from(
    [None, "<mail1@mieter.example>", "", message_id(10428, "k" * 12, "abc-m1-1", "abc.example")]
)
references = st.sampled_from(["<mail1@mieter.example>", "<x@y.example>"])
photos = st.just(Attachment("a.jpg", "image/jpeg", 3, "0" * 64, inline=False, cid=None, part=1))
bounces = st.builds(
    Bounce,
    st.lists(
        st.sampled_from(["failed", "delayed", "", "x"]).map(lambda a: BouncedRecipient("a@b", a, "5.1.1")),
        max_size=2,
    ).map(tuple),
    ids,
)
forwards = st.builds(Forwarded, addresses, st.just(()), texts, st.none(), texts)


@st.composite
def messages(draw: st.DrawFn) -> Message:
    author = draw(st.none() | addresses)
    automatic = draw(st.sampled_from([*[Automatic.PERSON] * 5, *Automatic]))
    text = draw(texts)
    base = a_message(text, draw(texts)[: limits.SUBJECT_CHARS], author)
    return replace(
        base,
        from_=(author,) if author else draw(st.sampled_from([(), (MUELLER,), (MUELLER, Address("", "b@c"))])),
        new_text=draw(st.sampled_from([text, ""])),
        message_id=draw(ids),
        references=tuple(draw(st.lists(references, max_size=2))),
        attachments=draw(st.lists(photos, max_size=1).map(tuple)),
        language=draw(st.sampled_from([None, "de", "en"])),
        auth=draw(st.sampled_from([NONE, ALIGNED, NOT_ALIGNED])),
        automatic=automatic,
        signals=draw(st.sampled_from([(), ("suppress-requested",), ("list-id",), ("report-disposition",)])),
        forwarded=draw(st.none() | st.none() | forwards),
        bounce=draw(st.none() | bounces) if automatic is not Automatic.PERSON else None,
        instances=draw(st.sampled_from([(), (), (), ("abc",), ("other",)])),
        hops=draw(st.sampled_from([0, 2, 51])),
    )


@st.composite
def envelopes(draw: st.DrawFn, message: Message) -> Envelope:
    sender = message.author.address if message.author else "somebody@irgendwo.example"
    return an_envelope(
        draw(st.sampled_from([sender, sender, ""])),
        login=draw(st.sampled_from([None, None, "schmidt", "evil"])),
        borders=draw(st.sampled_from([(), ("mx.abc.example",)])),
    )


@st.composite
def tickets(draw: st.DrawFn) -> Ticket:
    status = draw(st.sampled_from([one for one in Status if one is not Status.NONE]))
    return a_ticket(
        draw(st.sampled_from([10428, 10429])),
        status=status,
        reporter=draw(people),
        assignee=draw(st.sampled_from([*STAFF, "long-gone"])),
        holders=tuple(draw(st.lists(st.sampled_from([*STAFF, "long-gone"]), max_size=3))),
        case_type=draw(st.sampled_from([None, "rechnung", "schadensmeldung", "gone"])),
        version=draw(st.integers(1, 50)),
        reminders=draw(st.integers(0, 9)),
        closed_at=NOW - timedelta(hours=1) if status is Status.CLOSED else None,
        last_message_id=draw(ids),
    )


@st.composite
def facts(draw: st.DrawFn) -> Facts:
    proof = draw(st.none() | st.builds(Proof, st.sampled_from(["reply-address", "message-id"]), people))
    ticket = draw(tickets()) if proof else draw(st.none() | tickets())
    home = a_property()
    return Facts(
        ticket=ticket,
        proof=proof,
        thread=draw(st.none() | tickets()),
        mentioned=tuple(draw(st.lists(tickets(), max_size=2))),
        participants=tuple(draw(st.lists(people, max_size=2))),
        place=draw(st.sampled_from([(None, None, None), (home, home.units[0], None)])),
        internal_texts=draw(st.sampled_from([(), (NOTE,), ("", NOTE)])),
        draft=draw(st.none() | people.map(lambda one: Draft("Ein Entwurf", 7, one.address))),
        duplicate_of=draw(st.sampled_from([None, None, None, 3])),
        bounced=draw(
            st.none()
            | st.none()
            | st.builds(
                SentLetter, st.just("abc-m1-1"), st.just(10428), people, st.just("answer"), st.booleans()
            )
        ),
        acknowledgements_today=draw(st.integers(0, 7)),
        fresh_number=draw(st.integers(10500, 10600)),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Message, Envelope, Facts]:
    """Anything; half of it a colleague who answers with their own token, for chance alone would hardly find that."""
    message, past = draw(messages()), draw(facts())
    if draw(st.booleans()):
        name = draw(st.sampled_from(STAFF))
        me = colleague(name)
        said = draw(st.lists(verbs, min_size=1, max_size=3).map("\n".join))
        kind = draw(st.sampled_from([*[Automatic.PERSON] * 4, Automatic.AUTO_REPLIED]))
        clean = a_message(said, "Re: Schaden", Address(me.name, me.address), message_id="<r@x.example>")
        message = replace(clean, automatic=kind, auth=message.auth, attachments=message.attachments)
        ticket = replace(draw(tickets()), assignee=draw(st.sampled_from([name, name, "weber"])))
        draft = draw(st.none() | st.just(Draft("Ein Entwurf", 7, me.address)))
        past = replace(
            past,
            ticket=ticket,
            proof=Proof("reply-address", me),
            draft=draft,
            duplicate_of=None,
            bounced=None,
        )
    return message, draw(envelopes(message)), past


a_lot = settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])


def decided(case: tuple[Message, Envelope, Facts]) -> Decision:
    message, envelope, past = case
    return decide(message, past, envelope=envelope, rules=CLOSING)


@a_lot
@given(cases())
def test_deciding_is_total_and_the_same_twice(case: tuple[Message, Envelope, Facts]) -> None:
    assert decided(case) == decided(case)


@a_lot
@given(cases())
def test_every_decision_says_why(case: tuple[Message, Envelope, Facts]) -> None:
    decision = decided(case)
    assert decision.trace
    assert all(one.verdict and one.because for one in decision.trace if one.station.value != "command")


@a_lot
@given(cases())
def test_the_ticket_of_a_decision_is_its_changes_folded(case: tuple[Message, Envelope, Facts]) -> None:
    """`fold(events) == row`: what `apply` writes is what the decision showed."""
    decision, past = decided(case), case[2]
    assert (decision.number is None) == (decision.expects_version is None)
    if not decision.changes:
        return
    assert decision.number is not None
    known = [
        one
        for one in (past.ticket, past.thread, *past.mentioned)
        if one and one.version == decision.expects_version
    ]
    before = [None] if decision.expects_version == 0 else known
    events = events_of(decision)
    assert decision.ticket in [folded_onto(ticket, events) for ticket in before]
    if decision.expects_version == 0:
        assert fold(events) == decision.ticket


def folded_onto(ticket: Ticket | None, events: list[Event]) -> Ticket | None:
    """What the events make of a ticket; None if they cannot have happened to it: it was about another one."""
    try:
        for event in events:
            ticket = step(ticket, event)
    except ValueError:
        return None
    return ticket


def events_of(decision: Decision) -> list[Event]:
    assert decision.number is not None
    assert decision.expects_version is not None
    return [
        Event("abc", decision.number, seq, NOW, decision.actor, "", RULESET.hash, change)
        for seq, change in enumerate(decision.changes, decision.expects_version + 1)
    ]


@a_lot
@given(cases())
def test_whoever_is_given_a_ticket_is_there_and_is_reminded(case: tuple[Message, Envelope, Facts]) -> None:
    """A ticket always has someone who must act."""
    decision = decided(case)
    given_to = [
        one for one in decision.changes if one.kind in ("opened", "assigned", "rejected", "reopened", "taken")
    ]
    if not given_to or decision.ticket is None:
        return
    staff = RULESET.staff_by_id(decision.ticket.assignee)
    assert staff is not None
    assert staff.active
    timers = {one.kind for one in decision.timers if isinstance(one, SetTimer)}
    match decision.ticket.status:
        case Status.TRIAGE | Status.OFFERED:
            assert {TimerKind.REMIND, TimerKind.ESCALATE} <= timers
        case Status.CLOSED:
            assert timers <= {TimerKind.CHANGES}
        case _:
            resting = decision.ticket.follow_up is not None
            assert timers <= {TimerKind.FOLLOW_UP if resting else TimerKind.DONE, TimerKind.CHANGES}


@a_lot
@given(cases())
def test_no_letter_answers_a_machine_a_null_return_path_or_ourselves(
    case: tuple[Message, Envelope, Facts],
) -> None:
    """RFC 3834 §2, reliability §3."""
    message, envelope, _ = case
    decision = decided(case)
    told = {one.to.address for one in decision.notices}
    assert INBOX not in told
    assert "" not in told
    by_machine = message.automatic is not Automatic.PERSON or envelope.mail_from == ""
    templates = {
        Template.ACKNOWLEDGEMENT,
        Template.RECEIPT,
        Template.PREVIEW,
        Template.UNCONFIRMED,
        Template.ANSWER,
    }
    if by_machine:
        assert not templates & {one.template for one in decision.notices}


@a_lot
@given(cases())
def test_nothing_internal_reaches_anybody_outside(case: tuple[Message, Envelope, Facts]) -> None:
    """A letter to somebody outside holds no text of a note, no reason, no explanation, no name of a candidate."""
    decision = decided(case)
    for one in decision.notices:
        if one.to.kind is PartyKind.STAFF:
            continue
        assert one.template in (Template.ACKNOWLEDGEMENT, Template.ANSWER, Template.CLOSED)
        assert NOTE not in case[2].internal_texts or "vertraulich" not in one.text.lower()
        assert (one.why, one.candidates, one.lines, one.reason) == ((), (), (), "")


@a_lot
@given(cases())
def test_only_staff_with_their_own_token_act(case: tuple[Message, Envelope, Facts]) -> None:
    """reliability §4: everybody else can add a mail, open a matter, and reopen their own."""
    message, envelope, past = case
    decision = decided(case)
    acts = {one.kind for one in decision.changes} - {
        "opened",
        "message-added",
        "reopened",
        "noted",
        "offered",
        "letter-failed",
        "asked",
        "concern-found",
        "joined",
        "linked",
    }
    # Our own letter that came back, signed by us, gives the ticket to somebody who gets our letters.
    if {one.kind for one in decision.changes} >= {"letter-failed", "assigned"}:
        assert past.bounced is not None
        assert past.bounced.proven
        acts -= {"assigned"}
    if not acts:
        return
    assert message.author is not None
    staff = RULESET.staff_by_address(message.author.key)
    assert staff is not None
    assert past.proof is not None
    assert past.proof.recipient.id == staff.id
    assert message.automatic is Automatic.PERSON
    if envelope.borders:
        assert message.auth.aligned or envelope.login == staff.id


@a_lot
@given(cases())
def test_strangers_change_nothing_but_their_own(case: tuple[Message, Envelope, Facts]) -> None:
    """Without a token, an old ticket opens only to its reporter."""
    message, _, past = case
    decision = decided(case)
    if past.proof is None and decision.expects_version and message.bounce is None and past.bounced is None:
        assert message.author is not None
        known = [one for one in (past.thread, *past.mentioned) if one is not None]
        assert any(one.reporter.address == message.author.key for one in known)


@a_lot
@given(facts(), st.sampled_from(STAFF), texts)
def test_acts_by_hand_are_total_and_the_same_twice(past: Facts, actor: str, text: str) -> None:
    if past.ticket is None:
        return
    staff = RULESET.staff_by_id(actor)
    assert staff is not None
    first: Any = decide_command(past, parse_commands(text, ()), staff, CLOSING, NOW)
    assert first == decide_command(past, parse_commands(text, ()), staff, CLOSING, NOW)
    for one in first.notices:
        inside = one.to.kind is PartyKind.STAFF or NOTE not in past.internal_texts
        assert inside or "vertraulich" not in one.text.lower()


@a_lot
@given(facts(), st.sampled_from(TimerKind))
def test_timers_are_total_and_tell_only_staff_and_the_next_partner(past: Facts, kind: TimerKind) -> None:
    timer = DueTimer(1, "abc", 10428, kind, NOW - timedelta(minutes=1))
    decision = decide_timer(timer, past, RULES, NOW)
    assert decision == decide_timer(timer, past, RULES, NOW)
    asks = any(one.kind == "partner-asked" for one in decision.changes)
    told = {PartyKind.STAFF, PartyKind.PARTNER} if asks else {PartyKind.STAFF}
    assert {one.to.kind for one in decision.notices} <= told
    for one in decision.timers:
        assert not isinstance(one, SetTimer) or one.due_at > NOW
