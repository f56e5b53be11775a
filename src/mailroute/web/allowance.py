"""How often one peer may do a thing in a quarter of an hour. Kept in memory: a restart forgives."""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address

_SPAN = timedelta(minutes=15)
_PEERS = 10_000


class Allowance:
    """So many times for each peer; of ten thousand peers the one not seen for longest is forgotten first."""

    def __init__(self, times: int) -> None:
        self._times = times
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()

    def forgive(self) -> None:
        """Begin anew with everybody."""
        self._seen.clear()

    def grants(self, peer: str, now: datetime) -> bool:
        """Whether `peer` may do it now; if so it counts."""
        seen = self._seen.setdefault(peer, deque())
        self._seen.move_to_end(peer)
        while len(self._seen) > _PEERS:
            self._seen.popitem(last=False)
        while seen and seen[0] <= now - _SPAN:
            seen.popleft()
        if len(seen) >= self._times:
            return False
        seen.append(now)
        return True


def network_of(host: str) -> str:
    """Whose requests are counted together: with IPv6 everybody has 2⁶⁴ addresses (RFC 6177), which are one peer."""
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if not isinstance(address, IPv6Address):
        return host
    return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
