"""What `mailroute probe` asks the books: has a mail come in since, with these words in it?"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from mailroute.store.tables import mail

# A probe is a few lines; what people attach need not be read for it.
_PROBE_BYTES = 200_000


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail as it came in, and by which door."""

    mail_id: int
    door: str
    content: bytes


def last_mail(conn: Connection) -> int:
    """The newest mail; 0 if there is none."""
    return conn.execute(select(func.max(mail.c.id))).scalar() or 0


def small_mails_after(conn: Connection, mail_id: int) -> tuple[Arrived, ...]:
    """The mails that came in after that one and are no longer than a probe, oldest first."""
    wanted = select(mail.c.id, mail.c.door, mail.c.content).where(
        mail.c.id > mail_id, mail.c.size_bytes < _PROBE_BYTES
    )
    rows = conn.execute(wanted.order_by(mail.c.id))
    return tuple(Arrived(row.id, row.door, bytes(row.content)) for row in rows)
