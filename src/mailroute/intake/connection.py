"""The life of one SMTP or LMTP connection: who may come in, the command loop, patience, TLS, login, hanging up.

Built on aiosmtpd 1.4.6, whose own loop answers our faults with 500 and the exception's text, cancels the handler
at a half-close and echoes what the client sent. The verbs of a mail transaction are in `lmtp.py`.
Private names of aiosmtpd that we rely on are listed in tests/unit/intake/test_aiosmtpd_contract.py.
"""

from __future__ import annotations

import asyncio
import ipaddress
from dataclasses import dataclass, field

from aiosmtpd.smtp import SMTP, TLSSetupException

from mailroute.intake import replies
from mailroute.intake.data import BLOCK_BYTES
from mailroute.intake.door import LINGER_S, Lobby, SmtpProtocol, peer_group, report
from mailroute.intake.login import (
    MECHANISMS,
    Credentials,
    LoginAborted,
    LoginUnreadable,
    converse,
)

# RFC 5321 §4.5.3.1.4 says 512, with extensions more; RFC 4954 §4.5 asks for 12288 in AUTH lines.
COMMAND_BYTES = 12 * 1024
ENDLESS_COMMAND_BYTES = 1024 * 1024
ERRORS_OF_A_WRONG_PASSWORD = 5
WITHOUT_TLS = frozenset({"EHLO", "LHLO", "HELO", "NOOP", "STARTTLS", "QUIT", "RSET"})
# Web browsers that were tricked into talking to us: each further line could be a command (CVE-2017-5024 and kin).
FOREIGN_VERBS = frozenset({"GET", "POST", "PUT", "HEAD", "OPTIONS", "CONNECT", "DELETE", "PATCH", "TRACE"})


@dataclass(slots=True)
class Dialogue:
    """What the client has told us so far. `mail_from` is None before MAIL; "" is the null return path."""

    greeted: bool = False
    extended: bool = False
    login: str | None = None
    mail_from: str | None = None
    recipients: list[str] = field(default_factory=list)

    def forget_mail(self) -> None:
        """As after RSET or a mail."""
        self.mail_from = None
        self.recipients = []


