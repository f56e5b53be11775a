"""Remember that changed rules were refused, and tell whoever looks after them: once per distinct set of mistakes.

One transaction: the note for `mailroute rules log` and the letters are written together, by the rules that stay active.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from mailroute.errors import Diagnostic, RulesetInvalid
from mailroute.flow.process import letters_of
from mailroute.flow.site import Office, Site
from mailroute.model.decision import Disposition
from mailroute.model.letter import Line, Notice, Template
from mailroute.model.reply_tag import letter_id
from mailroute.model.ruleset import Staff
from mailroute.model.ticket import RULE
from mailroute.routing.daily import administrators
from mailroute.routing.work import Work, local_day, staff_party
from mailroute.store.apply import apply
from mailroute.store.engine import Connection, Store
from mailroute.store.outbox import was_written
from mailroute.store.rulesets import last_activation, note_refusal

# The first mistakes say enough: a column is no log file, and a letter no report.
_MISTAKES_KEPT = 20
_MISTAKES_TOLD = 5


def remember_refusal(store: Store, site: Site, error: RulesetInvalid, now: datetime) -> None:
    """Note the mistakes for every organisation of the site, and write to its administrators. Commits.

    Which organisation's files are wrong is not asked: a reload takes all of them or none.
    """
    mistakes = [one for one in error.diagnostics if one.level == "error"]
    note = "\n".join(str(one) for one in mistakes[:_MISTAKES_KEPT])
    if len(mistakes) > _MISTAKES_KEPT:
        note += f"\n… and {len(mistakes) - _MISTAKES_KEPT} more"

    def write(tx: Connection) -> None:
        for org, office in site.offices.items():
            if note_refusal(tx, org, note, now):
                _tell(tx, office, site, mistakes, now)

    store.write(write).result()


def _tell(tx: Connection, office: Office, site: Site, mistakes: Sequence[Diagnostic], now: datetime) -> None:
    org = office.ruleset.organisation.id
    cause = _cause(mistakes, org, last_activation(tx, org))
    if was_written(tx, letter_id(org, cause, 1)):
        return
    work = Work(office.rules, org, RULE, now)
    for staff in administrators(office.ruleset, local_day(office.ruleset, now)):
        work.tell(_notice(staff, mistakes))
    decision = work.decision(Disposition.COMMAND)
    letters = letters_of(tx, decision, office, site, cause=cause, now=now)
    apply(tx, decision, letters, cause=cause, intake=None, timer=None, now=now)


def _cause(mistakes: Sequence[Diagnostic], org: str, activated: int) -> str:
    """The same for the same mistakes, wherever their lines have moved to, until rules have been activated again."""
    said = sorted(f"{one.code} {one.file} {one.message}" for one in mistakes)
    return f"r{sha256(repr((org, activated, said)).encode()).hexdigest()[:12]}"


def _notice(staff: Staff, mistakes: Sequence[Diagnostic]) -> Notice:
    lines = tuple(
        Line(f"{one.file}:{one.line} ({one.code})", f"{one.message}. {one.remedy}".strip(), False)
        for one in mistakes[:_MISTAKES_TOLD]
    )
    return Notice(
        Template.RULES_REFUSED,
        staff_party(staff),
        staff.language,
        None,
        reason=str(len(mistakes)),
        lines=lines,
    )
