"""Every ruleset that was ever active, by its hash, and which one is now. Its directory becomes rows with it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, bindparam, insert, select, update

from mailroute.model.directory import Directory
from mailroute.model.ruleset import Ruleset
from mailroute.store.codec import dumps, loads_any
from mailroute.store.columns import insert_or_skip
from mailroute.store.directory import replace_directory
from mailroute.store.tables import FIRST_TICKET_NUMBER, meta, organisation, ruleset

_Files = tuple[tuple[str, str], ...]
_DIGEST = select(meta.c.value).where(meta.c.name == bindparam("name"))


def activate(tx: Connection, new: Ruleset, directory: Directory, now: datetime, *, digest: str = "") -> None:
    """Make this the ruleset of its organisation, and the directory what the database knows of it: all or nothing.

    `digest` names the files that the directory was read from; if they are the ones of last time, its rows stay:
    writing 100,000 contracts anew takes seconds in which no door can say 250. "" is never the same as before.
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
    tx.execute(
        update(organisation).where(organisation.c.id == org).values(active_ruleset=new.hash, activated_at=now)
    )
    if not _remembered(tx, org, digest or f"as of {now.isoformat()}") or not digest:
        replace_directory(tx, org, directory, now)


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
    found: str | None = conn.execute(_DIGEST, {"name": _digest_name(org)}).scalar()
    return found


def active(conn: Connection) -> tuple[tuple[str, str], ...]:
    """(organisation, hash) of every organisation that has a ruleset."""
    rows = conn.execute(
        select(organisation.c.id, organisation.c.active_ruleset)
        .where(organisation.c.active_ruleset.is_not(None))
        .order_by(organisation.c.id)
    )
    return tuple((row.id, row.active_ruleset) for row in rows)


def files(conn: Connection, org: str, hash_: str) -> tuple[tuple[str, str], ...]:
    """(name, text) of every file of a ruleset, so that it can be read again; () if it is not known."""
    text = conn.execute(
        select(ruleset.c.files).where(ruleset.c.organisation_id == org, ruleset.c.hash == hash_)
    ).scalar()
    found: _Files = loads_any(text, _Files) if text else ()
    return found
