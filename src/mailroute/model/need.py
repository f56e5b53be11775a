"""What must be known before somebody can work on a matter: the closed vocabulary of `needs:` in case-types.yaml."""

from __future__ import annotations

from enum import StrEnum


class Need(StrEnum):
    """One fact. A case type names those that it needs; what a mail does not say is asked for."""

    PROPERTY = "property"
    UNIT = "unit"
    CONTRACT = "contract"
    PHONE = "phone"
    PHOTO = "photo"
    ATTACHMENT = "attachment"
    METER_READING = "meter_reading"
    DATE = "date"
