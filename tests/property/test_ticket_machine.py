"""One ticket through any life: whatever happens in whatever order, its books stay right and somebody must act.

The machine keeps beside the ticket what the store would keep: events, pending timers, notes, the draft. Every answer,
command, timer and bounce goes through the same decide_* functions as in the daemon.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from mailroute.model.absence import Away
from mailroute.model.address import Address
from mailroute.model.decision import Decision, DueTimer, SetTimer, TimerKind
from mailroute.model.directory import Person
from mailroute.model.facts import Act, Changed, Draft, Facts, Offer, Order, Proof, Sending, SentLetter
from mailroute.model.letter import Notice, Template
from mailroute.model.message import Automatic, Bounce, BouncedRecipient
from mailroute.model.outside import ExternalOrdered, ExternalTold
from mailroute.model.ruleset import Partner, Source
from mailroute.model.ticket import (
    TAKEN_BACK,
    TRANSITIONS,
    Answered,
    ChangesTold,
    Closed,
    Corrected,
    Drafted,
    Event,
    Noted,
    Offered,
    Party,
    PartyKind,
    Status,
    Ticket,
    Undone,
    allows,
    fold,
)
from mailroute.notify.readers import FOR_FIRMS, FOR_OUTSIDE, FOR_PARTNERS_WHO_HAVE_IT
from mailroute.routing.commands import parse_commands
from mailroute.routing.decide_command import decide_command
from mailroute.routing.decide_timer import decide_timer
from mailroute.routing.partners import partner_party
from mailroute.routing.standing_in import decide_lend, decide_lend_back
from mailroute.routing.work import Rules
from tests.support import deciding
from tests.support.deciding import EVIL, RULESET, address_of, colleague
from tests.support.factories import MUELLER, NOW, a_message, a_party, a_property, an_envelope

NOTE = "Streng vertraulich: Der Mieter zahlt seit drei Monaten keine Miete mehr"
STAFF = [one.id for one in RULESET.staff]
NUMBER = 10500
PARTNERS = tuple(
    Partner(
        name,
        f"{name.title()} GmbH",
        f"auftrag@{name}.example",
        order,
        None,
        "buero",
        Source("partners.yaml", order),
    )
    for order, name in enumerate(("sturm", "blitz", "acker", "dorn", "ebert", "falk", "gold"), 1)
)
FIRM = Party(PartyKind.PARTNER, None, "", "dach@firma.example")
RULES = Rules(
    replace(
        RULESET,
        partners=PARTNERS,
        organisation=replace(
            RULESET.organisation, external_steps=tuple(one.id for one in RULESET.case_types)
        ),
    )
)
decide = partial(deciding.decide, rules=RULES)
TEXTS = [
    "annehmen", "übernehmen", "ablehnen: nein", "weiter an: Weber", "weiter an: Huber", "weiter an: Niemand",
    "erledigt: fertig", "wieder öffnen", "hilfe", "senden", f"notiz: {NOTE}", "anehmen", f"Guten Tag,\n\n{NOTE.lower()}.",
    "Guten Tag, der Dachdecker kommt am Freitag.", "", "annehmen\nweiter an: Lang", "erledigt\nwieder öffnen",
    "widerrufen", "rückgängig", "frist in 3 Tagen", "frist gestern", "typ: Rechnung", "typ: Rechnungen", "objekt: Max-Planck-Straße 12",
    "1", "2", "annehmen\nfrist in 2 Stunden", "bitte annehmen, danke", "weiter an Weber, bitte heute noch",
    "weiter an: Sturm", "weiter an: Blitz", "extern an: dach@firma.example", "extern änderungen", "extern auftrag",
]  # fmt: skip

staff = st.sampled_from(STAFF)
texts = st.sampled_from(TEXTS)
partners = st.sampled_from([partner_party(one) for one in PARTNERS[:3]])

# What several matters in one mail, several tickets of one matter and the ticket of another organisation bring: tests of
# their own do (tests/e2e/test_two_organisations.py, tests/unit/store/test_child_at_once.py), and what alarms (tests/e2e/test_feared.py).
ELSEWHERE = {
    "linked", "concern-found", "separated", "asked", "rerouted", "joined", "marked-read", "asked-by", "taken-on", "gone-back",
    "alarmed", "called-off",
}  # fmt: skip


class TicketMachine(RuleBasedStateMachine):
    """Müller, the colleagues, a stranger, the clock and a mail server, each doing what they may or may not do."""

    def __init__(self) -> None:
        super().__init__()
        self.now: datetime = NOW
        self.ticket: Ticket | None = None
        self.events: list[Event] = []
        self.timers: dict[TimerKind, datetime] = {}
        self.notes: list[str] = []
        self.draft: Draft | None = None
        self.offer: Offer | None = None
        self.untold: list[Changed] = []
        self.acts: list[tuple[Act, int]] = []
        self.mails = 0
        self.orders: dict[str, Order] = {}
        self.name = "Max Müller"
        self.away: list[Away] = []

    # --- the world ----------------------------------------------------------------------------------------

    @initialize(
        text=st.sampled_from(["Max-Planck-Straße 12: Dachrinne kaputt", "Eine Rechnung", "Eine Frage"])
    )
    def a_mail_opens_it(self, text: str) -> None:
        self.happens(decide(a_message(text), Facts(fresh_number=NUMBER), now=self.now))

    @rule(text=texts, by_machine=st.booleans())
    def mueller_writes(self, text: str, by_machine: bool) -> None:
        automatic = Automatic.AUTO_REPLIED if by_machine else Automatic.PERSON
        mail = a_message(text, author=MUELLER, automatic=automatic, message_id=self.an_id())
        was = self.status
        self.happens(decide(mail, self.facts(a_party()), now=self.now))
        if was is Status.CLOSED:
            assert self.status is (Status.CLOSED if by_machine else Status.OFFERED)
        else:
            assert self.status is was

    @rule(who=staff, text=texts, sent_at_once=st.booleans())
    def a_colleague_replies(self, who: str, text: str, sent_at_once: bool) -> None:
        me = colleague(who)
        mail = a_message(text, author=address_of(me), message_id=self.an_id())
        before = self.ticket
        decision = decide(mail, self.facts(me), now=self.now)
        self.happens(decision)
        self.remember(who, decision, before, left=sent_at_once)

    @rule(who=staff, text=texts)
    def a_colleague_acts_by_hand(self, who: str, text: str) -> None:
        one = RULESET.staff_by_id(who)
        assert one is not None
        before = self.ticket
        decision = decide_command(self.facts(None), parse_commands(text, ()), one, RULES, self.now)
        self.happens(decision)
        self.remember(who, decision, before, left=True)

    @rule(who=staff)
    def a_colleague_takes_back_what_they_just_did(self, who: str) -> None:
        """What nobody built upon, and nobody outside was told of, is as it was (REQ-D1: with one assignee)."""
        act = next((one for one, _ in reversed(self.acts) if one.by == who), None)
        me = colleague(who)
        mail = a_message("rückgängig", author=address_of(me), message_id=self.an_id())
        decision = decide(mail, self.facts(me), now=self.now)
        before = self.ticket
        self.happens(decision)
        undone = [one for one in decision.changes if isinstance(one, Undone)]
        if (
            undone
            and act is not None
            and not set(self.since(act)) & {"accepted", "assigned", "taken", "closed"}
        ):
            assert self.ticket is not None
            assert (self.ticket.status, self.ticket.assignee) == (undone[0].status, undone[0].assignee)
            assert self.ticket.holders == undone[0].holders
        self.remember(who, decision, before, left=True)

    @rule(who=partners, text=texts, seconds=st.integers(-60, 60))
    def a_partner_replies(self, who: Party, text: str, seconds: int) -> None:
        """REQ-D11, in any order of things: asked or not, only a yes in time makes the matter theirs."""
        before = self.ticket
        assert before is not None
        received_at = (before.partner_due or self.now) + timedelta(seconds=seconds)
        self.now = max(self.now, received_at)
        mail = a_message(text, author=address_of(who), message_id=self.an_id())
        envelope = an_envelope(who.address, received_at=received_at)
        self.happens(decide(mail, self.facts(who), envelope=envelope, now=self.now))
        if before.status is not Status.WITH_PARTNER and self.status is Status.WITH_PARTNER:
            assert before.status is Status.PARTNER_ASKED
            assert before.partner == who.id
            assert seconds <= 0

    @rule(text=texts)
    def the_firm_replies(self, text: str) -> None:
        """What a firm outside writes is a message, whatever it says."""
        assert self.ticket is not None
        if not self.ticket.orders:
            return
        mail = a_message(text, author=Address("", FIRM.address), message_id=self.an_id())
        decision = decide(mail, self.facts(FIRM), now=self.now)
        assert {one.kind for one in decision.changes} <= {"message-added", "reopened"}
        self.happens(decision)

    @rule(who=partners)
    def an_offer_comes_back(self, who: Party) -> None:
        assert self.ticket is not None
        asked = self.ticket.partner if self.status is Status.PARTNER_ASKED else ""
        report = a_message(
            author="mailer-daemon@mx.example",
            automatic=Automatic.BOUNCE,
            bounce=Bounce((BouncedRecipient(who.address, "failed", "5.1.1"),), None),
        )
        letter = SentLetter("abc-m1-1", NUMBER, who, Template.PARTNER_OFFER.value, True)
        self.happens(decide(report, self.facts(None, bounced=letter), envelope=an_envelope(""), now=self.now))
        assert (who.id == asked) is (asked in self.ticket.partners_asked and asked != "")

    @rule(whose=staff, text=texts)
    def a_stranger_replies_to_a_letter_that_leaked(self, whose: str, text: str) -> None:
        before = self.ticket
        decision = decide(
            a_message(text, author=EVIL, message_id=self.an_id()), self.facts(colleague(whose)), now=self.now
        )
        self.happens(decision)
        assert before is not None
        assert self.ticket is not None
        assert self.ticket.last_message_id == before.last_message_id
        assert EVIL.address not in {one.to.address for one in decision.notices}

    @rule()
    def the_next_timer_comes_due(self) -> None:
        if not self.timers:
            return
        kind = min(self.timers, key=lambda one: self.timers[one])
        due_at = self.timers.pop(kind)
        self.now = max(self.now, due_at)
        self.happens(
            decide_timer(DueTimer(1, "abc", NUMBER, kind, due_at), self.facts(None), RULES, self.now)
        )

    @rule(whose=staff, proven=st.booleans())
    def a_letter_comes_back(self, whose: str, proven: bool) -> None:
        report = a_message(
            author="mailer-daemon@mx.example",
            automatic=Automatic.BOUNCE,
            bounce=Bounce((BouncedRecipient("a@b.example", "failed", "5.1.1"),), None),
        )
        letter = SentLetter("abc-m1-1", NUMBER, colleague(whose), "notification", proven)
        facts = self.facts(None, bounced=letter)
        was = self.ticket
        assert was is not None
        self.happens(decide(report, facts, envelope=an_envelope(""), now=self.now))
        # Whoever cannot be reached does not keep it, unless there is nobody else; nothing else moves it.
        assert self.ticket is not None
        if self.ticket.assignee == was.assignee:
            assert self.status is was.status
        else:
            assert (proven, was.assignee, self.status) == (True, whose, Status.OFFERED)

    @rule(who=staff, tickets_too=st.booleans())
    def a_colleague_goes_away_or_comes_back(self, who: str, tickets_too: bool) -> None:
        if who in {one.staff for one in self.away}:
            self.away = [one for one in self.away if one.staff != who]
        else:
            self.away.append(Away(who, NOW.date(), None, open_tickets=tickets_too))
        self.the_house_is_kept_up()

    def the_house_is_kept_up(self) -> None:
        """What `flow.upkeep` does at every tick."""
        for decide_about in (decide_lend_back, decide_lend):
            decision = decide_about(self.facts(None), RULES, self.now)
            if decision is not None:
                self.happens(decision)

    @rule(hours=st.integers(1, 100))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    def remember(self, who: str, decision: Decision, before: Ticket | None, *, left: bool) -> None:
        """Keep what a colleague did, as `gather` would find it: its letters wait, or have left."""
        if before is None or not any(isinstance(one, (*TAKEN_BACK, Undone)) for one in decision.changes):
            return
        letters = tuple(
            Sending(f"abc-{len(self.events)}-{nth}", one.template.value, one.to, waits=not left, left=left)
            for nth, one in enumerate(decision.notices)
        )
        self.acts.append((Act(who, self.now, decision.changes, before, (), letters), len(self.events)))

    def since(self, act: Act) -> list[str]:
        """What happened after it."""
        at = next(index for one, index in self.acts if one is act)
        return [event.change.kind for event in self.events[at:]]

    # --- the books ----------------------------------------------------------------------------------------

    @property
    def status(self) -> Status:
        assert self.ticket is not None
        return self.ticket.status

    def an_id(self) -> str:
        self.mails += 1
        return f"<mail-{self.mails}@mieter.example>"

    def facts(self, token_of: Party | None, bounced: SentLetter | None = None) -> Facts:
        """What `gather` would find."""
        home = a_property()
        assert self.ticket is not None
        return Facts(
            ticket=self.ticket,
            proof=Proof("reply-address", token_of) if token_of else None,
            participants=(self.ticket.reporter,),
            place=(home, home.units[1], None) if self.ticket.place.property else (None, None, None),
            internal_texts=tuple(self.notes),
            draft=self.draft,
            offer=self.offer,
            untold=tuple(self.untold),
            acts=tuple(replace(one, since=tuple(self.since(one))) for one, _ in reversed(self.acts[-5:])),
            bounced=bounced,
            contact=Person("mueller", self.name, (MUELLER,)),
            orders=tuple(self.orders.values()),
            next_order=self.ticket.orders + 1,
            away=tuple(self.away),
            fresh_number=NUMBER + 1,
        )

    def happens(self, decision: Decision) -> None:
        """What `apply` would write; each change is held to the table of transitions."""
        self.check_letters(decision)
        if decision.number is None:
            assert decision.changes == ()
            return
        assert decision.number == NUMBER
        assert decision.expects_version == (self.ticket.version if self.ticket else 0)
        for change in decision.changes:
            before = self.ticket.status if self.ticket else Status.NONE
            assert allows(before, type(change))
            event = Event(
                "abc", NUMBER, len(self.events) + 1, self.now, decision.actor, "m1", RULESET.hash, change
            )
            self.events.append(event)
            self.ticket = fold(self.events)
            match change:
                case Noted(text=text):
                    self.notes.append(text)
                    self.others_did(decision, event, change)
                case Corrected():
                    self.offer = None
                    self.others_did(decision, event, change)
                case ChangesTold(seq=seq):
                    self.untold = [one for one in self.untold if one.seq > seq]
                case Offered(to=to, choices=choices):
                    self.offer = Offer(to, choices, (a_property(),))
                case Drafted(text=text, intake=intake):
                    self.draft = Draft(text, intake, decision.actor.address)
                case Answered() | Closed():
                    self.draft = None
                case ExternalOrdered() | ExternalTold():
                    self.orders[change.address] = Order(change.label, change.address, change.told)
                case _:
                    pass
        assert self.ticket == decision.ticket
        for timer in decision.timers:
            self.timers.pop(timer.kind, None)
            if isinstance(timer, SetTimer):
                self.timers[timer.kind] = timer.due_at

    def others_did(self, decision: Decision, event: Event, change: Noted | Corrected) -> None:
        """Nobody has been told of it yet."""
        if decision.actor.is_staff:
            self.untold.append(Changed(event.seq, self.now, decision.actor, change))

    def check_letters(self, decision: Decision) -> None:
        """Nothing internal leaves unless its author has seen the preview and said `senden`."""
        for one in decision.notices:
            assert one.to.address
            if one.to.kind is PartyKind.STAFF:
                continue
            if one.to.kind is PartyKind.PARTNER:
                self.check_letter_outside(one)
                continue
            assert one.template in (Template.ACKNOWLEDGEMENT, Template.ANSWER)
            assert one.to == a_party()
            confirmed = self.draft is not None and self.draft.text == one.text
            assert confirmed or NOTE not in self.notes or "vertraulich" not in one.text.lower()

    def check_letter_outside(self, one: Notice) -> None:
        """Who has not accepted is told nothing of the matter, and nobody outside is told what is internal."""
        assert one.template in FOR_OUTSIDE
        assert "vertraulich" not in one.text.lower()
        if one.template in FOR_PARTNERS_WHO_HAVE_IT:
            assert one.ticket is not None
            assert one.ticket.status in (Status.WITH_PARTNER, Status.CLOSED)
            return
        assert (one.passes_on, one.attach, one.author) == ((), (), None)
        assert one.place in ("", "80333 München")
        assert one.template in FOR_FIRMS or (one.text, one.reason) == ("", "")

    # --- what must always hold ----------------------------------------------------------------------------

    @invariant()
    def the_ticket_is_its_events(self) -> None:
        assert fold(self.events) == self.ticket
        if self.ticket is not None:
            assert self.ticket.version == len(self.events)
            assert [one.seq for one in self.events] == list(range(1, len(self.events) + 1))

    @invariant()
    def somebody_who_is_there_must_act(self) -> None:
        if self.ticket is None:
            return
        one = RULESET.staff_by_id(self.ticket.assignee)
        assert one is not None
        assert one.active

    @invariant()
    def exactly_one_must_act(self) -> None:
        """A partner while they are asked or have it, else one of staff, nobody once it is closed (design §7)."""
        if self.ticket is None:
            return
        at_partner = self.status in (Status.PARTNER_ASKED, Status.WITH_PARTNER)
        assert bool(self.ticket.partner) is at_partner
        assert (self.ticket.partner_due is not None) is (self.status is Status.PARTNER_ASKED)
        assert (self.ticket.waits_for is None) is (self.status is Status.CLOSED)
        assert len(set(self.ticket.partners_asked)) == len(self.ticket.partners_asked)
        assert self.ticket.partner not in self.ticket.partners_asked

    @invariant()
    def an_open_ticket_is_never_forgotten(self) -> None:
        """One pending timer of each kind, and always one that will ask."""
        match self.ticket.status if self.ticket else Status.NONE:
            case Status.NONE:
                pass
            case Status.TRIAGE | Status.OFFERED:
                assert TimerKind.REMIND in self.timers
                assert TimerKind.DONE not in self.timers
            case Status.ACCEPTED:
                # That of the changes tells of what others did and asks nobody.
                assert set(self.timers) <= {TimerKind.DONE, TimerKind.CHANGES, TimerKind.FOLLOW_UP}
                assert self.ticket is not None
                if self.ticket.follow_up is not None:
                    assert TimerKind.FOLLOW_UP in self.timers
                    assert TimerKind.DONE not in self.timers
                elif RULESET.case_type(self.ticket.case_type):
                    assert TimerKind.DONE in self.timers
            case Status.PARTNER_ASKED:
                assert TimerKind.PARTNER in self.timers
                assert set(self.timers) <= {TimerKind.PARTNER, TimerKind.CHANGES}
            case Status.WITH_PARTNER:
                assert set(self.timers) <= {TimerKind.DONE, TimerKind.CHANGES}
            case Status.CLOSED:
                assert self.timers == {}
        is_asked = self.ticket is not None and self.status is Status.PARTNER_ASKED
        assert (TimerKind.PARTNER in self.timers) is is_asked

    @invariant()
    def the_end_is_dated_if_and_only_if_it_is_one(self) -> None:
        if self.ticket is not None:
            assert (self.ticket.closed_at is not None) == (self.ticket.status is Status.CLOSED)


TicketMachine.TestCase.settings = settings(max_examples=100, stateful_step_count=30)
TestTicketMachine = TicketMachine.TestCase


def live_outside(one: TicketMachine, mine: str) -> None:
    """Orders to a firm; then every way in which a partner can be asked and lose it again."""
    sturm, blitz, acker, dorn, ebert, *_ = (partner_party(partner) for partner in PARTNERS)
    for text in ("extern an: dach@firma.example", "extern auftrag"):
        one.a_colleague_replies(who=mine, text=text, sent_at_once=True)
    one.name = "Max Müller-Lang"
    for text in ("extern änderungen", "weiter an: Sturm", "widerrufen", "weiter an: Blitz"):
        one.a_colleague_replies(who=mine, text=text, sent_at_once=True)
    one.a_partner_replies(who=sturm, text="annehmen", seconds=-1)
    one.a_partner_replies(who=blitz, text="ablehnen: nein", seconds=-1)
    one.an_offer_comes_back(who=acker)
    while one.ticket is not None and one.ticket.partner == dorn.id:
        one.the_next_timer_comes_due()
    one.a_partner_replies(who=ebert, text="annehmen", seconds=0)
    one.a_partner_replies(who=ebert, text="ablehnen: doch nicht", seconds=0)


def test_one_life_has_every_change_of_the_table() -> None:
    """What the machine does at random, once in a row: so it can do everything that the table knows."""
    one = TicketMachine()
    one.a_mail_opens_it(text="Max-Planck-Straße 12: Dachrinne kaputt")
    assert one.ticket is not None
    mine, other = one.ticket.assignee, next(who for who in STAFF if who not in ("zeiler", "schmidt"))
    name = colleague(other).name.split()[-1]
    one.mueller_writes(text="Guten Tag", by_machine=False)
    one.the_next_timer_comes_due()
    one.the_next_timer_comes_due()
    for who, text in [
        (mine, "annehmen"), (mine, f"weiter an {name}"), (mine, "widerrufen"), (other, "übernehmen"), (other, "ablehnen"),
        (mine, "typ: Rechnnug"), (mine, "annehmen"), (mine, "rückgängig"), (mine, "anehmen"), (mine, "senden"), (mine, "typ: Rechnung"),
        (mine, "widerrufen"), (mine, "frist in 3 Tagen"), (other, "notiz: ruft an"),
    ]:  # fmt: skip
        one.a_colleague_replies(who=who, text=text, sent_at_once=True)
    for _ in range(2):
        one.the_next_timer_comes_due()
    one.a_letter_comes_back(whose=other, proven=True)
    for _ in range(2):
        one.a_colleague_goes_away_or_comes_back(who=mine, tickets_too=True)
    live_outside(one, mine)
    one.a_colleague_replies(who=mine, text="erledigt", sent_at_once=True)
    one.a_colleague_replies(who=mine, text="wieder öffnen", sent_at_once=True)
    seen = {event.change.kind for event in one.events}
    known = {change.__dataclass_fields__["kind"].default for change in TRANSITIONS}
    assert known - seen == ELSEWHERE
