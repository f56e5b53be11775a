"""E-mail addresses that stand in current contracts of different people: a mail from one may be about either (MR417)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import combinations

from mailroute.model.directory import overlap
from mailroute.model.text import fold
from mailroute.rules.reader import Entry
from mailroute.rules.report import Report, quoted
from mailroute.rules.schema import ContractRow

# Of an address that stands in hundreds of contracts, so many are compared with each other.
_COMPARED = 50


def shared_by_contracts(contracts: Sequence[Entry[ContractRow]], report: Report) -> frozenset[str]:
    """Report such addresses, each once, and return them."""
    by_address: dict[str, list[Entry[ContractRow]]] = defaultdict(list)
    for one in contracts:
        for address in one.value.email if one.value.party else ():
            by_address[address].append(one)
    told: set[str] = set()
    for address, found in by_address.items():
        pair = _of_two_people(found) if len(found) > 1 else None
        if pair is None:
            continue
        first, second = pair
        told.add(address)
        message = (
            f"{quoted(address)} stands in current contracts of different people: {quoted(first.value.party or '')} "
            f"({first.value.contract}) and {quoted(second.value.party or '')} ({second.value.contract})"
        )
        remedy = "A mail without a number is asked about. Give each their own address, or end one of the contracts (`to`)."
        report.add("MR417", second.spot("email"), message, remedy)
    return frozenset(told)


def _of_two_people(found: list[Entry[ContractRow]]) -> tuple[Entry[ContractRow], Entry[ContractRow]] | None:
    """Two of the contracts that hold on one day, and whose parties have different names."""
    for one, other in combinations(found[:_COMPARED], 2):
        mine, theirs = one.value, other.value
        if (
            one.id != other.id
            and fold(mine.party or "") != fold(theirs.party or "")
            and overlap((mine.since, mine.until), (theirs.since, theirs.until))
        ):
            return one, other
    return None
