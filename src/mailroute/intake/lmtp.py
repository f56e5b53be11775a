"""The SMTP and LMTP doors: takes mails off the wire, hands them to `accept`, says 250 only after the commit.

Never looks into a mail, never stores one itself, never answers a fault of ours with 5yz.
RFC 5321 (SMTP), RFC 2033 (LMTP), RFC 1870 (SIZE), 2920 (PIPELINING), 6152 (8BITMIME), 6531 (SMTPUTF8).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Callable
from datetime import datetime
from typing import assert_never

from mailroute.errors import Refused
from mailroute.intake import replies
from mailroute.intake.connection import Connection
from mailroute.intake.data import Incoming, Verdict, prepare, read_mail
from mailroute.intake.door import Accept, Lobby, OpenDoor, SmtpDoor, SmtpProtocol
from mailroute.intake.login import MECHANISMS
from mailroute.model.mail import Delivery, Door, Receipt

__all__ = ["Accept", "OpenDoor", "SmtpDoor", "SmtpProtocol", "open_smtp_door"]

# `<path> parameters`, or the path without brackets as old programs send it. No control character gets through:
# a database that refuses NUL would turn it into an endless 451.
_PATH = re.compile(
    r'<((?:"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\[^\x00-\x1f\x7f-\x9f])*"|[^\s<>"\x00-\x1f\x7f-\x9f])*)>(?:[ \t]+(.*))?\Z'
    r'|([^\s<>"\x00-\x1f\x7f-\x9f]+)(?:[ \t]+(.*))?\Z'
)


async def open_smtp_door(
    spec: SmtpDoor, *, accept: Accept, knows: Callable[[str], bool], clock: Callable[[], datetime]
) -> OpenDoor:
    """Listen, in the running event loop.

    `knows(address)` says whether the recipient is an inbox or reply address of ours. `accept` returns after the
    commit; it is never cancelled by a client that hangs up, so it may run when nobody waits any more.
    Raises OSError when the address cannot be listened on.
    """
    # aiosmtpd logs every command, with its addresses, and on debug every line of mail.
    logging.getLogger("mail.log").setLevel(logging.WARNING)
    lobby = Lobby(spec, accept, knows, clock)
    loop = asyncio.get_running_loop()
    if spec.unix_socket is not None:
        server = await loop.create_unix_server(
            lambda: MailSession(lobby), spec.unix_socket, start_serving=False
        )
        spec.unix_socket.chmod(spec.unix_mode)
        await server.start_serving()
        return OpenDoor(spec.unix_socket, lobby, server)
    server = await loop.create_server(lambda: MailSession(lobby), spec.host, spec.port)
    host, port = server.sockets[0].getsockname()[:2]
    return OpenDoor((str(host), int(port)), lobby, server)


class MailSession(Connection):
    """The verbs, in the order in which a mail meets them (RFC 5321 §4.1.1). Names as in the RFC."""

    # ruff: noqa: N802

    def _is_lmtp(self) -> bool:
        return self._lobby.spec.protocol is SmtpProtocol.LMTP

    async def smtp_LHLO(self, argument: str) -> None:
        """RFC 2033 §4.1."""
        await (self._greet(argument) if self._is_lmtp() else self.reply(replies.UNKNOWN_COMMAND))

    async def smtp_EHLO(self, argument: str) -> None:
        """LMTP knows only LHLO."""
        await (self.reply(replies.UNKNOWN_COMMAND) if self._is_lmtp() else self._greet(argument))

    async def smtp_HELO(self, argument: str) -> None:
        """The plain greeting, without extensions."""
        if self._is_lmtp():
            await self.reply(replies.UNKNOWN_COMMAND)
        elif not argument:
            await self.reply(replies.WRONG_ARGUMENT)
        else:
            self._said.forget_mail()
            self._said.greeted = True
            self._said.extended = False
            await self.reply(f"250 {self.hostname}")

    async def _greet(self, argument: str) -> None:
        if not argument:
            await self.reply(replies.WRONG_ARGUMENT)
            return
        self._said.forget_mail()
        self._said.greeted = True
        self._said.extended = True
        offers = [
            self.hostname,
            "PIPELINING",
            f"SIZE {self._lobby.spec.size_limit_bytes}",
            "8BITMIME",
            "SMTPUTF8",
        ]
        if self.tls_context is not None and not self._is_secure():
            offers.append("STARTTLS")
        if self._may_log_in():
            offers.append("AUTH " + " ".join(MECHANISMS))
        lines = [f"250-{offer}" for offer in offers]
        await self.reply("\r\n".join([*lines, "250 ENHANCEDSTATUSCODES"]))

    async def smtp_MAIL(self, argument: str) -> None:
        """Name the return path; "" is the null one."""
        if not self._said.greeted:
            await self.reply(replies.GREET_FIRST)
        elif self._said.mail_from is not None:
            await self.reply(replies.ONE_SENDER)
        elif (path := _path_behind("FROM:", argument)) is None:
            await self.reply(replies.WRONG_SENDER)
        elif refusal := self._reason_to_refuse(path[1]):
            await self.reply(refusal)
        else:
            self._said.mail_from = path[0]
            await self.reply(replies.SENDER_OK)

    def _reason_to_refuse(self, parameters: str) -> str:
        """What speaks against the parameters of MAIL, or ""."""
        for parameter in parameters.upper().split():
            name, _, value = parameter.partition("=")
            match name:
                case "SIZE" if value.isascii() and value.isdigit() and len(value) <= 20:
                    if int(value) > self._lobby.spec.size_limit_bytes:
                        return replies.TOO_BIG
                    if not self._lobby.has_room_for(int(value)):
                        return replies.NO_ROOM
                case "BODY" if value in {"7BIT", "8BITMIME"}:
                    pass
                case "SMTPUTF8" if not value:
                    pass
                case "AUTH" if value and self._may_log_in():
                    pass  # RFC 4954 §5: who wrote it first; we trust no client to say so
                case "SIZE" | "BODY" | "SMTPUTF8" | "AUTH":
                    return replies.WRONG_ARGUMENT
                case _:
                    return replies.UNKNOWN_PARAMETER
        return ""

    async def smtp_RCPT(self, argument: str) -> None:
        """Name a recipient: an inbox or reply address of ours, nobody else. This house relays nothing."""
        recipients = self._said.recipients
        if self._said.mail_from is None:
            await self.reply(replies.SENDER_FIRST)
        elif (path := _path_behind("TO:", argument)) is None or not path[0]:
            await self.reply(replies.WRONG_RECIPIENT)
        elif path[1]:
            await self.reply(replies.UNKNOWN_PARAMETER)
        elif len(recipients) >= self._lobby.spec.max_recipients:
            await self.reply(replies.TOO_MANY_RECIPIENTS)
        elif not self._lobby.knows(path[0]):
            await self.reply(replies.UNKNOWN_RECIPIENT)
        else:
            recipients.append(path[0])
            await self.reply(replies.RECIPIENT_OK)

    async def smtp_DATA(self, argument: str) -> None:
        """Take the mail. After the dot: one reply, or with LMTP one per recipient in order (RFC 2033 §4.2)."""
        if not prepare(self._reader):
            # What follows would be read as commands if we refuse and as mail if we do not: a way to smuggle.
            self._last_words(replies.DATA_TOO_EARLY)
            return
        if refusal := self._reason_not_to_take_a_mail(argument):
            await self._reader.readexactly(2)  # the virtual CRLF
            await self.reply(refusal)
            return
        self._busy = True
        try:
            await self.reply(replies.SEND_MAIL)
            incoming = await self._receive()
            self._replies_due = len(self._said.recipients) if self._is_lmtp() else 1
            await self._conclude(incoming)
        finally:
            self._busy = False
            self._said.forget_mail()

    def _reason_not_to_take_a_mail(self, argument: str) -> str:
        if argument:
            return replies.WRONG_ARGUMENT
        if not self._said.recipients:
            return replies.RECIPIENT_FIRST
        # One byte: whether anything fits at all. The rest is seen while it comes.
        return "" if self._lobby.has_room_for(1) else replies.NO_ROOM

    async def _receive(self) -> Incoming:
        lobby = self._lobby
        deadline = self.loop.time() + lobby.spec.data_deadline_s

        def hold(size_bytes: int) -> bool:
            if size_bytes > 0 and not lobby.has_room_for(size_bytes):
                return False
            lobby.held_bytes += size_bytes
            return True

        def still_in_time() -> bool:
            # Each block buys another `idle_s`: a sender must bring 64 KiB, or the end, in that time.
            self._reset_timeout()
            return self.loop.time() < deadline

        return await read_mail(self._reader, lobby.spec.size_limit_bytes, hold, still_in_time)

    async def _conclude(self, incoming: Incoming) -> None:
        match incoming.verdict:
            case Verdict.COMPLETE:
                await self._reply_to_all(await self._commit(incoming))
            case Verdict.TOO_BIG:
                await self._reply_to_all(replies.TOO_BIG)
            case Verdict.FAR_TOO_BIG:
                await self._reply_to_all(replies.TOO_BIG)
                self._hang_up()
            case Verdict.NO_ROOM:
                await self._reply_to_all(replies.NO_ROOM)
            case Verdict.FALSE_ENDING:
                await self._reply_to_all(replies.FALSE_ENDING)
            case Verdict.TOO_SLOW:
                self._last_words(replies.DATA_TOO_SLOW)
            case _:
                assert_never(incoming.verdict)

    async def _reply_to_all(self, reply: str) -> None:
        await self.reply("\r\n".join([reply] * self._replies_due))

    async def _commit(self, incoming: Incoming) -> str:
        """Wait for the commit; the reply. Faults of ours are raised and become 451 in the command loop.

        A client that hangs up now, or loses patience, ends the waiting and not the commit: `shield`. The mail is
        stored once, and when the client comes again, the store knows it (RFC 1047).
        """
        lobby = self._lobby
        commit = lobby.commit(self._delivery(incoming.content), incoming.held_bytes)
        self._stop_timeout()
        try:
            receipt: Receipt = await asyncio.wait_for(asyncio.shield(commit), lobby.spec.commit_s)
        except Refused as error:
            return replies.refusal(error)
        finally:
            if self.transport is not None:
                self._reset_timeout()
        self._mail_was_taken()
        return replies.stored(receipt.intake_id)

    def _delivery(self, content: bytes) -> Delivery:
        return Delivery(
            door=Door.LMTP if self._is_lmtp() else Door.SMTP,
            mail_from=self._said.mail_from or "",
            rcpt_to=tuple(dict.fromkeys(self._said.recipients)),
            content=content,
            received_at=self._lobby.clock(),
            peer=self._host or "unix",
            login=self._said.login,
        )

    async def smtp_RSET(self, argument: str) -> None:
        """Forget the mail begun."""
        if argument:
            await self.reply(replies.WRONG_ARGUMENT)
            return
        self._said.forget_mail()
        await self.reply(replies.DONE)

    async def smtp_NOOP(self, _argument: str) -> None:
        """Still there."""
        await self.reply(replies.DONE)

    async def smtp_VRFY(self, _argument: str) -> None:
        """Tells nobody who has an inbox here (RFC 5321 §3.5.3)."""
        await self.reply(replies.WILL_TRY)

    async def smtp_EXPN(self, _argument: str) -> None:
        """Nor who is on a list."""
        await self.reply(replies.NOT_OFFERED)

    async def smtp_HELP(self, _argument: str) -> None:
        """RFC 5321 §4.1.1.8."""
        await self.reply(replies.HELP)

    async def smtp_QUIT(self, _argument: str) -> None:
        """Part."""
        await self.reply(replies.GOODBYE)
        self._hang_up()


def _path_behind(keyword: str, argument: str) -> tuple[str, str] | None:
    """`FROM:<path> parameters` as (path, parameters), or None. Blanks behind the colon are forgiven."""
    if argument[: len(keyword)].upper() != keyword:
        return None
    found = _PATH.match(argument[len(keyword) :].strip())
    if found is None:
        return None
    bracketed, parameters, bare, bare_parameters = found.groups()
    if bracketed is not None:
        return bracketed, parameters or ""
    return bare, bare_parameters or ""
