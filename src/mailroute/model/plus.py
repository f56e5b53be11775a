"""Whose mailbox is an address with a word behind a plus, `nina+flat@web.example`? (RFC 5233)"""

from __future__ import annotations

from collections.abc import Iterable

from mailroute.model.address import address_key, plus_tag
from mailroute.model.directory import Person


def mailbox_on_file(address: str, people: Iterable[Person]) -> str | None:
    """The address of the directory that this one is a plus-address of; None if it is none, or nobody has exactly that.

    Whoever writes so is taken for the person, with no other proof than their mail brings: a provider confirms domains,
    never what stands before the @, so a plus proves as much as the bare address would. Where a provider gives a mailbox
    with a plus in its name to a stranger, that must not pay: everything we send goes to the address on file, never to
    the one with the plus, and so does every token. Only tenants, owners and customers are known this way. Staff and
    partners act on tickets, members of grants see those of others: these are known by the letter of their address.
    An address that somebody has with its plus is theirs alone; the caller asks for that first.
    """
    mailbox, tag = plus_tag(address)
    if not tag or mailbox.startswith("@"):
        return None
    known = (address_key(one.address) for person in people for one in person.addresses)
    return mailbox if mailbox in known else None
