"""Where answers and bounces of one letter come back to (design §7; grammar of the tags: model.reply_tag).

plus      service+t10428.k7q3x9wmbz4p@firm.example      service+babc-m17-2.n4xk8vtr2hzd@firm.example
catchall          t10428.k7q3x9wmbz4p@firm.example              babc-m17-2.n4xk8vtr2hzd@firm.example
body      service@firm.example, the token stands in the Message-ID and in the text of the buttons
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from mailroute.model.reply_tag import LOCAL_PART_OCTETS, bounce_tag, reply_tag, text_tag
from mailroute.model.ruleset import Inbox, ReplyMode
from mailroute.model.tokens import Keyring, sign
from mailroute.notify.words import Verbs


def reply_address(inbox: Inbox, number: int | None, token: str) -> str:
    """The address whose owner may speak in the ticket; the inbox itself in body mode."""
    return _tagged(inbox, reply_tag(number, token))


def bounce_address(inbox: Inbox, letter_id: str, keyring: Keyring) -> str:
    """MAIL FROM of one letter (VERP), so that a bounce names what it is about, whatever its text says."""
    return _tagged(inbox, bounce_tag(letter_id, sign(keyring, "bounce", letter_id)))


def _tagged(inbox: Inbox, tag: str) -> str:
    """The inbox with a tag; the bare inbox where the local part would grow too long (RFC 5321 §4.5.3.1.1)."""
    local, _, domain = inbox.address.rpartition("@")
    if inbox.reply is ReplyMode.BODY:
        return inbox.address
    tagged = tag if inbox.reply is ReplyMode.CATCHALL else f"{local}+{tag}"
    return f"{tagged}@{domain}" if len(tagged) <= LOCAL_PART_OCTETS else inbox.address


@dataclass(frozen=True, slots=True)
class Mailto:
    """One `mailto:` address for each verb (RFC 6068): recipient, subject and first line filled in.

    `meant` fills in what the reader may have meant by what they wrote.
    """

    accept: str
    take: str
    reject: str
    assign: str
    note: str
    close: str
    reopen: str
    send: str
    help: str
    answer: str
    meant: str


def mailto(inbox: Inbox, number: int | None, token: str, verbs: Verbs, title: str, meant: str = "") -> Mailto:
    """The buttons of a letter. A mail that begins there has no References, so without a tag the text holds the token.

    `title` is the subject of that mail: the ticket's number, or who we are.
    """
    # A literal + is read as a blank by some programs.
    back = reply_address(inbox, number, token)
    address = quote(back, safe="@")
    start = f"mailto:{address}?subject=Re%3A%20{quote(title, safe='')}&body="
    end = "%0D%0A%0D%0A" + quote(text_tag(number, token)) if back == inbox.address else ""

    def button(verb: str) -> str:
        return start + quote(verb) + end

    return Mailto(
        accept=button(verbs.accept),
        take=button(verbs.take),
        reject=button(verbs.reject),
        assign=button(verbs.assign),
        note=button(verbs.note),
        close=button(verbs.close),
        reopen=button(verbs.reopen),
        send=button(verbs.send),
        help=button(verbs.help),
        answer=button(""),
        meant=button(meant),
    )
