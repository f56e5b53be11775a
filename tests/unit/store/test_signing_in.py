"""Requests for links, links and sessions, on both databases."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from mailroute.store.confirmations import is_confirmed, note_confirmed
from mailroute.store.engine import Store
from mailroute.store.signing_in import (
    MISSES,
    REMEMBERED,
    LinkOffer,
    Session,
    begin_session,
    end_session,
    forget_old,
    good_links,
    link,
    note_miss,
    note_request,
    offer_link,
    open_requests,
    session,
    take_request,
    use_link,
)
from tests.support.factories import NOW
from tests.support.stores import write

KLARA = "klara@muster.example"
OFFER = LinkOffer("t1", "abc", KLARA, "b1", "c1", "/tickets", NOW + timedelta(minutes=15))
SESSION = Session("s1", "abc", KLARA, NOW + timedelta(hours=12))


def test_a_request_is_answered_by_one_daemon_only(store: Store) -> None:
    write(store, lambda tx: note_request(tx, KLARA, "b1", "/tickets", NOW))
    with store.read() as conn:
        (request,) = open_requests(conn)

    taken = [write(store, lambda tx: take_request(tx, request)) for _ in range(2)]

    assert taken == [True, False]
    assert (request.address, request.browser, request.destination) == (KLARA, "b1", "/tickets")
    with store.read() as conn:
        assert open_requests(conn) == ()


def test_the_id_of_a_request_never_comes_again(store: Store) -> None:
    ids = []
    for _ in range(2):
        write(store, lambda tx: note_request(tx, KLARA, "b1", "/", NOW))
        with store.read() as conn:
            (request,) = open_requests(conn)
        write(store, lambda tx, one=request: take_request(tx, one))
        ids.append(request.id)
    assert ids[0] < ids[1]


def test_good_are_the_mailed_links_that_nobody_has_used_guessed_at_or_waited_for_too_long(
    store: Store,
) -> None:
    links = [replace(OFFER, token=f"t{n}") for n in range(1, 5)]
    told = replace(OFFER, token="t5", code="")
    others = replace(OFFER, token="t6", address="other@muster.example")
    elsewhere = replace(OFFER, token="t7", organisation="other")
    for one in (*links, told, others, elsewhere):
        write(store, lambda tx, one=one: offer_link(tx, one))
    write(store, lambda tx: use_link(tx, "t1"))
    for _ in range(MISSES):
        write(store, lambda tx: note_miss(tx, "t2"))
    with store.read() as conn:
        assert good_links(conn, "abc", KLARA, NOW) == 2
        assert good_links(conn, "abc", KLARA, OFFER.expires_at) == 0


def test_a_link_is_good_until_it_is_used_expires_or_was_guessed_at(store: Store) -> None:
    write(store, lambda tx: offer_link(tx, OFFER))
    with store.read() as conn:
        assert link(conn, "t1", NOW) == OFFER
        assert link(conn, "t1", OFFER.expires_at) is None
        assert link(conn, "t2", NOW) is None

    for _ in range(MISSES):
        write(store, lambda tx: note_miss(tx, "t1"))
    with store.read() as conn:
        assert link(conn, "t1", NOW) is None
    assert [write(store, lambda tx: use_link(tx, "t1")) for _ in range(2)] == [True, False]


def test_a_session_lasts_until_it_ends(store: Store) -> None:
    write(store, lambda tx: begin_session(tx, SESSION, NOW))
    with store.read() as conn:
        assert session(conn, "s1", NOW) == SESSION
        assert session(conn, "s1", SESSION.expires_at) is None

    write(store, lambda tx: end_session(tx, "s1"))
    with store.read() as conn:
        assert session(conn, "s1", NOW) is None


def test_what_has_expired_is_forgotten_and_nothing_else(store: Store) -> None:
    later = Session("s2", "abc", KLARA, NOW + timedelta(days=30))
    write(store, lambda tx: note_request(tx, KLARA, "b1", "/", NOW))
    write(store, lambda tx: offer_link(tx, OFFER))
    write(store, lambda tx: (begin_session(tx, SESSION, NOW), begin_session(tx, later, NOW)))

    write(store, lambda tx: forget_old(tx, NOW + REMEMBERED))

    with store.read() as conn:
        counts = [
            conn.execute(text(f"SELECT count(*) FROM {table}")).scalar_one()
            for table in ("sign_in_request", "sign_in", "web_session")
        ]
    assert counts == [0, 0, 1]


def test_a_mail_is_confirmed_once(store: Store) -> None:
    write(store, lambda tx: note_confirmed(tx, "abc", 17, NOW))

    with store.read() as conn:
        assert is_confirmed(conn, "abc", 17)
        assert not is_confirmed(conn, "abc", 18)
        assert not is_confirmed(conn, "other", 17)
