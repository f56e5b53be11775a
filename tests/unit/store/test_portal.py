"""What customers look at: lists by key, threads, and what became of a message; never more than they may see."""

from __future__ import annotations

from dataclasses import replace

from mailroute.model.access import TicketFilter
from mailroute.model.change import Answered, Closed, MarkedRead, MessageAdded, Noted
from mailroute.model.grant import Copies, Grant, Member
from mailroute.model.letter import LetterState, Template
from mailroute.model.mail import Door
from mailroute.model.readable import Readable
from mailroute.model.ticket import Change, Joined, Party, PartyKind, Place
from mailroute.routing.sharing import scope, sees
from mailroute.store import choices, grants, outbox
from mailroute.store.engine import Store
from mailroute.store.portal import Shelf, Wanted, arrived, seen, threads, ticket_page
from mailroute.store.tickets import tickets
from tests.support.factories import NOW
from tests.support.grants import a_grant
from tests.support.stores import SCHMIDT, a_decision, a_letter, claim, opened, opening, put, receive, write
from tests.unit.store.test_grants import A1, A2, B1, DAMAGES, EVERYBODY, GF, GROUPS, directory, fill

PARTIES = {one: Party(PartyKind.CUSTOMER, one, one.partition("@")[0], one) for one in EVERYBODY}


def a_case(
    store: Store, number: int, reporter: str, *more: Change, subject: str = "Dachrinne", **other: object
) -> None:
    party = PARTIES[reporter]
    first = MessageAdded(number, party, None, 0, readable=Readable("Guten Tag"))
    change = opened(number, reporter=party, case_type="frage", subject=subject, **other)
    put(store, a_decision(number, 0, change, first, *more, actor=party), cause=f"m{number}")


def filter_of(store: Store, address: str) -> TicketFilter:
    with store.read() as conn:
        return scope(grants.viewer(conn, "abc", address, (PartyKind.CUSTOMER, address)), DAMAGES)


def numbers(store: Store, only: TicketFilter, wanted: Wanted = Wanted(), **more: int | None) -> list[int]:  # noqa: B008
    with store.read() as conn:
        return [one.number for one in ticket_page(conn, "abc", only, wanted, **more).tickets]  # type: ignore[arg-type]


def test_a_page_holds_exactly_what_sees_sees_mine_and_shared(store: Store) -> None:
    """REQ-B8, B14, C3: whoever looks, whatever the ticket is about."""
    fill(store, directory(*GROUPS))
    number = 10_000
    for reporter in EVERYBODY:
        for case_type in ("schaden", None):
            for contract in ("V1", None):
                number += 1
                change = opened(
                    number, reporter=PARTIES[reporter], case_type=case_type, place=Place(contract=contract)
                )
                put(store, a_decision(number, 0, change), cause=f"m{number}")
    with store.read() as conn:
        every = tickets(conn, "abc", limit=100)
        for address in EVERYBODY:
            looks = grants.viewer(conn, "abc", address, (PartyKind.CUSTOMER, address))
            only = scope(looks, DAMAGES)
            visible = {one.number for one in every if sees(looks, one, DAMAGES)}
            mine = {one.number for one in every if one.reporter.address == address}
            assert set(numbers(store, only)) == visible
            assert set(numbers(store, only, Wanted(Shelf.MINE))) == mine
            assert set(numbers(store, only, Wanted(Shelf.SHARED))) == visible - mine
            about = {one.number for one in every if one.number in visible and one.place.contract == "V1"}
            assert set(numbers(store, only, Wanted(contract="V1"))) == about


def test_pages_follow_each_other_by_number_and_end(store: Store) -> None:
    fill(store, directory(*GROUPS))
    for number in range(10_001, 10_008):
        a_case(store, number, A1)
    only = filter_of(store, A2)
    with store.read() as conn:
        first = ticket_page(conn, "abc", only, Wanted(), size=3)
        assert [one.number for one in first.tickets] == [10_007, 10_006, 10_005]
        second = ticket_page(conn, "abc", only, Wanted(), before=first.further, size=3)
        third = ticket_page(conn, "abc", only, Wanted(), before=second.further, size=3)
    assert [one.number for one in third.tickets] == [10_001]
    assert third.further is None


