"""The rules as they were at a past moment, so that a mail can be explained as it would have been decided then.

Only the rules have a history; properties, people, contracts and grants are those of today, each with its own first and last day.
"""

from __future__ import annotations

from datetime import datetime

from mailroute.admin.inside import looking
from mailroute.admin.rollback import directory_of
from mailroute.errors import TryLater
from mailroute.rules import Loaded, load_files, read_files
from mailroute.rules.files import is_directory_file
from mailroute.settings import Settings
from mailroute.store.rulesets import active, active_at, files


def rules_then(settings: Settings, at: datetime) -> tuple[Loaded, ...]:
    """What was active at that moment, one per organisation; () if there are no books, or nothing was active yet.

    Raises RulesetInvalid if the rules of then do not fit the directory of today, Impossible if that cannot be found.
    """
    try:
        with looking(settings) as conn:
            named = {org: active_at(conn, org, at) for org, _ in active(conn)}
            then = {org: files(conn, org, name) for org, name in named.items() if name is not None}
    except TryLater:
        return ()
    return tuple(
        load_files(
            [*texts, *(one for one in read_files(directory_of(settings, org)) if is_directory_file(one[0]))]
        )
        for org, texts in then.items()
    )
