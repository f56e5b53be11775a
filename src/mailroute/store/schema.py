"""Which version the tables have, and how they come to this one. Alembic (2 s to import) only where it is needed."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine, inspect, text

from mailroute.errors import SettingsInvalid
from mailroute.store.tables import metadata

# Every revision in migrations/versions, oldest first; a test holds the two equal.
REVISIONS = ("0001",)
HEAD = REVISIONS[-1]

_MIGRATIONS = Path(__file__).parent / "migrations"


def version(engine: Engine) -> str | None:
    """The revision that the database has, None if it is empty."""
    with engine.connect() as conn:
        if not inspect(conn).has_table("alembic_version"):
            return None
        found: str | None = conn.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return found


def require_current(engine: Engine) -> None:
    """Raise SettingsInvalid, with what to do, unless the schema is the one this program was written for."""
    found = version(engine)
    if found == HEAD:
        return
    _refuse_newer(found)
    raise SettingsInvalid(
        ("The database has the tables of an older mailroute: `mailroute serve` brings them up to date.",)
        if found
        else ("The database is empty: `mailroute serve` makes its tables.",)
    )


def upgrade(engine: Engine) -> None:
    """Bring the database to HEAD; an empty one gets the tables at once, without Alembic. Commits."""
    found = version(engine)
    if found == HEAD:
        return
    _refuse_newer(found)
    if found is None:
        create(engine)
    else:
        upgrade_by_revisions(engine)


def upgrade_by_revisions(engine: Engine) -> None:
    """Run every revision that the database does not have yet, in one transaction."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    with engine.begin() as conn:
        config.attributes["connection"] = conn
        command.upgrade(config, HEAD)


def create(engine: Engine) -> None:
    """Make all tables in an empty database and say which revision they are. One transaction."""
    with engine.begin() as conn:
        # Two daemons may start on an empty server at once: the second waits here, and finds everything done.
        if conn.dialect.name == "postgresql":
            conn.execute(text("SELECT pg_advisory_xact_lock(5117219)"))
            if inspect(conn).has_table("alembic_version"):
                return
        # It is empty: forty questions for its tables need not be asked.
        metadata.create_all(conn, checkfirst=False)
        conn.execute(
            text(
                "CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL CONSTRAINT alembic_version_pkc PRIMARY KEY)"
            )
        )
        conn.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": HEAD})


def _refuse_newer(found: str | None) -> None:
    if found is not None and found not in REVISIONS:
        sentence = (
            f"A newer mailroute has written this database (its tables are {found}, this version knows up to {HEAD}). "
            "Install that version again; nothing was changed."
        )
        raise SettingsInvalid((sentence,))
