"""Which key signed what the database speaks of: a daemon with another key must not start."""

from __future__ import annotations

from sqlalchemy import Connection, insert, select, update

from mailroute.errors import SettingsInvalid
from mailroute.store.tables import meta

_NAME = "key fingerprint"


def remember_key(tx: Connection, fingerprint: str, *older: str) -> None:
    """Keep the fingerprint of the signing key. Raises SettingsInvalid if the database knows quite another one.

    `older` are the fingerprints of the keys that still verify: after a new key was put in front, one of them is
    what the database remembers, and from now on it remembers the new one.
    """
    known = tx.execute(select(meta.c.value).where(meta.c.name == _NAME)).scalar()
    if known == fingerprint:
        return
    if known is None:
        tx.execute(insert(meta).values(name=_NAME, value=fingerprint))
    elif known in older:
        tx.execute(update(meta).where(meta.c.name == _NAME).values(value=fingerprint))
    else:
        sentence = (
            f"The key file holds another key ({fingerprint}) than the one this database was written with ({known}): "
            "replies to letters already sent would not be recognised. Put the old key file back, "
            "or add the old key behind the new one."
        )
        raise SettingsInvalid((sentence,))
