"""Mail addresses as values. Compare by `key`, never by what somebody typed."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Address:
    """One mailbox: `name` is the cleaned display name or "", `address` the lower-cased addr-spec or ""."""

    name: str
    address: str

    @property
    def key(self) -> str:
        """What two addresses are compared by."""
        return address_key(self.address)

    @property
    def domain(self) -> str:
        """The part behind the last @, or ""."""
        return domain_of(self.address)

    def __str__(self) -> str:
        return f"{self.name} <{self.address}>" if self.name else self.address


def address_key(address: str) -> str:
    """Fold an addr-spec for comparing: lower case, no surrounding blanks or angle brackets."""
    return address.strip().strip("<>").strip().lower()


def domain_of(address: str) -> str:
    """The part behind the last @, lower-cased, or ""."""
    _, at, domain = address.rpartition("@")
    return domain.lower() if at else ""


def plus_tag(address: str) -> tuple[str, str]:
    """Split `service+t10428.abc@firm.example` into ("service@firm.example", "t10428.abc").

    Without a tag the second is "". RFC 5233 calls the tag the "detail".
    """
    local, at, domain = address_key(address).rpartition("@")
    if not at:
        return address_key(address), ""
    base, _, tag = local.partition("+")
    return f"{base}@{domain}", tag
