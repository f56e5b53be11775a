"""Whom may this mail bother? What may become a ticket, and what may get an automatic letter (reliability §3).

Nothing is dropped here: an ignored mail is stored, listed and explained, and only a person deletes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailroute.model import limits
from mailroute.model.address import domain_of, plus_tag
from mailroute.model.decision import Station, Step, rule_of
from mailroute.model.facts import Facts
from mailroute.model.mail import Envelope
from mailroute.model.message import Automatic, Message
from mailroute.model.reply_tag import parse_message_id
from mailroute.model.ruleset import Ruleset
from mailroute.routing.contact_form import form_in

# What message.automatic calls the requests not to answer, made by mails that a person may have written.
_SILENCING = frozenset({"suppress-requested", "return-path-empty", "text-automatic", "x-loop"})


class Verdict(StrEnum):
    """What kind of mail it is, as far as the next stations care."""

    PASS = "pass"
    IGNORE = "ignore"
    BOUNCE = "bounce"
    LOOP = "loop"
    DUPLICATE = "duplicate"


@dataclass(frozen=True, slots=True)
class Screened:
    """`answerable` False: no automatic letter of any kind goes to the sender."""

    verdict: Verdict
    answerable: bool
    steps: tuple[Step, ...]


def screen(message: Message, facts: Facts, ruleset: Ruleset, envelope: Envelope) -> Screened:
    """Say whether the mail goes on, and whether it may be answered automatically. Only PASS may be answerable."""
    for verdict, reason in (
        (Verdict.DUPLICATE, _duplicate(facts)),
        (Verdict.LOOP, _loop(message, facts, ruleset, envelope)),
        (Verdict.BOUNCE, _bounce(message, facts, envelope)),
        (Verdict.IGNORE, _nobody_waits_for(message, facts, ruleset)),
    ):
        if reason:
            return Screened(verdict, False, (_step(verdict, reason, message, ruleset),))
    silence = _no_answer(message, ruleset, envelope)
    because = f"never answered automatically: {silence}" if silence else "a person wrote it"
    return Screened(Verdict.PASS, not silence, (_step(Verdict.PASS, because, message, ruleset),))


def _step(verdict: Verdict, because: str, message: Message, ruleset: Ruleset) -> Step:
    """Only an inbox of ours is anything that administrators wrote; all else are headers and what is in the books."""
    own = _own_address(message, ruleset)
    rule = rule_of(ruleset.organisation.source_of("inboxes")) if own and own in because else None
    return Step(Station.SCREEN, verdict.value, because, rule)


def _duplicate(facts: Facts) -> str:
    return f"the same mail came before, as m{facts.duplicate_of}" if facts.duplicate_of is not None else ""


def _loop(message: Message, facts: Facts, ruleset: Ruleset, envelope: Envelope) -> str:
    """Our own words coming back in (freescout#3332, PostHog#92017)."""
    if message.hops > limits.HOPS:
        return f"{message.hops} servers passed it on, more than {limits.HOPS}: it goes in circles"
    if any(one in facts.instances for one in message.instances):
        return "X-Mailroute-Instance says that we sent it ourselves, or what made another mailroute send it"
    if message.message_id and _is_of_a_letter(message.message_id, ruleset):
        return "its Message-ID is one of our own letters"
    own = _own_address(message, ruleset)
    # Staff who log in may write from the shared address, and the form of our own web site does (its mails carry no
    # mark of ours, and are never answered); nobody else may (reliability §3, "self").
    if not own or envelope.login is not None or form_in(message) is not None:
        return ""
    return f"it says to come from our own inbox {own}"


def _is_of_a_letter(message_id: str, ruleset: Ruleset) -> bool:
    """Made as we make them, at a domain of ours: another mailroute's letters look the same."""
    domain = message_id.strip().rstrip(">").rpartition("@")[2].lower()
    ours = {domain_of(inbox.address) for inbox in ruleset.organisation.inboxes}
    return domain in ours and parse_message_id(message_id) is not None


def _own_address(message: Message, ruleset: Ruleset) -> str:
    ours = {inbox.address for inbox in ruleset.organisation.inboxes}
    senders = [*message.from_, *([message.author] if message.author else [])]
    return next((address.key for address in senders if plus_tag(address.address)[0] in ours), "")


def _bounce(message: Message, facts: Facts, envelope: Envelope) -> str:
    if message.bounce is not None or message.automatic is Automatic.BOUNCE:
        return "a delivery report (RFC 3464)"
    # An out-of-office comes to the bounce address too (RFC 3834 §4); it says nothing about delivery.
    unmarked = message.automatic in (Automatic.PERSON, Automatic.AUTO_GENERATED)
    if facts.bounced is not None and facts.bounced.proven and envelope.mail_from == "" and unmarked:
        return f"a null return path, sent to the bounce address of letter {facts.bounced.id}"
    return ""


def _nobody_waits_for(message: Message, facts: Facts, ruleset: Ruleset) -> str:
    """Machines that answer nothing of ours: read receipts, newsletters, out-of-office at a bounce address."""
    if message.automatic is Automatic.REPORT and any(s.startswith("report") for s in message.signals):
        return "a receipt or a report of another server, for nobody to act on"
    if facts.proof is not None:
        return ""
    if message.automatic is Automatic.AUTO_REPLIED and facts.bounced is not None:
        return f"an automatic reply to letter {facts.bounced.id}, not to a ticket"
    if (
        message.automatic is Automatic.LIST
        and not _is_our_list(message, ruleset)
        and not _is_known(message, facts, ruleset)
    ):
        return (
            f"a newsletter or mailing list ({', '.join(message.signals[:3])}) of a sender nobody here knows"
        )
    return ""


def _is_our_list(message: Message, ruleset: Ruleset) -> bool:
    """An inbox may itself be a list (a Google group): then every mail to it carries list headers."""
    ours = [inbox.address for inbox in ruleset.organisation.inboxes]
    listed = " ".join(value.lower() for name, value in message.headers if name in {"list-id", "list-post"})
    return any(address in listed or address.replace("@", ".") in listed for address in ours)


def _is_known(message: Message, facts: Facts, ruleset: Ruleset) -> bool:
    if message.author is None:
        return False
    key = message.author.key
    if ruleset.staff_by_address(key) or ruleset.partner_by_address(key):
        return True
    return any(key == address.key for person in facts.found.people for address in person.addresses)


def _no_answer(message: Message, ruleset: Ruleset, envelope: Envelope) -> str:
    """Why no automatic letter may follow, or ""."""
    if message.automatic is not Automatic.PERSON:
        return f"{message.automatic.value} ({', '.join(message.signals[:3])})"
    if envelope.mail_from == "":
        return "null return path (RFC 3834 §2)"
    asked = sorted(_SILENCING.intersection(message.signals))
    if asked:
        return f"it asks for no answer ({', '.join(asked)})"
    if message.instances:
        return "another mailroute sent it"
    own = _own_address(message, ruleset)
    return f"it comes from our own inbox {own}" if own else ""
