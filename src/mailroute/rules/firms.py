"""Everybody of a firm at once: `@firm.example` where an address may stand, and the domains of a partner."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator

from mailroute.model.free_mail import is_free_mail, is_shared_domain
from mailroute.rules.report import quoted
from mailroute.rules.values import domain, email, filled, wrong


def email_or_domain(value: object) -> str:
    """An e-mail address, or `@firm.example` for everybody of a firm."""
    written = filled(value)
    return f"@{firm_domain(written)}" if written.startswith("@") else email(written)


def firm_domain(value: object) -> str:
    """A domain whose mailboxes all belong to one firm."""
    text = domain(value)
    if is_free_mail(text):
        message = f"anybody may have a mailbox at {quoted(text)}, so it stands for no firm"
        raise wrong("MR205", message, "Write the address that they write from.")
    if is_shared_domain(text):
        message = f"anybody may have a domain below {quoted(text)}, so it stands for no firm"
        raise wrong("MR205", message, f"Write the firm's own: `firm.{text}`.")
    return text


EmailOrDomain = Annotated[str, BeforeValidator(email_or_domain)]
FirmDomain = Annotated[str, BeforeValidator(firm_domain)]
