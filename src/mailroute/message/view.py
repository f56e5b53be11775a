"""A Message as the JSON of `mailroute parse --json` (design §9). Its keys are a contract: a missing value is null."""

from __future__ import annotations

from datetime import datetime
from typing import TypeAlias

from mailroute.message.files import attachment_bytes
from mailroute.model.address import Address
from mailroute.model.message import Message

__all__ = ["Json", "as_json", "attachment_bytes"]

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | bool | None"


def as_json(message: Message, file: str) -> dict[str, Json]:
    """The object that is printed for one file."""
    return {
        "file": file,
        "message_id": message.message_id,
        "in_reply_to": list(message.in_reply_to),
        "references": list(message.references),
        "date": _date(message.date),
        "subject": message.subject,
        "from": _addresses(message.from_),
        "to": _addresses(message.to),
        "cc": _addresses(message.cc),
        "reply_to": _addresses(message.reply_to),
        "text": message.text,
        "new_text": message.new_text,
        "language": message.language,
        "attachments": [
            {
                "name": one.name,
                "type": one.type,
                "size": one.size,
                "sha256": one.sha256,
                "inline": one.inline,
                "cid": one.cid,
            }
            for one in message.attachments
        ],
        "automatic": message.automatic.value,
        "bounce": _bounce(message),
        "forwarded": _forwarded(message),
        "signals": list(message.signals),
        "defects": list(message.defects),
    }


def _bounce(message: Message) -> Json:
    if message.bounce is None:
        return None
    return {
        "recipients": [
            {"address": one.address, "action": one.action, "status": one.status}
            for one in message.bounce.recipients
        ],
        "original_message_id": message.bounce.original_message_id,
    }


def _forwarded(message: Message) -> Json:
    if message.forwarded is None:
        return None
    return {
        "from": _address(message.forwarded.from_),
        "to": _addresses(message.forwarded.to),
        "subject": message.forwarded.subject,
        "date": _date(message.forwarded.date),
        "text": message.forwarded.text,
    }


def _addresses(addresses: tuple[Address, ...]) -> list[Json]:
    return [_address(one) for one in addresses]


def _address(one: Address) -> dict[str, Json]:
    return {"name": one.name, "address": one.address}


def _date(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
