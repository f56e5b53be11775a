"""The demo's stage: the real daemon on loopback, a mail catcher as the world outside, a clock that can be turned."""

from __future__ import annotations

import asyncio
import email
import email.policy
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from mailroute import shipped
from mailroute.clock import ShiftedClock
from mailroute.daemon.serve import LOOPS, Daemon
from mailroute.daemon.supervise import open_daemon
from mailroute.delivery.smtp import Relay, RelaySpec, Tls
from mailroute.flow.activate import open_installation
from mailroute.flow.sign_in import hand_out
from mailroute.intake.door import OpenDoor, SmtpDoor
from mailroute.intake.lmtp import open_smtp_door
from mailroute.model.letter import SendOutcome
from mailroute.model.mail import Delivery, Receipt
from mailroute.settings import Door, RelaySettings, Settings, Web

INBOX = "service@abc-hausverwaltung.example"
_WEB_PORT = 8040


@dataclass(frozen=True, slots=True)
class Caught:
    """A letter that arrived in the world outside."""

    to: str
    content: bytes

    @property
    def mail(self) -> EmailMessage:
        """The letter, read by the standard library: our own mails must bear that."""
        parsed = email.message_from_bytes(self.content, policy=email.policy.default)
        assert isinstance(parsed, EmailMessage)
        return parsed

    def header(self, name: str) -> str:
        """One header field, decoded."""
        return str(self.mail[name] or "")

    @property
    def text(self) -> str:
        """The plain text of the letter."""
        part = self.mail.get_body(("plain",))
        return part.get_content() if isinstance(part, EmailMessage) else ""


@dataclass(slots=True)
class Stage:
    """Everything that runs. `caught` grows as letters arrive; `seen` is how many a scene has already shown."""

    daemon: Daemon
    clock: ShiftedClock
    catcher: OpenDoor
    caught: list[Caught]
    seen: int = 0
    on_letter: list[Callable[[Caught], None]] = field(default_factory=list)

    @classmethod
    async def set_up(cls, state: Path, start: datetime) -> Stage:
        """Start catcher and daemon on free ports of 127.0.0.1."""
        caught: list[Caught] = []
        listeners: list[Callable[[Caught], None]] = []
        clock = ShiftedClock(start)

        async def catch(delivery: Delivery) -> Receipt:
            one = Caught(delivery.rcpt_to[0], delivery.content)
            caught.append(one)
            for listener in listeners:
                listener(one)
            return Receipt(len(caught), duplicate=False)

        catcher = await open_smtp_door(SmtpDoor(), accept=catch, knows=lambda _: True, clock=clock)
        settings = Settings(
            state=state,
            rules=(shipped.path("rules"),),
            doors=(Door(listen="127.0.0.1:0", protocol="smtp", hostname="demo.mailroute.example"),),
            relay=RelaySettings(host="127.0.0.1", port=catcher.port, connections=1),
            workers=1,
            web=_web(),
        )
        installation = await asyncio.to_thread(open_installation, settings, clock=clock)
        daemon = open_daemon(settings, installation, clock=clock)
        await daemon.start()
        return cls(daemon, clock, catcher, caught, on_letter=listeners)

    @property
    def port(self) -> int:
        """Where the shared inbox takes mail."""
        return self.daemon.doors[0].port

    @property
    def url(self) -> str:
        """Where the pages are."""
        return self.daemon.site.web_url

    def link_for(self, address: str) -> str:
        """A link that signs somebody in without a mail."""
        organisation = next(iter(self.daemon.site.offices))
        path = hand_out(self.daemon.store, organisation, address, secrets.token_urlsafe(32), self.clock())
        return self.url + path

    async def send(self, mail_from: str, to: str, content: bytes) -> None:
        """Send a mail to the inbox over real SMTP. Raises RuntimeError if it is not taken."""
        relay = Relay(RelaySpec(host="127.0.0.1", port=self.port, tls=Tls.NONE))
        result = await asyncio.to_thread(relay.send, mail_from, to, content)
        await asyncio.to_thread(relay.close)
        if result.outcome is not SendOutcome.SENT:
            raise RuntimeError(f"the demo's own mail was refused: {result.reply}")

    def turn_to(self, at: datetime) -> None:
        """Turn the clock; `settle` lets everything happen that is due by then."""
        self.clock.turn_to(at)

    async def settle(self) -> list[Caught]:
        """Wait until nothing is left to do; the letters that arrived since the last time."""
        self.daemon.wake(*LOOPS)
        while not await asyncio.to_thread(self.daemon.has_settled):  # noqa: ASYNC110 - loops are threads, the rest is in the books
            await asyncio.sleep(0.02)
        new = self.caught[self.seen :]
        self.seen = len(self.caught)
        return new

    def letter_to(self, address: str, containing: str = "") -> Caught:
        """The latest letter to `address` whose subject or text contains a text. Raises LookupError."""
        for one in reversed(self.caught):
            if one.to == address and (containing in one.header("Subject") or containing in one.text):
                return one
        raise LookupError(f"no letter to {address} contains {containing!r}")

    async def strike(self) -> None:
        """Stop everything."""
        await self.daemon.stop()
        await self.catcher.close()


def _web() -> Web:
    """The usual port if nobody has it, else any."""
    for port in (_WEB_PORT, 0):
        with socket.socket() as free:
            free.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                free.bind(("127.0.0.1", port))
            except OSError:
                continue
            found = f"127.0.0.1:{free.getsockname()[1]}"
            return Web(listen=found, url=f"http://{found}")
    raise OSError("there is no free port on 127.0.0.1")


def reply_to(letter: Caught, sender: str, text: str, at: datetime) -> tuple[str, bytes]:
    """What a mail program makes of `text` as the reply to a letter: (recipient, mail)."""
    recipient = letter.header("Reply-To")
    quoted = "\n".join("> " + line for line in letter.text.splitlines())
    body = f"{text}\n\nAm {at:%d.%m.%Y um %H:%M} schrieb {letter.header('From')}:\n{quoted}\n"
    mail = EmailMessage()
    mail["From"] = sender
    mail["To"] = recipient
    mail["Subject"] = "Re: " + letter.header("Subject")
    mail["In-Reply-To"] = letter.header("Message-ID")
    mail["References"] = letter.header("Message-ID")
    mail["Date"] = at
    mail["Message-ID"] = f"<{at:%Y%m%d%H%M%S}.{abs(hash(text)) % 10**8}@demo.example>"
    mail.set_content(body)
    return recipient.split("<")[-1].rstrip(">"), mail.as_bytes(policy=email.policy.SMTP)
