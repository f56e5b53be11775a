"""One mail of the address measure, and the house it is about."""

from __future__ import annotations

import random
from dataclasses import dataclass
from email.message import EmailMessage

INBOX = "service@abc-hausverwaltung.example"


@dataclass(frozen=True, slots=True)
class Case:
    """`house` is the property that must be named, None for none; `what` is shown where it was not."""

    kind: str
    house: str | None
    what: str
    mail: bytes


def a_mail(text: str, subject: str, dice: random.Random, sender: str = "") -> bytes:
    """As mail programs send it: plain, quoted-printable or base64, sometimes with HTML beside it."""
    mail = EmailMessage()
    mail["From"] = f"Jana Vogt <{sender or f'fremd{dice.randrange(10**6)}@web.example'}>"
    mail["To"] = INBOX
    mail["Subject"] = " ".join(subject.split())
    mail["Date"] = "Tue, 24 Nov 2026 08:58:00 +0100"
    mail["Message-ID"] = f"<{dice.randrange(10**12)}@web.example>"
    mail.set_content(text, cte=dice.choice(["8bit", "quoted-printable", "base64"]))
    if dice.random() < 0.3:
        mail.add_alternative(
            f"<html><body><p>{text.replace(chr(10), '<br>')}</p></body></html>", subtype="html"
        )
    return mail.as_bytes()
