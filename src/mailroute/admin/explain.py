"""What would happen with a mail, with exactly the code that decides, and without touching anything (design §9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from mailroute.flow.activate import activate_all
from mailroute.flow.process import decide, letters_of
from mailroute.flow.site import Site, open_site
from mailroute.message.fingerprint import fingerprint
from mailroute.message.parse import parse
from mailroute.model.decision import Decision
from mailroute.model.letter import Letter
from mailroute.model.mail import Door, Envelope, Trust
from mailroute.model.message import Message
from mailroute.model.tokens import Key, Keyring
from mailroute.rules import Loaded
from mailroute.store.engine import Connection, Store, open_store
from mailroute.store.mails import Claimed

# Letters of a dry run are never sent: their tokens need no secret.
_DRY_KEYRING = Keyring((Key("k", b"mailroute explain".ljust(32)),))


@dataclass(slots=True)
class Laboratory:
    """Rules and directory of some directories in a database in memory: decides, writes nothing."""

    site: Site
    store: Store

    @classmethod
    def open(cls, loaded: Sequence[Loaded], templates: Path | None, now: datetime) -> Laboratory:
        """Compile and fill. Raises RulesetInvalid."""
        site = open_site(loaded, _DRY_KEYRING, Trust(), templates)
        store = open_store("sqlite://")
        activate_all(store, loaded, now)
        return cls(site, store)

    def explain(
        self, raw: bytes, now: datetime, at_inbox: str | None = None
    ) -> tuple[Decision, tuple[Letter, ...]]:
        """What would follow if this mail came in now, at that inbox or at the one that it was written to."""
        message = parse(raw)
        inbox, organisation = self._inbox_for([at_inbox] if at_inbox else _named_in(message))
        envelope = Envelope(
            mail_id=0,
            intake_id=0,
            organisation=organisation,
            inbox=inbox,
            door=Door.FILE,
            mail_from=message.from_[0].address if message.from_ else "",
            rcpt_to=(inbox,),
            received_at=now,
            size_bytes=len(raw),
        )
        _, content_key = fingerprint(raw, (inbox,), now)
        claimed = Claimed(envelope=envelope, attempts=1, fresh_number=1, content_key=content_key, content=raw)
        with self.store.read() as conn:
            _, _, decision = decide(conn, claimed, self.site, now)
            letters = self._letters(conn, decision, now)
        return decision, letters

    def _letters(self, conn: Connection, decision: Decision, now: datetime) -> tuple[Letter, ...]:
        office = self.site.offices[decision.organisation]
        bare = replace(decision, notices=tuple(replace(one, attach=()) for one in decision.notices))
        return letters_of(conn, bare, office, self.site, cause="m0", now=now)

    def _inbox_for(self, named: Sequence[str]) -> tuple[str, str]:
        """The first of the addresses that is an inbox of ours, with its organisation; our first inbox if none is."""
        for route in self.site.inboxes.routes(named):
            return route.inbox, route.organisation
        first = next(iter(self.site.offices.values())).ruleset.organisation
        return first.inboxes[0].address, first.id

    def close(self) -> None:
        """Forget everything."""
        self.store.close()


def _named_in(message: Message) -> list[str]:
    return [one.address for one in (*message.to, *message.cc)]
