"""Who reads account numbers in a letter? What customers write of theirs goes to nobody who need not know it (GDPR Art. 5)."""

from __future__ import annotations

from dataclasses import replace

from mailroute.model.address import address_key
from mailroute.model.ibans import without_ibans
from mailroute.model.letter import Notice, Template
from mailroute.model.ruleset import Ruleset
from mailroute.notify.values import Values

# Who is told of a ticket that is somebody else's.
_ONLOOKERS = frozenset((Template.INFORMED, Template.CONCERN))
# What somebody of ours, or the partner who has it, writes to its reader; an account in it is meant for them.
_WRITTEN_FOR_THE_READER = frozenset((
    Template.ANSWER, Template.CLOSED, Template.REOPENED, Template.EXTERNAL_ORDER, Template.EXTERNAL_CHANGES,
))  # fmt: skip


def hide_accounts(values: Values, notice: Notice, ruleset: Ruleset) -> Values:
    """The values without the account numbers of others, unless the reader works on a matter that needs them."""
    if _needs_them(notice, ruleset):
        return values
    reported = notice.ticket is not None and notice.to.address == notice.ticket.reporter.address
    return replace(
        values,
        subject=values.subject if reported else without_ibans(values.subject),
        text=values.text if _is_for_the_reader(notice) else without_ibans(values.text),
        messages=tuple(replace(one, text=without_ibans(one.text)) for one in values.messages),
        why=tuple(without_ibans(one) for one in values.why),
        candidates=tuple(without_ibans(one) for one in values.candidates),
        items=tuple(
            replace(one, head=without_ibans(one.head), words=without_ibans(one.words)) for one in values.items
        ),
    )


def _needs_them(notice: Notice, ruleset: Ruleset) -> bool:
    """Whether this is a letter to one of staff about a case type with `accounts`."""
    if not notice.to.is_staff or notice.ticket is None or notice.template in _ONLOOKERS:
        return False
    case_type = ruleset.case_type(notice.ticket.case_type)
    return case_type is not None and case_type.accounts


def _is_for_the_reader(notice: Notice) -> bool:
    """Whether the text is the reader's own, or one of ours wrote it. Without an author it is the reporter's."""
    author = notice.author or (notice.ticket.reporter if notice.ticket is not None else None)
    if author is None or author.is_staff or notice.template in _WRITTEN_FOR_THE_READER:
        return True
    return address_key(author.address) == address_key(notice.to.address)
