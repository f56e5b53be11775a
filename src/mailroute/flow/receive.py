"""Transaction 1: a delivery is on disk, or it is not ours. Only after this may a door say 250 (RFC 5321 §6.1)."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future

from mailroute import log
from mailroute.errors import Refused
from mailroute.flow.failpoints import crash_point
from mailroute.intake.imap import BlockingAccept
from mailroute.message.fingerprint import fingerprint
from mailroute.model.mail import Delivery, Receipt
from mailroute.routing.inboxes import Inboxes
from mailroute.store.engine import Connection, Store
from mailroute.store.mails import store_delivery


def receive(delivery: Delivery, store: Store, inboxes: Inboxes) -> Future[Receipt]:
    """Give a delivery to the writer; the future is resolved after the commit, which many deliveries share.

    The same content to the same recipients is stored once: the second Receipt names the first mail.
    Raises Refused if no recipient is ours. The future raises TryLater if the database cannot take it.
    """
    routes = [(route.organisation, route.inbox, route.rcpt_to) for route in inboxes.routes(delivery.rcpt_to)]
    if not routes:
        raise Refused("550 5.1.1 no such recipient here")
    delivery_key, content_key = fingerprint(delivery.content, delivery.rcpt_to, delivery.received_at)

    def work(tx: Connection) -> Receipt:
        receipt = store_delivery(
            tx, delivery, fingerprint=delivery_key, content_key=content_key, routes=routes
        )
        crash_point("stored-not-committed")
        return receipt

    return store.write(work)


def receiver(store: Store, inboxes: Callable[[], Inboxes], wake: Callable[[], None]) -> BlockingAccept:
    """The blocking form for doors that run in a thread (IMAP, files); `wake` tells the workers."""

    def accept(delivery: Delivery) -> Receipt:
        receipt = receive(delivery, store, inboxes()).result()
        note(delivery, receipt)
        wake()
        return receipt

    return accept


def note(delivery: Delivery, receipt: Receipt) -> None:
    """Log that a mail is on disk; every door that waited for the commit does."""
    log.emit("stored", mail=f"m{receipt.intake_id}", door=delivery.door.value, again=receipt.duplicate)
