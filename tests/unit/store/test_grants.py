"""Grants in the database: found by address, filtered for lists, and lost when somebody is removed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from mailroute.model.access import Access
from mailroute.model.address import Address
from mailroute.model.directory import Contract, Directory, Person
from mailroute.model.grant import Box, ContractSharing, Grant, Member, Permissions
from mailroute.model.letter import LetterState, Template
from mailroute.model.ticket import Party, PartyKind, Place
from mailroute.routing.sharing import scope, sees, visible_contracts
from mailroute.store import grants, invitations, outbox
from mailroute.store.directory import replace_directory
from mailroute.store.engine import Connection, Store
from mailroute.store.tickets import tickets
from tests.support.factories import NOW
from tests.support.grants import KLARA, a_grant
from tests.support.stores import KEYRING, a_decision, a_letter, opened, put, write

A1, A2, B1, GF = (f"{name}@firma.example" for name in ("a1", "a2", "b1", "gf"))
DAMAGES = frozenset({"schaden"})
EVERYBODY = (A1, A2, B1, GF)


def group(name: str, *addresses: str, **more: object) -> Grant:
    there = tuple(Member(one) for one in addresses)
    base = a_grant(name, members=there, share_tickets=True, permissions=Permissions(see_damages=True))
    return replace(base, **more)  # type: ignore[arg-type]  # Grant's own names


def directory(*there: Grant, **more: object) -> Directory:
    """Everybody of the three groups is known, with their contracts."""
    people = [Person(one, one, (Address("", one),)) for one in EVERYBODY]
    klara = Person("k-2001", "Klara", (Address("", KLARA),), contracts=("V1", "V2"))
    contracts = (
        Contract("V1", "V1", status="EIGEN", parties=("k-2001",)),
        Contract("V2", "V2", status="STORNO", parties=("k-2001",)),
    )
    base = Directory((), (*people, klara), contracts, there)
    return replace(base, **more)  # type: ignore[arg-type]  # Directory's own names


def fill(store: Store, new: Directory) -> None:
    write(store, lambda tx: replace_directory(tx, "abc", new, NOW))


GROUPS = (
    group("ga", A1, A2),
    group("gb", B1),
    group("gs", GF, B1, main=False, contracts=ContractSharing((Box.OWN,))),
)


def test_a_list_holds_exactly_what_sees_sees(store: Store) -> None:
    """REQ-B8, B14, C3; design §6: for every viewer, with damages and contracts, in the database itself."""
    fill(store, directory(*GROUPS))
    number = 10_000
    for reporter in EVERYBODY:
        for case_type in ("schaden", "frage", None):
            for contract in ("V1", "V2", None):
                number += 1
                party = Party(PartyKind.CUSTOMER, reporter, reporter, reporter)
                change = opened(number, reporter=party, case_type=case_type, place=Place(contract=contract))
                put(store, a_decision(number, 0, change), cause=f"m{number}")
    with store.read() as conn:
        every = tickets(conn, "abc", limit=1000)
        for address in EVERYBODY:
            looks = grants.viewer(conn, "abc", address, (PartyKind.CUSTOMER, address))
            listed = tickets(conn, "abc", only=scope(looks, DAMAGES), limit=1000)
            assert set(listed) == {one for one in every if sees(looks, one, DAMAGES)}
        assert len(every) == 36


def test_an_organisation_without_grants_has_no_access_to_speak_of(store: Store) -> None:
    fill(store, directory())
    with store.read() as conn:
        assert grants.access(conn, "abc", KLARA, ()) is None


def test_a_mail_brings_the_grants_of_its_author_and_of_the_reporters_and_no_others(store: Store) -> None:
    """REQ-C12: what is read does not grow with the number of grants."""
    fill(store, directory(*GROUPS, a_grant(contracts=ContractSharing((Box.OWN,)))))
    with store.read() as conn:
        found = grants.access(conn, "abc", KLARA, [A1])
    assert found is not None
    assert [one.id for one in found.grants] == ["ga", "muster"]
    assert [one.id for one in found.of(KLARA)] == ["muster"]
    assert [one.id for one in visible_contracts(found.of(KLARA), found.contracts)] == ["V1"]


def test_of_a_large_grant_that_shares_nothing_only_who_writes_is_kept_with_the_decision(store: Store) -> None:
    """REQ-C12: five hundred members would else be written down with every mail."""
    many = tuple(Member(f"m{n}@firma.example") for n in range(500))
    fill(store, directory(a_grant(members=(Member(KLARA), *many))))
    with store.read() as conn:
        found = grants.access(conn, "abc", KLARA, [])
    assert found is not None
    assert [one.members for one in found.grants] == [(Member(KLARA),)]


def test_the_main_grant_comes_first() -> None:
    """REQ-B10, B11."""
    further, main = a_grant("a", main=False), a_grant("z")
    assert [one.id for one in Access((further, main)).of(KLARA)] == ["z", "a"]


def test_a_listed_contract_of_somebody_else_is_found(store: Store) -> None:
    """REQ-C7."""
    listing = a_grant(customers=("nobody",), contracts=ContractSharing(listed=("V2",)))
    fill(store, directory(listing))
    with store.read() as conn:
        looks = grants.viewer(conn, "abc", KLARA, None)
    assert [one.id for one in visible_contracts(looks.grants, looks.contracts)] == ["V2"]


def confirmed_and_not(store: Store) -> tuple[bool, bool]:
    """Whether `new@firma.example` is a member now, and whether they are waiting for an invitation."""
    with store.read() as conn:
        found = grants.access(conn, "abc", "new@firma.example", ())
        assert found is not None
        return bool(found.of("new@firma.example")), bool(invitations.uninvited(conn, "abc"))


def test_who_is_unknown_is_no_member_until_they_have_confirmed(store: Store) -> None:
    """REQ-C9."""
    fill(store, directory(group("ga", A1, "new@firma.example")))
    assert confirmed_and_not(store) == (False, True)
    assert write(store, lambda tx: invitations.note_sent(tx, "abc", "new@firma.example", "member", 1, NOW))
    assert not write(
        store, lambda tx: invitations.note_sent(tx, "abc", "new@firma.example", "member", 1, NOW)
    )
    assert confirmed_and_not(store) == (False, False)
    write(store, lambda tx: invitations.confirm(tx, "abc", "new@firma.example", NOW))
    assert confirmed_and_not(store) == (True, False)


def test_only_the_last_invitation_counts_and_only_for_its_address(store: Store) -> None:
    """REQ-C10."""
    fill(store, directory(group("ga", A1, "new@firma.example")))
    for serial in (1, 2):
        write(
            store,
            lambda tx, s=serial: invitations.note_sent(tx, "abc", "new@firma.example", "member", s, NOW),
        )
    first, second = (invitations.token_of(KEYRING, "abc", "new@firma.example", n) for n in (1, 2))

    def counts(token: str, address: str = "new@firma.example", days: int = 0) -> bool:
        at = NOW + timedelta(days=days)
        with store.read() as conn:
            return invitations.may_confirm(conn, "abc", address, (token,), KEYRING, at)

    assert (counts(first), counts(second)) == (False, True)
    assert not counts(second, address=A1)
    assert (counts(second, days=7), counts(second, days=8)) == (True, False)


def test_a_copy_that_waits_for_a_removed_member_is_stopped(store: Store) -> None:
    """REQ-B13."""
    fill(store, directory(group("ga", A1, A2)))
    reporter = Party(PartyKind.CUSTOMER, A1, "A1", A1)
    copy = a_letter("abc-m1-2", 10_001, template=Template.SHARED, to=Party(PartyKind.CUSTOMER, None, "", A2))
    put(store, a_decision(10_001, 0, opened(10_001, reporter=reporter)), copy)

    def stop(tx: Connection) -> int:
        return grants.stop_lost_copies(tx, "abc", NOW)

    assert write(store, stop) == 0
    fill(store, directory(group("ga", A1)))
    assert write(store, stop) == 1
    with store.read() as conn:
        assert [one.state for one in outbox.letters(conn, "abc", number=10_001)] == [LetterState.STOPPED]
