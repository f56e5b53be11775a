"""Acts that change something, asked for on the command line: run by the daemon if one holds the books, else here."""

from __future__ import annotations

import base64
import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

from mailroute.admin import granting
from mailroute.admin.handover import hand_over
from mailroute.admin.impossible import Impossible
from mailroute.clock import Clock
from mailroute.errors import Conflict
from mailroute.flow.command import give, number_for
from mailroute.flow.receive import receive
from mailroute.flow.site import Office, Site
from mailroute.model.address import address_key
from mailroute.model.letter import LetterState
from mailroute.model.mail import Delivery, Door
from mailroute.model.ruleset import Ruleset, Staff
from mailroute.routing.assign import find_staff
from mailroute.routing.commands import parse_commands
from mailroute.store import fates, mails, outbox
from mailroute.store.engine import Connection, Store


@dataclass(frozen=True, slots=True)
class Act:
    """One act with plain texts as arguments, so that it fits through the control socket.

    verb "command": `organisation`, `ticket`, `actor` (staff id or name) and `text`, the words as in a mail.
    verb "retry": `target` is "m17" (a held mail), a letter id, or "all". verb "ingest": `content` in base64,
    `recipient` the inbox, `sender` the return path. verbs "invite", "resend" and "view-as": `target` is the address of a
    member, `actor` who looks. verb "handover": from `actor` to `target`. verb "reload": only a daemon carries it out (`daemon.rules`).
    """

    verb: str
    organisation: str = ""
    ticket: int = 0
    actor: str = ""
    text: str = ""
    target: str = ""
    content: str = ""
    recipient: str = ""
    sender: str = ""


def carry_out(act: Act, store: Store, site: Site, clock: Clock) -> list[str]:
    """Do it; the lines say what was done. Raises Impossible, TryLater or Refused with a sentence."""
    acts: dict[str, Callable[[Act, Store, Site, Clock], list[str]]] = {
        "command": _command,
        "retry": _retry,
        "ingest": _ingest,
        "invite": _invite,
        "resend": _resend,
        "view-as": _view_as,
        "handover": _hand_over,
    }
    if act.verb not in acts:
        raise Impossible(f"there is no act called {act.verb}")
    return acts[act.verb](act, store, site, clock)


def _command(act: Act, store: Store, site: Site, clock: Clock) -> list[str]:
    office = _office(act, site)
    actor = _actor(act.actor, office.ruleset)
    commands = parse_commands(act.text, office.ruleset.spellings)
    fresh = number_for(commands, office.ruleset.organisation.id, store)
    try:
        given = give(
            lambda _: commands, act.ticket, actor, office,
            store=store, site=site, clock=clock, way="c", fresh=fresh,
        )  # fmt: skip
    except Conflict:
        raise Impossible("somebody else is changing this ticket at the moment; try again") from None
    if given is None:
        raise Impossible(f"there is no ticket T-{act.ticket}")
    lines = [f"{step.station}: {step.verdict} – {step.because}" for step in given.decision.trace]
    if not all(line.done for line in given.lines):
        raise Impossible("\n".join(lines))
    return lines


def _actor(name: str, ruleset: Ruleset) -> Staff:
    found = find_staff(name, ruleset)
    if len(found) != 1:
        known = ", ".join(one.id for one in ruleset.staff if one.active)
        raise Impossible(f"who acts? Say --as with one of: {known}")
    return found[0]


def _retry(act: Act, store: Store, site: Site, clock: Clock) -> list[str]:
    """Held mails are decided again, letters that failed or are in doubt are sent again, put-off ones at once."""
    now = clock()
    with store.read() as conn:
        intakes = [row.intake_id for row in mails.held(conn, None)]
        stuck = [row.id for row in outbox.letters(conn) if row.state in _STUCK]
    wanted_intakes = [one for one in intakes if act.target in ("all", f"m{one}")]
    wanted_letters = [one for one in stuck if act.target in ("all", one)]
    if not wanted_intakes and not wanted_letters and act.target != "all":
        raise Impossible(
            f"nothing called {act.target} is held; look with `mailroute held` and `mailroute queue`"
        )

    def work(tx: Connection) -> int:
        for intake in wanted_intakes:
            fates.retry_held(tx, intake, now)
        for letter in wanted_letters:
            outbox.retry(tx, letter, now)
        return outbox.retry_all_waiting(tx, now) if act.target == "all" else 0

    pulled = store.write(work).result()
    lines = [f"mail m{one} will be decided again" for one in wanted_intakes]
    lines += [f"letter {one} will be sent again" for one in wanted_letters]
    lines += [f"{pulled} waiting letters are tried now"] if pulled else []
    return lines or ["nothing is held, refused, in doubt or waiting"]


_STUCK = (LetterState.FAILED, LetterState.IN_DOUBT)


def _ingest(act: Act, store: Store, site: Site, clock: Clock) -> list[str]:
    delivery = Delivery(
        door=Door.FILE,
        mail_from=address_key(act.sender),
        rcpt_to=(address_key(act.recipient),),
        content=base64.b64decode(act.content),
        received_at=clock(),
        peer="command line",
    )
    receipt = receive(delivery, store, site.inboxes).result()
    return [f"m{receipt.intake_id}" + (" (was here already)" if receipt.duplicate else "")]


def _invite(act: Act, store: Store, site: Site, clock: Clock) -> list[str]:
    return granting.invite(store, site, clock)


def _resend(act: Act, store: Store, site: Site, clock: Clock) -> list[str]:
    return granting.resend(act.target, _office(act, site), store, site, clock)


def _view_as(act: Act, store: Store, site: Site, clock: Clock) -> list[str]:
    office = _office(act, site)
    actor = _actor(act.actor, office.ruleset)
    return granting.view_as(act.target, actor.id, office, store, clock)


def _hand_over(act: Act, store: Store, site: Site, clock: Clock) -> list[str]:
    return hand_over(act.actor, act.target, _office(act, site), store, site, clock)


def _office(act: Act, site: Site) -> Office:
    organisation = act.organisation or next(iter(site.offices))
    office = site.offices.get(organisation)
    if office is None:
        raise Impossible(f"there is no organisation {organisation}")
    return office


def as_arguments(act: Act) -> dict[str, object]:
    """The act as the JSON object that travels through the control socket."""
    return dataclasses.asdict(act)
