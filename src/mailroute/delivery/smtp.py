"""Hand one letter at a time to the relay, and say for certain what became of it (reliability §2, RFC 5321 §4.2.5).

The question that matters is whether the final dot had left when something went wrong: before it, the letter can be
sent again without harm; after it, the relay may have accepted it and nobody has told us. `send` never raises for
what the relay or the network does, and it sends the bytes it was given.
"""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

import idna

from mailroute.model.letter import SendOutcome, SendResult

REPLY_CHARS = 300
_UNPRINTABLE = re.compile(r"[^ -~]+")

# Whatever the command: 501, 552, 555 speak of this address or this letter (RFC 5321 §4.2.3), 530 and its kin of
# our login (RFC 4954 §6). Any other 5yz is read by the command it answers: MAIL is about us, RCPT about the reader.
_OF_THE_LETTER = frozenset((501, 552, 555))
_OF_OURS = frozenset((530, 534, 535, 538))

# RFC 5321 §2.3.7: inside a mail CR and LF stand only together.
_LINE_END = re.compile(rb"\r\n|\r|\n")


class Tls(StrEnum):
    """How the connection is protected. With STARTTLS and TLS the certificate must be right; nothing is downgraded."""

    NONE = "none"
    STARTTLS = "starttls"
    TLS = "tls"


@dataclass(frozen=True, slots=True)
class RelaySpec:
    """The server that takes our letters.

    `user` with `password` logs in; with `token` (an OAuth2 access token, asked for at each connection) by XOAUTH2.
    `token` may raise OSError: then we try later. `ca_file` names further authorities.
    `final_reply_s` is long because a short wait makes duplicates: RFC 5321 §4.5.3.2.6 asks for ten minutes.
    """

    host: str
    port: int = 25
    tls: Tls = Tls.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = None
    local_hostname: str | None = None
    ca_file: str | None = None
    connect_s: float = 30.0
    command_s: float = 300.0
    final_reply_s: float = 600.0
    letters_per_connection: int = 100
    idle_s: float = 60.0


# The server closes the connection, whatever was asked.
_CLOSING = 421


class _Failed(Exception):
    """An attempt ended before the final dot."""

    def __init__(self, outcome: SendOutcome, reply: str) -> None:
        super().__init__(reply)
        self.result = SendResult(outcome, one_line(reply))


