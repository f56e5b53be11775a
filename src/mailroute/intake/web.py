"""The door of our own pages: what somebody wrote there, signed in, becomes a mail like any other.

It looks at nothing and decides nothing. What makes it sure is the door itself: `Door.WEB` with the signed-in address as
its login; no other door makes such a delivery, whatever a mail says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from email.errors import HeaderParseError
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP, SMTPUTF8

from mailroute.model import limits
from mailroute.model.address import Address
from mailroute.model.grant import Right
from mailroute.model.letter import AttachedFile
from mailroute.model.mail import FORM_HEADER, Delivery, Door

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_TYPE = re.compile(r"[a-z]+/[a-z0-9][a-z0-9.+-]{0,80}")
_BYTES = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Written:
    """What was written. `author` is who is signed in, `inbox` the address it is written to.

    `answers` is the Message-ID that opens the ticket to the author, None for a new matter. `serial` names the form: the
    same one sent twice is one message. `form` is the right that opened a form of its own, None where the words decide.
    """

    author: Address
    inbox: str
    subject: str
    text: str
    serial: str
    files: tuple[AttachedFile, ...] = ()
    answers: str | None = None
    form: Right | None = None


def delivery_of(written: Written, now: datetime, peer: str) -> Delivery:
    """The delivery that the store keeps."""
    author = written.author.key
    return Delivery(
        door=Door.WEB,
        mail_from=author,
        rcpt_to=(written.inbox,),
        content=as_mail(written, now),
        received_at=now,
        peer=peer,
        door_key=f"web:{author}:{written.serial}",
        login=author,
    )


def as_mail(written: Written, now: datetime) -> bytes:
    """RFC 5322 bytes, made by the standard library: nothing that was typed reaches a header unescaped."""
    author = written.author.key
    mail = EmailMessage(policy=SMTP if author.isascii() else SMTPUTF8)
    mail["From"] = _from(written.author)
    mail["To"] = written.inbox
    mail["Subject"] = _line(written.subject)[: limits.SUBJECT_CHARS] or "–"
    mail["Date"] = now
    mail["Message-ID"] = f"<web-{written.serial}@{written.inbox.rpartition('@')[2]}>"
    if written.answers is not None:
        mail["In-Reply-To"] = written.answers
    if written.form is not None:
        mail[FORM_HEADER] = written.form.value
    text = written.text.replace("\r\n", "\n").replace("\0", "").encode("utf-8", "replace").decode("utf-8")
    mail.set_content(text, cte="quoted-printable")
    for file in written.files:
        main, _, sub = (file.type if _TYPE.fullmatch(file.type) else _BYTES).partition("/")
        # An enclosed mail or a text would be read as one: a file that somebody chose stays a file.
        if main in ("message", "multipart", "text"):
            main, _, sub = _BYTES.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub, filename=_file_name(file.name))
    return mail.as_bytes()


def _from(author: Address) -> HeaderAddress | str:
    """The address with its name, or bare where the library takes one of them for no address."""
    try:
        return HeaderAddress(display_name=_line(author.name)[: limits.NAME_CHARS], addr_spec=author.key)
    except (HeaderParseError, ValueError, IndexError):
        return author.key


def _line(text: str) -> str:
    return " ".join(_CONTROL.sub(" ", text).split())


def _file_name(name: str) -> str:
    """The last part of a path: some browsers send all of it."""
    bare = _line(name).replace("\\", "/").rpartition("/")[2]
    return bare[-limits.NAME_CHARS :] or "datei"