def test_an_old_ticket_is_found_below_many_newer_ones_of_others(store: Store) -> None:
    """The newest are looked through first; what lies deeper comes by the indexes, through the same filter."""
    fill(store, directory(*GROUPS))
    a_case(store, 10_001, A1)
    a_case(store, 900_000, B1)
    assert numbers(store, filter_of(store, A2)) == [10_001]
    assert numbers(store, filter_of(store, A1), Wanted(Shelf.MINE)) == [10_001]
    assert numbers(store, filter_of(store, GF)) == [900_000]


def test_words_are_found_in_subjects_and_numbers_whatever_their_case(store: Store) -> None:
    fill(store, directory(*GROUPS))
    a_case(store, 10_001, A1, subject="Überschwemmung im Keller 100 %")
    a_case(store, 10_002, A1, subject="Frage zur Rechnung")
    only = filter_of(store, A1)
    for words, found in (
        ("keller", [10_001]),
        ("überschwemmung KELLER", [10_001]),
        ("ÜBERSCHWEMMUNG", [10_001]),
        ("keller rechnung", []),
        ("T-10002", [10_002]),
        ("10001", [10_001]),
        ("ueberschw", [10_001]),
        ("frage 10002", []),
        ("100 %", [10_001]),
        ("0 %", []),
        ("%", []),
        ("_", []),
        ("'; DROP TABLE ticket; --", []),
        ("9" * 40, []),
        ("", [10_002, 10_001]),
    ):
        assert numbers(store, only, Wanted(words=words)) == found, words


def test_nobody_finds_a_ticket_by_what_they_may_not_read_of_it(store: Store) -> None:
    """The index knows the neighbour who wrote of the same concern, and the house; the page that is asked says what counts."""
    fill(store, directory(*GROUPS))
    neighbour = Party(PartyKind.TENANT, "k", "Karl Roth", "k@roth.example")
    a_case(store, 10_001, A1, Joined(neighbour, 7, "Lift steht"))
    only = filter_of(store, A1)
    with store.read() as conn:
        every = ticket_page(conn, "abc", only, Wanted(words="roth"), lambda one: (one.subject, "Karl Roth"))
        assert [one.number for one in every.tickets] == [10_001]
    assert numbers(store, only, Wanted(words="roth")) == []
    assert numbers(store, only, Wanted(words="lift")) == []
    assert numbers(store, only, Wanted(words="dachrinne")) == [10_001]


def test_what_words_find_is_cut_down_to_the_shelf_and_to_what_is_theirs(store: Store) -> None:
    fill(store, directory(*GROUPS))
    for number, reporter in ((10_001, A1), (10_002, A2), (10_003, B1)):
        a_case(store, number, reporter)
    only = filter_of(store, A1)
    assert numbers(store, only, Wanted(words="dach")) == [10_002, 10_001]
    assert numbers(store, only, Wanted(Shelf.MINE, words="dach")) == [10_001]
    assert numbers(store, only, Wanted(Shelf.SHARED, words="dach")) == [10_002]
    assert numbers(store, only, Wanted(words="T-10003")) == []


def test_closed_tickets_are_left_out_where_only_open_ones_are_wanted(store: Store) -> None:
    fill(store, directory(*GROUPS))
    a_case(store, 10_001, A1, Closed(""))
    a_case(store, 10_002, A1)
    assert numbers(store, filter_of(store, A1), Wanted(open_only=True)) == [10_002]


