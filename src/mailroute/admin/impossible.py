"""What was asked for on the command line or the page and cannot be done."""

from __future__ import annotations

from mailroute.errors import MailrouteError


class Impossible(MailrouteError):
    """What was asked for cannot be done; the text says why and what can."""