class Relay:
    """One connection to the relay, opened when needed, kept for the next letters, replaced when it is old or broken.

    Not for several threads: each has a Relay of its own.
    """

    def __init__(self, spec: RelaySpec, clock: Callable[[], float] = time.monotonic) -> None:
        self.spec = spec
        self._clock = clock
        self._smtp: smtplib.SMTP | None = None
        self._letters = 0
        self._used_at = 0.0

    def send(self, mail_from: str, to: str, content: bytes) -> SendResult:
        """Send the letter to one recipient. Total: whatever happens becomes a result."""
        try:
            smtp = self._begun(mail_from)
            self._addressed(smtp, to)
        except _Failed as failed:
            return self._before_the_dot(failed)
        return self._data(smtp, content)

    def probe(self, mail_from: str) -> str | None:
        """Connect, log in, ask whether the sender may write, and take it back. None: yes; else what was answered."""
        try:
            smtp = self._connection()
            _expect(smtp.docmd(f"MAIL FROM:<{_spoken(mail_from)}>"), SendOutcome.OURS, 250)
            smtp.rset()
        except _Failed as failed:
            return failed.result.reply
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return _what(error)
        finally:
            self.close()
        return None

    def close(self) -> None:
        """Say goodbye; the next `send` opens a new connection."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            if smtp.sock is not None:
                smtp.sock.settimeout(2.0)
            smtp.quit()
        except (smtplib.SMTPException, OSError, ValueError):
            smtp.close()

    # --- before the dot ------------------------------------------------------------------------------------

    def _connection(self) -> smtplib.SMTP:
        """The open connection if it is still good, else a new one. Raises _Failed."""
        worn_out = self._letters >= self.spec.letters_per_connection
        if self._smtp is not None and (worn_out or self._clock() - self._used_at > self.spec.idle_s):
            self.close()
        if self._smtp is None:
            self._smtp = self._open()
            self._letters = 0
        self._letters += 1
        self._used_at = self._clock()
        return self._smtp

    def _open(self) -> smtplib.SMTP:
        """Connect, encrypt, log in. Raises _Failed: LATER for the network, OURS for what we are not allowed."""
        smtp: smtplib.SMTP | None = None
        try:
            smtp = self._greeted()
            self._log_in(smtp)
            _timeout(smtp, self.spec.command_s)
            # The dot goes out by itself: with Nagle's algorithm it waits 40 ms for the other side's ACK.
            if smtp.sock is not None:
                smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return smtp
        except _Failed:
            _drop(smtp)
            raise
        except ssl.SSLCertVerificationError as error:
            _drop(smtp)
            raise _Failed(
                SendOutcome.LATER, f"the certificate of {self.spec.host} is not right: {error}"
            ) from error
        except smtplib.SMTPResponseException as error:
            _drop(smtp)
            raise _Failed(_at_the_door(error.smtp_code), _reply(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPException, OSError, ValueError) as error:
            _drop(smtp)
            raise _Failed(SendOutcome.LATER, f"{self.spec.host}: {_what(error)}") from error

    def _greeted(self) -> smtplib.SMTP:
        """An open connection that has said EHLO, encrypted if it must be."""
        spec = self.spec
        if spec.tls is Tls.TLS:
            smtp: smtplib.SMTP = smtplib.SMTP_SSL(
                spec.host, spec.port, spec.local_hostname, timeout=spec.connect_s, context=self._context()
            )
        else:
            smtp = smtplib.SMTP(spec.host, spec.port, spec.local_hostname, timeout=spec.connect_s)
        try:
            smtp.ehlo_or_helo_if_needed()
            if spec.tls is Tls.STARTTLS:
                # Without this an attacker on the way only has to cut STARTTLS out of the greeting (RFC 3207 §6).
                if not smtp.has_extn("starttls"):
                    raise _Failed(
                        SendOutcome.LATER, f"{spec.host} does not offer STARTTLS, nothing was sent in clear"
                    )
                smtp.starttls(context=self._context())
                smtp.ehlo_or_helo_if_needed()
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.spec.ca_file)

    def _log_in(self, smtp: smtplib.SMTP) -> None:
        """Log in if we have a name. Every refusal is ours: it speaks of us, not of a letter (535, 530, 534, 538)."""
        if not self.spec.user:
            return
        try:
            if self.spec.token is not None:
                answer = f"user={self.spec.user}\x01auth=Bearer {self.spec.token()}\x01\x01"
                smtp.auth("XOAUTH2", lambda challenge=None: "" if challenge else answer)
            else:
                smtp.login(self.spec.user, self.spec.password)
        except smtplib.SMTPAuthenticationError as error:
            outcome = SendOutcome.LATER if 400 <= error.smtp_code < 500 else SendOutcome.OURS
            raise _Failed(outcome, _reply(error.smtp_code, error.smtp_error)) from error
        except (smtplib.SMTPServerDisconnected, smtplib.SMTPResponseException):
            raise
        except smtplib.SMTPException as error:
            raise _Failed(
                SendOutcome.OURS, f"{self.spec.host} offers no login that we know: {error}"
            ) from error

    def _begun(self, mail_from: str) -> smtplib.SMTP:
        """The connection, with MAIL taken. Raises _Failed.

        A kept connection that is gone, or says 421 (RFC 5321 §3.8), speaks of itself and not of the letter: a new one is asked.
        """
        kept = self._smtp
        smtp = self._connection()
        try:
            answer = smtp.docmd(f"MAIL FROM:<{_spoken(mail_from)}>")
        except (smtplib.SMTPException, OSError, ValueError) as error:
            if smtp is not kept:
                raise _Failed(SendOutcome.LATER, f"{self.spec.host}: {_what(error)}") from error
        else:
            if smtp is not kept or answer[0] != _CLOSING:
                _expect(answer, SendOutcome.OURS, 250)
                return smtp
        self._forget()
        return self._begun(mail_from)

    def _addressed(self, smtp: smtplib.SMTP, to: str) -> None:
        """RCPT and DATA up to 354. Raises _Failed."""
        try:
            _expect(smtp.docmd(f"RCPT TO:<{_spoken(to)}>"), SendOutcome.NEVER, 250, 251)
            _expect(smtp.docmd("DATA"), SendOutcome.NEVER, 354)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            raise _Failed(SendOutcome.LATER, f"{self.spec.host}: {_what(error)}") from error

    def _before_the_dot(self, failed: _Failed) -> SendResult:
        """The letter has certainly not been accepted. Keep the connection only if it is in a known state."""
        smtp = self._smtp
        if smtp is None:
            return failed.result
        try:
            code, _ = smtp.rset()
            if code != 250:
                self.close()
        except (smtplib.SMTPException, OSError, ValueError):
            self._forget()
        return failed.result

    # --- from the first byte of the letter on ---------------------------------------------------------------

    def _data(self, smtp: smtplib.SMTP, content: bytes) -> SendResult:
        """The letter, the dot, the reply. `dot_left` is the border between LATER and IN_DOUBT."""
        dot_left = False
        try:
            smtp.send(_stuffed(content))
            # Even a dot that the network lost after our send() counts as gone: only a reply ends the doubt.
            dot_left = True
            smtp.send(b".\r\n")
            _timeout(smtp, self.spec.final_reply_s)
            code, text = smtp.getreply()
            _timeout(smtp, self.spec.command_s)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            self._forget()
            outcome = SendOutcome.IN_DOUBT if dot_left else SendOutcome.LATER
            return SendResult(outcome, one_line(f"{self.spec.host}: {_what(error)}"))
        self._used_at = self._clock()
        if code == _CLOSING or not 200 <= code < 600:
            self._forget()
        return SendResult(_after_the_dot(code), _reply(code, text))

    def _forget(self) -> None:
        """Cut the connection: nobody knows what the other side still believes."""
        smtp, self._smtp = self._smtp, None
        _drop(smtp)


def one_line(text: str) -> str:
    """What the relay said, for a table and a log: printable ASCII, one line, capped."""
    return " ".join(_UNPRINTABLE.sub(" ", text[: 4 * REPLY_CHARS]).split())[:REPLY_CHARS]


def _spoken(address: str) -> str:
    """The address as every relay takes it, its domain in IDNA. Raises _Failed where there is no such spelling."""
    local, at, domain = address.rpartition("@")
    if not domain.isascii():
        # What has no such spelling stays unspeakable, and the next lines say so.
        with suppress(idna.IDNAError, UnicodeError):
            domain = idna.encode(domain[:253], uts46=True).decode("ascii")
    spoken = local + at + domain
    # A blank or a bracket would begin a parameter, a line end another command.
    if _UNPRINTABLE.search(spoken) or " " in spoken or ">" in spoken:
        raise _Failed(SendOutcome.NEVER, "the address cannot be spoken in SMTP")
    return spoken


def _stuffed(content: bytes) -> bytes:
    """The letter with CRLF line ends and dots doubled (RFC 5321 §4.5.2), without the final dot."""
    content = _LINE_END.sub(b"\r\n", content)
    if content[:1] == b".":
        content = b"." + content
    content = content.replace(b"\r\n.", b"\r\n..")
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _expect(answer: tuple[int, bytes], refused: SendOutcome, *codes: int) -> None:
    """Raise _Failed unless the code is one of these. A 5yz means `refused`, if it speaks of the letter at all."""
    code, text = answer
    if code in codes:
        return
    if code in _OF_THE_LETTER:
        refused = SendOutcome.NEVER
    elif code in _OF_OURS or _relaying_denied(text):
        refused = SendOutcome.OURS
    raise _Failed(refused if 500 <= code < 600 else SendOutcome.LATER, _reply(code, text))


def _relaying_denied(text: bytes) -> bool:
    """Whether the relay does not know us (RFC 3463: X.7.1 with such words), rather than the recipient."""
    said = text.lower()
    return b"relay" in said and any(
        word in said for word in (b"denied", b"not permitted", b"not allowed", b"prohibited")
    )


def _at_the_door(code: int) -> SendOutcome:
    """A refusal at greeting, EHLO or STARTTLS: not about any letter."""
    return SendOutcome.OURS if 500 <= code < 600 else SendOutcome.LATER


def _after_the_dot(code: int) -> SendOutcome:
    """Only a whole reply decides; anything that is no SMTP reply leaves the doubt."""
    if 200 <= code < 300:
        return SendOutcome.SENT
    if 400 <= code < 500:
        return SendOutcome.LATER
    return SendOutcome.NEVER if 500 <= code < 600 else SendOutcome.IN_DOUBT


def _reply(code: int, text: bytes | str) -> str:
    words = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
    return one_line(f"{code} {words}")


def _what(error: Exception) -> str:
    """An exception in words; a time-out says nothing by itself."""
    return str(error) or type(error).__name__


def _timeout(smtp: smtplib.SMTP, seconds: float) -> None:
    if smtp.sock is not None:
        smtp.sock.settimeout(seconds)


def _drop(smtp: smtplib.SMTP | None) -> None:
    if smtp is not None:
        smtp.close()