def test_a_thread_holds_the_answer_once_its_letter_has_left_and_never_a_note(store: Store) -> None:
    """REQ-B3."""
    fill(store, directory(*GROUPS))
    a_case(store, 10_001, A1)
    answer = a_letter("abc-m9-0", 10_001, template=Template.ANSWER, to=PARTIES[A1])
    changes = (Noted("intern", None), Answered(A1, 9, text="Wir kommen."))
    put(store, a_decision(10_001, 2, *changes, actor=SCHMIDT), answer, cause="m9")

    def texts() -> list[str | None]:
        with store.read() as conn:
            page = ticket_page(conn, "abc", filter_of(store, A2), Wanted())
            return [one.text for one in threads(conn, "abc", page.tickets)[10_001].said]

    assert texts() == ["Guten Tag"]
    write(store, lambda tx: outbox.mark_attempting(tx, ("abc-m9-0",), NOW))
    assert texts() == ["Guten Tag", "Wir kommen."]


def test_a_stopped_answer_never_shows(store: Store) -> None:
    fill(store, directory(*GROUPS))
    a_case(store, 10_001, A1)
    answer = a_letter("abc-m9-0", 10_001, template=Template.ANSWER, to=PARTIES[A1])
    put(store, a_decision(10_001, 2, Answered(A1, 9, text="Halt"), actor=SCHMIDT), answer, cause="m9")
    write(store, lambda tx: outbox.stop_letters(tx, ("abc-m9-0",), NOW))
    with store.read() as conn:
        page = ticket_page(conn, "abc", filter_of(store, A1), Wanted())
        assert [row.state for row in outbox.letters(conn, number=10_001)] == [LetterState.STOPPED]
        assert len(threads(conn, "abc", page.tickets)[10_001].said) == 1
        assert threads(conn, "abc", ()) == {}


def test_how_far_one_has_read_only_grows_and_is_each_ones_own(store: Store) -> None:
    fill(store, directory(*GROUPS))
    a_case(store, 10_001, A1, MarkedRead())
    for upto in (2, 3, 1):
        write(store, lambda tx, upto=upto: choices.note_seen(tx, "abc", A1, 10_001, upto))  # type: ignore[misc]
    with store.read() as conn:
        page = ticket_page(conn, "abc", filter_of(store, A1), Wanted())
        assert seen(conn, "abc", A1, page.tickets) == {10_001: 3}
        assert seen(conn, "abc", A2, page.tickets) == {}
        assert seen(conn, "abc", A2, ()) == {}


def test_a_member_chooses_when_copies_come_and_every_decision_sees_it(store: Store) -> None:
    """Ambiguity 10: their own choice counts more than the administrator's, until they take it back."""
    grant: Grant = replace(a_grant("ga"), members=(Member(A1), Member(A2)), share_tickets=True)
    fill(store, directory(grant))
    write(store, lambda tx: choices.choose(tx, "abc", A2, choices.Choice(Copies.WEB_ONLY, "en")))

    def wishes() -> list[Copies]:
        with store.read() as conn:
            [one] = grants.grants_of(conn, "abc", [A1])
            return [each.copies for each in one.members]

    assert wishes() == [Copies.AT_ONCE, Copies.WEB_ONLY]
    with store.read() as conn:
        assert choices.choice_of(conn, "abc", A2) == choices.Choice(Copies.WEB_ONLY, "en")
        assert choices.choice_of(conn, "abc", A1) == choices.Choice()
    write(store, lambda tx: choices.choose(tx, "abc", A2, choices.Choice(None, "en")))
    assert wishes() == [Copies.AT_ONCE, Copies.AT_ONCE]


def test_what_became_of_a_message_is_told_to_its_author_alone(store: Store) -> None:
    receive(store, "w", door=Door.WEB, door_key=f"web:{A1}:s1", login=A1, mail_from=A1)
    receive(store, "x", door=Door.SMTP, door_key=f"web:{A1}:s2")

    def state(address: str = A1, serial: str = "s1", org: str = "abc") -> tuple[bool, int | None] | None:
        with store.read() as conn:
            found = arrived(conn, org, address, serial)
            return (found.decided, found.number) if found else None

    assert state() == (False, None)
    (claimed, *_) = claim(store)
    decision, letters = opening(claimed)
    put(store, decision, *letters, cause="m1", intake=claimed.envelope.intake_id)
    assert state() == (True, claimed.fresh_number)
    assert (state(address=A2), state(serial="s9"), state(serial="s2"), state(org="other")) == (None,) * 4
