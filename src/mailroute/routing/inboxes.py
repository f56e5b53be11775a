"""Which addresses are ours, and to which organisation a recipient leads (design §4 step 1, §8a). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailroute.model.address import address_key, domain_of, plus_tag
from mailroute.model.reply_tag import parse_bounce_tag, parse_reply_tag
from mailroute.model.ruleset import Organisation, ReplyMode


@dataclass(frozen=True, slots=True)
class Route:
    """One organisation's share of a mail: the inbox it was written to and the recipients that lead there."""

    organisation: str
    inbox: str
    rcpt_to: tuple[str, ...]


class Inboxes:
    """All inboxes of an installation, by address."""

    def __init__(self, organisations: Iterable[Organisation]) -> None:
        self._inboxes: dict[str, str] = {}
        self._catchalls: dict[str, str] = {}
        for organisation in organisations:
            for inbox in organisation.inboxes:
                self._inboxes[address_key(inbox.address)] = organisation.id
                if inbox.reply is ReplyMode.CATCHALL:
                    self._catchalls[domain_of(inbox.address)] = address_key(inbox.address)

    def inbox_of(self, recipient: str) -> str | None:
        """The inbox that a recipient belongs to: itself, its reply or bounce address; None if it is not ours."""
        base, _ = plus_tag(recipient)
        if base in self._inboxes:
            return base
        local = address_key(recipient).rpartition("@")[0]
        if parse_reply_tag(local) or parse_bounce_tag(local):
            return self._catchalls.get(domain_of(recipient))
        return None

    def knows(self, recipient: str) -> bool:
        """Whether a door may take mail for this recipient; else `550 5.1.1`."""
        return self.inbox_of(recipient) is not None

    def routes(self, rcpt_to: Sequence[str]) -> tuple[Route, ...]:
        """One route for every organisation among the recipients, in their order."""
        shares: dict[str, list[tuple[str, str]]] = {}
        for recipient in rcpt_to:
            inbox = self.inbox_of(recipient)
            if inbox is not None:
                shares.setdefault(self._inboxes[inbox], []).append((inbox, address_key(recipient)))
        return tuple(
            Route(organisation, pairs[0][0], tuple(recipient for _, recipient in pairs))
            for organisation, pairs in shares.items()
        )
