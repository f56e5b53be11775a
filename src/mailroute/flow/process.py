"""From a claimed mail to its effects: parse → locate → gather → decide → compose, then transaction 2 (design §4).

`prepare` only reads and may be run in another process; what it returns is written by one function of the writer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import zip_longest
from typing import Protocol

from mailroute import log
from mailroute.clock import Clock
from mailroute.errors import Broken, Conflict, TryLater
from mailroute.flow.failpoints import crash_point
from mailroute.flow.pages import leading
from mailroute.flow.site import Office, Site
from mailroute.flow.stored import StoredMails
from mailroute.flow.unwritten import Unwritten
from mailroute.message.parse import parse
from mailroute.model import limits
from mailroute.model.decision import Decision
from mailroute.model.facts import Facts
from mailroute.model.letter import Letter, Notice
from mailroute.model.message import Message
from mailroute.notify.compose import compose
from mailroute.routing.child import may_be_asked
from mailroute.routing.decide import decide_mail
from mailroute.routing.locate import locate
from mailroute.routing.work import Mail
from mailroute.store.apply import AlreadyDecided, Applied, apply
from mailroute.store.codec import dumps
from mailroute.store.engine import Connection, Store
from mailroute.store.facts import gather
from mailroute.store.fates import release
from mailroute.store.mails import Claimed, claim_intakes
from mailroute.store.neighbours import with_neighbours

LEASE = timedelta(minutes=5)
BATCH = 50

# Decided mails wait for each other until there are so many, or until no further one is claimed: writing them one by
# one costs 1.05 ms CPU a mail, by tens 0.75 ms (measured on two cores, see tests/bench).
TOGETHER = 10

# How long a mail rests after its first, second and third failed attempt.
_RETRY_AFTER = (timedelta(seconds=1), timedelta(seconds=30), timedelta(minutes=5))


@dataclass(frozen=True, slots=True)
class Prepared:
    """A decided mail with its finished letters: everything transaction 2 writes.

    `facts_note` is what the decision was built on, so that it can be replayed (design §4, step 6).
    """

    claimed: Claimed
    decision: Decision
    letters: tuple[Letter, ...]
    facts_note: str


def claim(store: Store, owner: str, now: datetime, limit: int = BATCH) -> tuple[Claimed, ...]:
    """Claim mails for `owner`, at most one per organisation and sender. Commits its own small transaction."""
    claims = store.write(
        lambda tx: claim_intakes(tx, owner=owner, now=now, lease=LEASE, limit=limit)
    ).result()
    for intake, reason in claims.held:
        log.emit("held", mail=f"m{intake}", reason=reason)
    if claims.taken:
        crash_point("mails-claimed")
    return claims.taken


def prepare(conn: Connection, claimed: Claimed, site: Site, now: datetime) -> Prepared:
    """Read, decide, compose. Changes nothing. `conn` is one read snapshot."""
    office = site.offices[claimed.envelope.organisation]
    message, facts, decision = decide(conn, claimed, site, now)
    cause = f"m{claimed.envelope.intake_id}"
    letters = letters_of(conn, decision, office, site, cause=cause, now=now, passed_through=message.instances)
    bare = replace(claimed, content=b"")
    return Prepared(bare, decision, letters, dumps(facts.own, Facts))


def decide(conn: Connection, claimed: Claimed, site: Site, now: datetime) -> tuple[Message, Facts, Decision]:
    """What follows from these bytes, with the facts of this snapshot."""
    trust = site.trust
    envelope = replace(claimed.envelope, borders=trust.borders)
    borders = trust.borders_behind(envelope.door, envelope.peer)
    message = parse(claimed.content, borders=borders, forwarders=trust.forwarders, keys=site.keys)
    keys = locate(message, envelope)
    author = message.author.key if message.author else None
    facts = gather(
        conn,
        keys,
        envelope,
        author=author,
        keyring=site.keyring,
        content_key=claimed.content_key,
        fresh_number=claimed.fresh_number,
        now=now,
        names=site.names.of(conn, envelope.organisation),
        original_message_id=message.bounce.original_message_id if message.bounce else None,
    )
    rules = site.offices[envelope.organisation].rules
    facts = with_neighbours(conn, facts, may_be_asked(rules, facts.ticket))
    return message, facts, decide_mail(Mail(envelope, message, keys), facts, rules, now)


def letters_of(
    conn: Connection,
    decision: Decision,
    office: Office,
    site: Site,
    *,
    cause: str,
    now: datetime,
    passed_through: tuple[str, ...] = (),
) -> tuple[Letter, ...]:
    """The finished letters of a decision, each by the office of its ticket; attachments and earlier words are taken from
    the stored mails.

    `passed_through` are the mailroutes that the mail came through.
    """
    organisations = tuple(
        dict.fromkeys((decision.organisation, *(one.organisation for one in decision.beside)))
    )
    mails = StoredMails(conn, organisations)
    letters: list[Letter] = []
    for organisation in organisations:
        here = office if organisation == decision.organisation else site.offices[organisation]
        notices = [one for one in decision.notices if _organisation_of(one, decision) == organisation]
        if site.web_url:
            notices = [leading(conn, one, decision.changes, here, now) for one in notices]
        composed = compose(
            notices,
            ruleset=here.ruleset,
            templates=here.templates,
            keyring=site.keyring,
            cause=cause,
            now=now,
            attachments=mails.files,
            texts=mails.text,
            passed_through=passed_through,
            web_url=site.web_url,
        )
        letters += composed.letters
        for skipped in composed.skipped:
            log.emit("no-letter", cause=cause, template=skipped.notice.template.value, why=skipped.why)
        for fault in composed.faults:
            log.emit("template-fault", file=fault.file, line=fault.line, error=fault.message)
    return tuple(letters)


def _organisation_of(notice: Notice, decision: Decision) -> str:
    return notice.ticket.organisation if notice.ticket is not None else decision.organisation


def commit(store: Store, prepared: Prepared, now: datetime) -> Future[Applied]:
    """Give transaction 2 to the writer. The future raises Conflict if the facts have changed since."""
    intake = prepared.claimed.envelope.intake_id

    def work(tx: Connection) -> Applied:
        applied = apply(
            tx,
            prepared.decision,
            prepared.letters,
            cause=f"m{intake}",
            intake=intake,
            timer=None,
            facts_note=prepared.facts_note,
            now=now,
        )
        crash_point("applied-not-committed")
        return applied

    return store.write(work)


class Prepares(Protocol):
    """What reads and decides: here, or in another process."""

    def __call__(self, claimed: Claimed, following: Claimed | None = None) -> Prepared:
        """Prepare one mail. `following` is the one that is asked for next: another process may begin with it."""


def process_batch(
    store: Store, claimed: Sequence[Claimed], prepare_one: Prepares, clock: Clock, unwritten: Unwritten
) -> int:
    """Decide and write a batch; the writer commits many at once. Returns how many were decided.

    A mail that fails is released for a later attempt and never stops the others: here and in `_finish` stands
    the worker loop's `except Exception` (design §11), once for deciding and once for writing.
    """
    under_way: list[tuple[Claimed, Future[Applied]]] = []
    ready: list[tuple[Claimed, Prepared]] = []
    for one, following in zip_longest(claimed, claimed[1:]):
        try:
            ready.append((one, prepare_one(one, following)))
            crash_point("prepared")
        except Exception as error:  # noqa: BLE001 - the worker loop (design §11): no mail may stop the others
            _failed(unwritten, one, error, clock())
        if len(ready) == TOGETHER or following is None:
            under_way += _commit_all(store, ready, clock, unwritten)
            ready = []
    decided = sum(_finish(store, one, future, prepare_one, clock, unwritten) for one, future in under_way)
    unwritten.settle()
    return decided


def _commit_all(
    store: Store, ready: Sequence[tuple[Claimed, Prepared]], clock: Clock, unwritten: Unwritten
) -> Iterator[tuple[Claimed, Future[Applied]]]:
    """Give several transactions 2 to the writer at once: it then commits them with one fsync."""
    for claimed, prepared in ready:
        try:
            yield claimed, commit(store, prepared, clock())
        except TryLater as error:
            _failed(unwritten, claimed, error, clock())


def _finish(
    store: Store,
    claimed: Claimed,
    future: Future[Applied],
    prepare_one: Prepares,
    clock: Clock,
    unwritten: Unwritten,
) -> bool:
    """Wait for the commit; whether the mail was decided. One that fails is released for a later attempt."""
    try:
        return _decided(store, claimed, future, prepare_one, clock)
    except Exception as error:  # noqa: BLE001 - the worker loop (design §11): no mail may stop the others
        _failed(unwritten, claimed, error, clock())
        return False


def _decided(
    store: Store, claimed: Claimed, future: Future[Applied], prepare_one: Prepares, clock: Clock
) -> bool:
    """Wait for the commit; on a conflict decide again from fresh facts. False: another daemon has decided it.

    Raises what deciding or writing raised, Conflict if the ticket never stood still.
    """
    for _ in range(limits.CONFLICTS_BEFORE_RETRY):
        try:
            applied = future.result()
        except AlreadyDecided:
            return False
        except Conflict:
            log.emit("conflict", mail=f"m{claimed.envelope.intake_id}")
            future = commit(store, prepare_one(claimed), clock())
            continue
        log.emit("decided", mail=f"m{claimed.envelope.intake_id}", ticket=applied.number or "-")
        crash_point("decided")
        return True
    raise Conflict("the ticket kept changing")


def _failed(unwritten: Unwritten, claimed: Claimed, error: Exception, now: datetime) -> None:
    """Let the mail rest and be claimed again.

    TryLater speaks of the world and costs the mail none of its attempts.
    """
    name = type(error).__name__
    log.emit("attempt-failed", mail=f"m{claimed.envelope.intake_id}", attempt=claimed.attempts, error=name)
    rest = _RETRY_AFTER[min(claimed.attempts, len(_RETRY_AFTER)) - 1]
    reason = f"{name}: {error}" if isinstance(error, TryLater | Broken | Conflict) else name
    intake = claimed.envelope.intake_id
    counts = not isinstance(error, TryLater)

    def work(tx: Connection) -> None:
        if release(tx, intake, claimed.attempts, error=reason, now=now, retry_at=now + rest, counts=counts):
            log.emit("held", mail=f"m{intake}", reason=reason)

    unwritten.write(work)
