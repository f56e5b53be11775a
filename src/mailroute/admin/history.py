"""Why something happened to a ticket: what was decided on its day, with the trace of that day (design §8)."""

from __future__ import annotations

from typing import Any

from mailroute.admin.view import moment, routing_view, ticket_view, trace_view
from mailroute.model.ticket import Event, Ticket
from mailroute.store.engine import Connection
from mailroute.store.outbox import letters
from mailroute.store.rulesets import active
from mailroute.store.tickets import decision_of, events, ticket


def find(conn: Connection, organisation: str | None, number: int) -> Ticket | None:
    """The ticket with that number; without an organisation the only one that has it."""
    if organisation is not None:
        return ticket(conn, organisation, number)
    found = [ticket(conn, org, number) for org, _ in active(conn)]
    known = [one for one in found if one is not None]
    return known[0] if len(known) == 1 else None


def history(conn: Connection, organisation: str | None, number: int) -> list[dict[str, Any]]:
    """One object of `mailroute explain T-10428` for every decision about the ticket, oldest first."""
    found = find(conn, organisation, number)
    if found is None:
        return []
    sent = letters(conn, found.organisation, number=number)
    return [
        {
            "file": f"{found.label} {moment(one.at)} {one.cause}",
            "disposition": one.disposition.value,
            **routing_view(one.routing, found),
            "ticket": found.label,
            "organisation": found.organisation,
            "letters": [
                {"template": row.template, "to": row.to_address, "subject": row.subject}
                for row in sent
                if row.id.startswith(f"{found.organisation}-{one.cause}-")
            ],
            "trace": trace_view(one.trace),
            "ruleset": one.ruleset,
        }
        for one in decision_of(conn, organisation=found.organisation, number=number)
    ]


def ticket_history(conn: Connection, organisation: str | None, number: int) -> dict[str, Any] | None:
    """`mailroute ticket show`: the ticket, all its events, all its letters; None if there is none."""
    found = find(conn, organisation, number)
    if found is None:
        return None
    proofs = _proofs(conn, found)
    return {
        **ticket_view(found),
        "events": [
            _event_view(one, proofs.get(one.cause)) for one in events(conn, found.organisation, number)
        ],
        "letters": [
            {
                "letter": row.id,
                "template": row.template,
                "to": row.to_address,
                "subject": row.subject,
                "state": row.state.value,
                "reply": row.last_reply or None,
            }
            for row in letters(conn, found.organisation, number=number)
        ],
    }


def _proofs(conn: Connection, found: Ticket) -> dict[str, str]:
    """What proved who it was, for each cause that a person gave (REQ-D18)."""
    decided = decision_of(conn, organisation=found.organisation, number=found.number)
    return {one.cause: one.routing.sender.assurance.value for one in decided if one.routing is not None}


def _by(cause: str, proof: str | None) -> str:
    """By which message and proof: `mail m17, token`."""
    kinds = {"m": "mail", "t": "timer", "c": "command line", "w": "page"}
    kind = kinds.get(cause[:1], "")
    return " ".join(filter(None, (kind, "" if cause.startswith(("c", "w")) else cause))) + (
        f", {proof}" if proof else ""
    )


def _event_view(event: Event, proof: str | None) -> dict[str, Any]:
    actor = event.actor
    return {
        "seq": event.seq,
        "at": moment(event.at),
        "actor": actor.name or actor.address or actor.kind.value,
        "kind": event.change.kind,
        "what": _in_words(event),
        "cause": event.cause,
        "by": _by(event.cause, proof),
    }


def _in_words(event: Event) -> str:
    """The change and what it carries, in one line."""
    shown = (
        "partner",
        "due",
        "label",
        "stage",
        "on",
        "to",
        "by",
        "role",
        "reason",
        "text",
        "count",
        "case_type",
        "assignee",
        "address",
        "status",
        "why",
    )
    found = ((name, getattr(event.change, name, None)) for name in shown)
    values = [(name, ", ".join(value) if isinstance(value, tuple) else value) for name, value in found]
    return " ".join(
        [event.change.kind, *(f"{name}={value}" for name, value in values if value not in (None, "", 0))]
    )
