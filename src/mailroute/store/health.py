"""What `mailroute doctor` asks the database about itself."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, func, select

from mailroute.store.tables import mail


def version(conn: Connection) -> tuple[str, tuple[int, ...]]:
    """("sqlite" or "postgresql", its version)."""
    name = conn.dialect.name
    found = conn.dialect.server_version_info or ()
    if name == "sqlite":
        text = conn.execute(select(func.sqlite_version())).scalar_one()
        found = tuple(int(part) for part in text.split("."))
    return name, tuple(int(part) for part in found)


def newest_mail(conn: Connection) -> datetime | None:
    """When the newest mail came in; None if there is none."""
    return conn.execute(select(func.max(mail.c.received_at))).scalar()