class Connection(SMTP):
    """One connection. Subclasses bring the verbs as `smtp_VERB` methods."""

    # Class attribute, because aiosmtpd makes it the limit of its StreamReader: one block of a mail.
    line_length_limit = BLOCK_BYTES

    def __init__(self, lobby: Lobby) -> None:
        # Before super(): aiosmtpd looks at every attribute of ours in there.
        self._lobby = lobby
        self._said = Dialogue()
        self._host = ""
        self._inside = False
        self._leaving = False
        self._errors = 0
        self._commands = 0
        self._replies_due = 1
        self._busy = False
        spec = lobby.spec
        super().__init__(
            None,
            data_size_limit=spec.size_limit_bytes,
            enable_SMTPUTF8=True,
            hostname=spec.hostname,
            ident=("LMTP" if spec.protocol is SmtpProtocol.LMTP else "ESMTP") + " mailroute",
            tls_context=spec.tls,
            require_starttls=spec.require_starttls,
            timeout=spec.idle_s,
            loop=asyncio.get_running_loop(),
        )

    # Coming and going

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let the client in or turn it away. Called again by the TLS layer after a handshake."""
        assert isinstance(transport, asyncio.Transport)
        if self._inside:
            # Nothing said in clear counts any more (RFC 3207 §4.2).
            self._said = Dialogue()
            super().connection_made(transport)
            return
        peer = transport.get_extra_info("peername")
        self._host = str(peer[0]) if isinstance(peer, tuple) else ""
        if turned_away := self._reason_to_turn_away():
            self._leaving = True
            transport.write(turned_away.encode() + b"\r\n")
            transport.close()
            return
        self._lobby.enter(self, peer_group(self._host))
        self._inside = True
        super().connection_made(transport)

    def _reason_to_turn_away(self) -> str:
        if self._lobby.closing:
            return replies.SHUTTING_DOWN
        if self._lobby.is_full():
            return replies.TOO_MANY_CONNECTIONS
        if self._lobby.is_full_for(peer_group(self._host)):
            return replies.TOO_MANY_FROM_PEER
        return ""

    def connection_lost(self, error: Exception | None) -> None:
        """Give the place back, once. A failed TLS handshake is told by us and not by the TLS layer."""
        if self._inside:
            self._inside = False
            self._leaving = True
            super().connection_lost(error)
            self._lobby.leave(self, peer_group(self._host))

    def eof_received(self) -> bool | None:
        """The client will send no more but may wait for replies: finish what it sent (aiosmtpd would cancel it).

        A TLS stream has no half-close: the connection is lost then, and a commit under way goes on without us.
        """
        if not self._inside or self._is_secure():
            return False
        return asyncio.StreamReaderProtocol.eof_received(self)

    @property
    def busy(self) -> bool:
        """Whether a mail is on its way in."""
        return self._busy

    def dismiss(self) -> None:
        """Hang up because the house closes."""
        self._last_words(replies.SHUTTING_DOWN)

    def abort(self) -> None:
        """Cut the connection without waiting for the client to read anything."""
        transport = self._original_transport or self.transport
        if isinstance(transport, asyncio.Transport):
            transport.abort()

    def _last_words(self, reply: str) -> None:
        if self.transport is not None and not self._leaving:
            self._writer.write(reply.encode() + b"\r\n")
            self._hang_up()

    def _hang_up(self) -> None:
        """Close, and cut after LINGER_S if the client does not read what is still to be sent."""
        self._leaving = True
        if self.transport is not None:
            self._reset_timeout(LINGER_S)
            self.transport.close()

    def _stop_timeout(self) -> None:
        """Be patient without bound until the next `_reset_timeout`."""
        if self._timeout_handle is not None:
            self._timeout_handle.cancel()

    def _timeout_cb(self) -> None:
        """The timer of `_reset_timeout` has run out."""
        if self._leaving:
            self.abort()
        else:
            self._last_words(replies.TOO_SLOW)
            # The task may wait for data that will not come any more.
            if self._handler_coroutine is not None:
                self._handler_coroutine.cancel()

    # The command loop

    async def _handle_client(self) -> None:
        """Greet, then obey until either side has enough."""
        try:
            await self.reply(f"220 {self.hostname} {self.__ident__}")
            while not self._leaving:
                line = await self._next_line()
                await self._obey_within_budget(line)
                if self._lobby.closing:
                    self._last_words(replies.SHUTTING_DOWN)
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # They hung up. Nothing was promised that is not kept.
        finally:
            self._hang_up()

    async def _next_line(self) -> bytes:
        """One command line; b"" stands for one that was longer than any command may be."""
        skipped_bytes = 0
        while True:
            try:
                line = await self._reader.readuntil(b"\n")
            except asyncio.LimitOverrunError as error:
                skipped_bytes += len(await self._reader.readexactly(error.consumed))
                if skipped_bytes > ENDLESS_COMMAND_BYTES:
                    self._last_words(replies.LINE_TOO_LONG)
                    raise ConnectionAbortedError from error
                continue
            return b"" if skipped_bytes or len(line) > COMMAND_BYTES else line

    async def _obey_within_budget(self, line: bytes) -> None:
        self._commands += 1
        if self._commands > self._lobby.spec.max_idle_commands:
            self._last_words(replies.TOO_MANY_COMMANDS)
            return
        self._reset_timeout()
        self._replies_due = 1
        try:
            await self._obey(line)
        except (asyncio.IncompleteReadError, ConnectionError):
            raise
        except Exception as error:  # noqa: BLE001 - the door (design §11): whatever is our fault is 451
            report(error)
            await self.reply("\r\n".join([replies.FAULT] * self._replies_due))
        if self._errors >= self._lobby.spec.max_errors:
            self._last_words(replies.TOO_MANY_ERRORS)

    async def _obey(self, line: bytes) -> None:
        if not line:
            await self.reply(replies.LINE_TOO_LONG)
            return
        try:
            text = line.rstrip(b"\r\n").decode()
        except UnicodeDecodeError:
            await self.reply(replies.NOT_TEXT)
            return
        verb, _, argument = text.partition(" ")
        verb = verb.upper()
        method = self._smtp_methods.get(verb)
        if verb in FOREIGN_VERBS:
            self._last_words(replies.NOT_A_MAIL_CLIENT)
        elif method is None:
            await self.reply(replies.UNKNOWN_COMMAND)
        elif self.require_starttls and not self._is_secure() and verb not in WITHOUT_TLS:
            await self.reply(replies.NEEDS_TLS)
        else:
            await method(argument.strip())

    async def reply(self, reply: str) -> None:
        """Send a reply, which may have several lines; count refusals."""
        if reply[0] in "45":
            self._errors += 1
        await self.push(reply)

    async def handle_exception(self, error: Exception) -> str:
        """aiosmtpd's own hook for faults. Our loop never comes here; if a later release did, it must say 451."""
        report(error)
        return replies.FAULT

    def _mail_was_taken(self) -> None:
        """A client that brings mail has earned new patience (as Postfix counts errors)."""
        self._errors = 0
        self._commands = 0

    # TLS and login

    def _is_secure(self) -> bool:
        return self._tls_protocol is not None

    async def smtp_STARTTLS(self, argument: str) -> None:  # noqa: N802 - verbs are named as in the RFC
        """RFC 3207. aiosmtpd throws away what was sent in clear behind the command (CVE-2024-34083)."""
        if argument:
            await self.reply(replies.WRONG_ARGUMENT)
        elif self._is_secure():
            await self.reply(replies.ALREADY_SECURE)
        elif self.tls_context is None:
            await self.reply(replies.NOT_OFFERED)
        else:
            try:
                await super().smtp_STARTTLS(None)
            except TLSSetupException:
                # The TLS layer tells `connection_lost` only of connections whose handshake was good.
                self.abort()
                self.connection_lost(None)

    def _may_log_in(self) -> bool:
        spec = self._lobby.spec
        if spec.login is None:
            return False
        if self._is_secure():
            return True
        local = not self._host or ipaddress.ip_address(self._host.partition("%")[0]).is_loopback
        return spec.auth_without_tls and local

    async def smtp_AUTH(self, argument: str) -> None:  # noqa: N802
        """RFC 4954: only under TLS, or in clear from this very machine where configured."""
        refusal = self._reason_to_refuse_login(argument)
        if refusal:
            await self.reply(refusal)
            return
        mechanism, _, first = argument.partition(" ")
        try:
            claimed = await converse(mechanism.upper(), first.strip() or None, self._ask)
        except LoginAborted:
            await self.reply(replies.LOGIN_ABORTED)
        except LoginUnreadable:
            await self.reply(replies.LOGIN_UNREADABLE)
        else:
            await self._check_login(claimed)

    def _reason_to_refuse_login(self, argument: str) -> str:
        if self._lobby.spec.login is None:
            return replies.NOT_OFFERED
        if not self._may_log_in():
            return replies.LOGIN_NEEDS_TLS
        if not self._said.extended:
            return replies.GREET_FIRST
        if self._said.login is not None:
            return replies.ALREADY_LOGGED_IN
        if self._said.mail_from is not None:
            return replies.NOT_NOW
        if argument.partition(" ")[0].upper() not in MECHANISMS:
            return replies.UNKNOWN_MECHANISM
        return ""

    async def _ask(self, challenge: str) -> bytes:
        await self.reply(f"334 {challenge}")
        return (await self._next_line()).rstrip(b"\r\n")

    async def _check_login(self, claimed: Credentials) -> None:
        check = self._lobby.spec.login
        # In a thread: a good password hash takes long on purpose.
        if check is not None and await asyncio.to_thread(check, claimed.name, claimed.password):
            self._said.login = claimed.name
            await self.reply(replies.LOGGED_IN)
        else:
            self._errors += ERRORS_OF_A_WRONG_PASSWORD - 1
            await self.reply(replies.LOGIN_REFUSED)
