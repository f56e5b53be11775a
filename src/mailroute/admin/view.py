"""The stable shapes that commands print as JSON (design §9): missing values are null, never a missing key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from mailroute.model.agenda import Task
from mailroute.model.decision import Decision, Routing, Step
from mailroute.model.letter import Letter, LetterState
from mailroute.model.ticket import Ticket
from mailroute.store.mails import QueueRow
from mailroute.store.outbox import OutboxRow
from mailroute.store.traffic import Storm


def decision_view(file: str, decision: Decision, letters: Sequence[Letter]) -> dict[str, Any]:
    """One object of `mailroute explain --json`."""
    ticket = decision.ticket
    return {
        "file": file,
        "disposition": decision.disposition.value,
        **routing_view(decision.routing, ticket),
        # A new ticket has no number before it is opened.
        "ticket": f"T-{decision.number}"
        if decision.number is not None and decision.expects_version
        else None,
        "organisation": decision.organisation,
        "letters": [letter_view(one) for one in letters],
        "trace": trace_view(decision.trace),
        "ruleset": decision.ruleset,
    }


def routing_view(routing: Routing | None, ticket: Ticket | None) -> dict[str, Any]:
    """What was found out on the way; for a mail that joined a ticket, what the ticket says."""
    sender = routing.sender if routing else None
    matched = routing.matched if routing else None
    classified = routing.classified if routing else None
    assignment = routing.assignment if routing else None
    deadlines = routing.deadlines if routing else None
    return {
        "sender": sender
        and {
            "kind": sender.party.kind.value,
            "id": sender.party.id,
            "name": sender.party.name or None,
            "address": sender.party.address or None,
            "assurance": sender.assurance.value,
        },
        "property": matched.property if matched else ticket.place.property if ticket else None,
        "unit": matched.unit if matched else ticket.place.unit if ticket else None,
        "contract": matched.contract if matched else ticket.place.contract if ticket else None,
        "candidates": [
            {
                "kind": one.kind,
                "id": one.id,
                "score": one.score,
                "because": one.because,
                "rule": one.rule,
            }
            for one in (matched.candidates if matched else ())
        ],
        "case_type": classified.case_type if classified else ticket.case_type if ticket else None,
        "case_types": [
            {"id": one.id, "score": one.score, "because": one.because}
            for one in (classified.scores if classified else ())
        ],
        # With `likely` it is the emergency that the mail may be, or whose role is clear though the case type is not.
        "emergency": classified.emergency if classified else None,
        "likely": classified.likely if classified else None,
        "urgency": classified.urgency if classified else ticket.urgency if ticket else None,
        "role": assignment.role if assignment else ticket.role if ticket else None,
        "assignee": assignment.assignee if assignment else ticket.assignee if ticket else None,
        "via": assignment.via if assignment else None,
        "informed": list(assignment.informed) if assignment else [],
        "deadlines": deadlines
        and {
            "accept_by": moment(deadlines.accept_by),
            "remind_every": deadlines.remind_every_s,
            "escalate_at": moment(deadlines.escalate_at),
        },
    }


def letter_view(letter: Letter) -> dict[str, Any]:
    """A letter as `letters[]` shows it."""
    return {"template": letter.template.value, "to": letter.to.address, "subject": letter.subject}


def trace_view(trace: Sequence[Step]) -> list[dict[str, Any]]:
    """The explanation, line by line."""
    return [
        {"station": step.station.value, "verdict": step.verdict, "because": step.because, "rule": step.rule}
        for step in trace
    ]


def queue_row_view(row: QueueRow) -> dict[str, Any]:
    """A mail of `mailroute queue` and `held`. `mail` is what `mailroute retry` takes."""
    return {
        "mail": f"m{row.intake_id}",
        "organisation": row.organisation,
        "inbox": row.inbox,
        "from": row.mail_from,
        "received_at": moment(row.received_at),
        "size": row.size_bytes,
        "state": row.state.value,
        "attempts": row.attempts,
        "error": row.error or None,
    }


def storm_view(one: Storm) -> dict[str, Any]:
    """Something of which `mailroute queue` says that staff hear of it no more, until a moment."""
    return {
        "muted": one.scope.value,
        "organisation": one.organisation,
        "key": one.key or None,
        "came": one.happened,
        "told_of": one.allowed,
        "until": moment(one.until),
        "ticket": f"T-{one.number}" if one.number is not None else None,
    }


def letter_row_view(row: OutboxRow) -> dict[str, Any]:
    """A letter of `mailroute queue`, with the relay's last words."""
    return {
        "letter": row.id,
        "organisation": row.organisation,
        "ticket": f"T-{row.number}" if row.number is not None else None,
        "template": row.template,
        "to": row.to_address,
        "subject": row.subject,
        "state": row.state.value,
        "attempts": row.attempts,
        "next_at": moment(row.due_at) if row.state is LetterState.WAITING else None,
        "reply": row.last_reply or None,
    }


def ticket_view(ticket: Ticket) -> dict[str, Any]:
    """One object of `mailroute ticket list --json`."""
    return {
        "ticket": ticket.label,
        "organisation": ticket.organisation,
        "status": ticket.status.value,
        "subject": ticket.subject,
        "case_type": ticket.case_type,
        "feared": ticket.feared,
        "urgency": ticket.urgency,
        "role": ticket.role,
        "assignee": ticket.assignee,
        "waits_for": ticket.waits_for and {"kind": ticket.waits_for[0].value, "id": ticket.waits_for[1]},
        "partner_due": moment(ticket.partner_due),
        "property": ticket.place.property,
        "unit": ticket.place.unit,
        "contract": ticket.place.contract,
        "reporter": {
            "kind": ticket.reporter.kind.value,
            "name": ticket.reporter.name,
            "address": ticket.reporter.address,
        },
        "opened_at": moment(ticket.opened_at),
        "changed_at": moment(ticket.changed_at),
        "closed_at": moment(ticket.closed_at),
    }


def task_view(task: Task, now: datetime) -> dict[str, Any]:
    """One object of `mailroute agenda --json`. `late`: reminders were needed, or its time is over."""
    late = task.ticket.reminders > 0 or (task.due is not None and task.due < now)
    waits_for = task.ticket.waits_for
    return {
        "who": waits_for[1] if waits_for else None,
        "due": moment(task.due),
        "late": late,
        **{name: ticket_view(task.ticket)[name] for name in ("ticket", "organisation", "status", "subject")},
        "case_type": task.ticket.case_type,
        "reminders": task.ticket.reminders,
        "lent_by": task.ticket.lent_by,
    }


def moment(at: datetime | None) -> str | None:
    """ISO 8601 with offset, or None."""
    return at.isoformat(timespec="seconds") if at else None
