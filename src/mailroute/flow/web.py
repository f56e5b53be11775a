"""What people do on our pages, each one transaction: write a message, mark as read, choose how they read along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from mailroute.clock import Clock
from mailroute.errors import Conflict
from mailroute.flow.receive import note, receive
from mailroute.flow.site import Office, Site
from mailroute.intake.web import Written, delivery_of
from mailroute.model import limits
from mailroute.model.decision import Decision
from mailroute.model.mail import Receipt
from mailroute.model.reply_tag import message_id
from mailroute.model.ticket import Party, Ticket
from mailroute.model.tokens import Keyring, reply_token
from mailroute.routing.reading import NotRead, decide_read
from mailroute.store.apply import apply
from mailroute.store.choices import Choice, choose, note_seen
from mailroute.store.engine import Connection, Store
from mailroute.store.facts import gather_for_ticket


def write_message(written: Written, store: Store, site: Site, clock: Clock, peer: str) -> Receipt:
    """Keep what somebody wrote; from here it walks the path of every mail. Raises TryLater, Refused."""
    delivery = delivery_of(written, clock(), peer)
    receipt = receive(delivery, store, site.inboxes).result()
    note(delivery, receipt)
    return receipt


def opens(ticket: Ticket, address: str, keyring: Keyring, serial: str) -> str:
    """The Message-ID that, answered by `address` (folded), leads into the ticket: as good as their reply address."""
    token = reply_token(keyring, ticket.organisation, ticket.number, address)
    return message_id(ticket.number, token, f"web-{serial}", ticket.inbox.rpartition("@")[2])


def mark_read(party: Party, number: int, office: Office, store: Store, clock: Clock) -> NotRead | None:
    """Note that they have read it without answering (REQ-B5); None: done. Commits.

    Raises Conflict if the ticket never stood still, TryLater if the store is gone.
    """
    organisation = office.ruleset.organisation.id
    for _ in range(limits.CONFLICTS_BEFORE_RETRY):
        now = clock()
        with store.read() as conn:
            facts = gather_for_ticket(conn, organisation, number, party.address)
        decision = decide_read(facts, party, office.rules, now)
        if isinstance(decision, NotRead):
            return decision
        try:
            store.write(_marking(decision, party.address, now)).result()
        except Conflict:
            continue
        return None
    raise Conflict("the ticket kept changing")


def _marking(decision: Decision, address: str, now: datetime) -> Callable[[Connection], None]:
    """The mark, and that they have seen it, in one transaction."""
    number, version = decision.number, decision.expects_version
    assert number is not None
    assert version is not None

    def work(tx: Connection) -> None:
        apply(tx, decision, (), cause=f"w{number}-{version}", intake=None, timer=None, now=now)
        note_seen(tx, decision.organisation, address, number, version + 1)

    return work


def see(address: str, ticket: Ticket, store: Store) -> None:
    """They have the ticket before them as it is now. Commits, only where that is news."""
    store.write(
        lambda tx: note_seen(tx, ticket.organisation, address, ticket.number, ticket.version)
    ).result()


def choose_for_themselves(address: str, organisation: str, choice: Choice, store: Store) -> None:
    """Keep when they want copies, and in which language they read. Commits."""
    store.write(lambda tx: choose(tx, organisation, address, choice)).result()
