"""Every ruleset that was ever active, by its hash, and which one is now. Its directory becomes rows with it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, bindparam, func, insert, select, update

from mailroute.model.directory import Directory
from mailroute.model.ruleset import Ruleset
from mailroute.store.codec import dumps, loads_any
from mailroute.store.columns import insert_or_skip
from mailroute.store.directory import replace_directory
from mailroute.store.grants import stop_lost_copies
from mailroute.store.ready import Ready
from mailroute.store.tables import FIRST_TICKET_NUMBER, activation, meta, organisation, ruleset

_Files = tuple[tuple[str, str], ...]
_ACTIVE_OF = select(organisation.c.active_ruleset).where(organisation.c.id == bindparam("org"))
_LAST_NOTE = (
    select(activation.c.outcome, activation.c.note)
    .where(activation.c.organisation_id == bindparam("org"))
    .order_by(activation.c.id.desc())
    .limit(1)
)
_DIGEST = Ready(select(meta.c.value).where(meta.c.name == bindparam("name")))


class ActivationOutcome(StrEnum):
    """What became of rules that somebody wanted to be active."""

    ACTIVE = "active"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Activation:
    """One entry of `mailroute rules log`. `ruleset` is None for rules that were refused."""

    organisation: str
    at: datetime
    outcome: ActivationOutcome
    ruleset: str | None
    note: str


def activate(
    tx: Connection, new: Ruleset, directory: Directory, now: datetime, *, digest: str = "", effect: str = ""
) -> None:
    """Make this the ruleset of its organisation, and the directory what the database knows of it: all or nothing.

    `digest` names the files that the directory was read from; if they are the ones of last time, its rows stay:
    writing 100,000 contracts anew takes seconds in which no door can say 250. "" is never the same as before. `effect` is
    noted beside new rules: what they change.
    """
    org = new.organisation.id
    dialect = tx.dialect.name
    tx.execute(
        insert_or_skip(dialect, ruleset, "organisation_id", "hash"),
        {
            "organisation_id": org,
            "hash": new.hash,
            "first_activated_at": now,
            "files": dumps(new.files, _Files),
        },
    )
    row = {"id": org, "next_number": FIRST_TICKET_NUMBER}
    tx.execute(insert_or_skip(dialect, organisation, "id"), row)
    before = tx.execute(_ACTIVE_OF, {"org": org}).scalar()
    rules = f"rules; {effect}" if effect else "rules"
    tx.execute(
        update(organisation).where(organisation.c.id == org).values(active_ruleset=new.hash, activated_at=now)
    )
    if not _remembered(tx, org, digest or f"as of {now.isoformat()}") or not digest:
        replace_directory(tx, org, directory, now)
        stop_lost_copies(tx, org, now)
        _note(tx, org, ActivationOutcome.ACTIVE, now, new.hash, rules if before != new.hash else "directory")
    elif before != new.hash:
        _note(tx, org, ActivationOutcome.ACTIVE, now, new.hash, rules)


def note_refusal(tx: Connection, org: str, mistakes: str, now: datetime) -> bool:
    """Remember that rules were refused; False if the last entry says the very same."""
    last = tx.execute(_LAST_NOTE, {"org": org}).first()
    if last is not None and (last.outcome, last.note) == (ActivationOutcome.REFUSED.value, mistakes):
        return False
    _note(tx, org, ActivationOutcome.REFUSED, now, None, mistakes)
    return True


def last_activation(conn: Connection, org: str) -> int:
    """The entry of the log that made an organisation's rules or directory the active ones; 0 before the first."""
    wanted = select(func.max(activation.c.id)).where(
        activation.c.organisation_id == org, activation.c.outcome == ActivationOutcome.ACTIVE.value
    )
    return conn.execute(wanted).scalar() or 0


def _note(
    tx: Connection, org: str, outcome: ActivationOutcome, now: datetime, hash_: str | None, note: str
) -> None:
    row = {"organisation_id": org, "at": now, "outcome": outcome.value, "ruleset": hash_, "note": note}
    tx.execute(insert(activation), row)


def activations(conn: Connection, org: str | None = None, limit: int = 50) -> tuple[Activation, ...]:
    """What was made active or refused, newest first."""
    wanted = select(activation).order_by(activation.c.id.desc()).limit(limit)
    if org is not None:
        wanted = wanted.where(activation.c.organisation_id == org)
    return tuple(
        Activation(row.organisation_id, row.at, ActivationOutcome(row.outcome), row.ruleset, row.note)
        for row in conn.execute(wanted)
    )


def known_rulesets(conn: Connection, prefix: str) -> tuple[tuple[str, str], ...]:
    """(organisation, hash) of every ruleset that was ever active and whose hash begins so."""
    wanted = select(ruleset.c.organisation_id, ruleset.c.hash).where(
        ruleset.c.hash.startswith(prefix, autoescape=True)
    )
    return tuple((row.organisation_id, row.hash) for row in conn.execute(wanted))


def _remembered(tx: Connection, org: str, digest: str) -> bool:
    """Whether these files were written last time; from now on they were."""
    name = _digest_name(org)
    known = directory_digest(tx, org)
    if known is None:
        tx.execute(insert(meta).values(name=name, value=digest))
    elif known != digest:
        tx.execute(update(meta).where(meta.c.name == name).values(value=digest))
    return known == digest


def _digest_name(org: str) -> str:
    return f"directory of {org}"


def directory_digest(conn: Connection, org: str) -> str | None:
    """What names the present directory of an organisation: another one is another directory. None: it has none."""
    row = _DIGEST.first(conn, name=_digest_name(org))
    return row.value if row else None


def active(conn: Connection) -> tuple[tuple[str, str], ...]:
    """(organisation, hash) of every organisation that has a ruleset."""
    rows = conn.execute(
        select(organisation.c.id, organisation.c.active_ruleset)
        .where(organisation.c.active_ruleset.is_not(None))
        .order_by(organisation.c.id)
    )
    return tuple((row.id, row.active_ruleset) for row in rows)


def active_at(conn: Connection, org: str, at: datetime) -> str | None:
    """The hash of the ruleset that was active at that moment; None before the first."""
    wanted = (
        select(activation.c.ruleset)
        .where(
            activation.c.organisation_id == org,
            activation.c.outcome == ActivationOutcome.ACTIVE.value,
            activation.c.at <= at,
        )
        .order_by(activation.c.id.desc())
        .limit(1)
    )
    name: str | None = conn.execute(wanted).scalar()
    return name


def files(conn: Connection, org: str, hash_: str) -> tuple[tuple[str, str], ...]:
    """(name, text) of every file of a ruleset, so that it can be read again; () if it is not known."""
    text = conn.execute(
        select(ruleset.c.files).where(ruleset.c.organisation_id == org, ruleset.c.hash == hash_)
    ).scalar()
    found: _Files = loads_any(text, _Files) if text else ()
    return found
