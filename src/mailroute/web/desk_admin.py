"""What administrators look after: holes in the rosters, the rules in force, what is stuck."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from mailroute.admin.acts import Act, carry_out
from mailroute.model.directory import Property
from mailroute.model.letter import LetterState
from mailroute.model.mail import IntakeState
from mailroute.routing.daily import holes
from mailroute.routing.presence import as_of
from mailroute.routing.work import local_day
from mailroute.store import mails, outbox
from mailroute.store.absences import absences
from mailroute.store.directory import all_properties
from mailroute.store.engine import Connection
from mailroute.store.rulesets import ActivationOutcome, activations
from mailroute.web.backroom import backroom, now, office, read
from mailroute.web.pages import page
from mailroute.web.visitor import administrator

_HOUSES_SHOWN = 20
_LOG_SHOWN = 30
_ROWS_SHOWN = 100
_STUCK = (LetterState.FAILED, LetterState.IN_DOUBT)


@dataclass(frozen=True, slots=True)
class HoleShown:
    """A role that nobody answers for at `count` properties, the first of them by name."""

    role: str
    count: int
    houses: tuple[Property, ...]
    away: bool


async def show_holes(request: Request) -> Response:
    """Roles that nobody answers for somewhere (REQ-E8), as of today."""
    visitor = await administrator(request)
    rules, at = office(request, visitor.organisation), now(request)

    def look(conn: Connection) -> list[HoleShown]:
        today = as_of(rules.rules, absences(conn, visitor.organisation), at).ruleset
        houses = all_properties(conn, visitor.organisation)
        return [
            HoleShown(
                rules.ruleset.role(one.role).name.in_language(visitor.language),
                len(one.properties),
                one.properties[:_HOUSES_SHOWN],
                one.away,
            )
            for one in holes(today, houses, local_day(today, at))
        ]

    return page(request, "desk-holes.html", holes=await read(request, look))


async def show_rules(request: Request) -> Response:
    """The active ruleset, what was made active or refused, and the last refusal as long as it holds."""
    visitor = await administrator(request)
    log = await read(request, lambda conn: activations(conn, visitor.organisation, _LOG_SHOWN))
    refused = log[0] if log and log[0].outcome is ActivationOutcome.REFUSED else None
    ruleset = office(request, visitor.organisation).ruleset
    return page(request, "desk-rules.html", ruleset=ruleset, log=log, refused=refused)


async def show_queue(request: Request) -> Response:
    """Mails that are held or not decided yet, and letters that have not left."""
    visitor = await administrator(request)
    org = visitor.organisation

    def look(conn: Connection) -> dict[str, object]:
        waiting = mails.queue(conn, org, _ROWS_SHOWN)
        return {
            "held": mails.held(conn, org, _ROWS_SHOWN),
            "waiting": [one for one in waiting if one.state is not IntakeState.HELD],
            "letters": outbox.letters(conn, org, limit=_ROWS_SHOWN),
        }

    done = request.query_params.get("done") == "1"
    return page(request, "desk-queue.html", 200, done=done, **await read(request, look))


async def retry(request: Request) -> Response:
    """Decide a held mail again, or send a letter again that is stuck: the same act as `mailroute retry`."""
    visitor = await administrator(request)
    target, org, room = request.path_params["target"], visitor.organisation, backroom(request)

    def known(conn: Connection) -> bool:
        held = [f"m{one.intake_id}" for one in mails.held(conn, org)]
        return target in held or target in [
            one.id for one in outbox.letters(conn, org) if one.state in _STUCK
        ]

    if not await read(request, known):
        raise HTTPException(404)
    await run_in_threadpool(carry_out, Act("retry", target=target), room.store, room.site(), room.clock)
    room.wake("work", "deliver")
    return RedirectResponse("/desk/queue?done=1", HTTPStatus.SEE_OTHER)


ROUTES = (
    Route("/desk/holes", show_holes, methods=["GET"]),
    Route("/desk/rules", show_rules, methods=["GET"]),
    Route("/desk/queue", show_queue, methods=["GET"]),
    Route("/desk/queue/{target}", retry, methods=["POST"]),
)
