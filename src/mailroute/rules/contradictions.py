"""Conditions that no mail can meet, as far as their shapes tell: `sender: staff` and `sender: tenant` at once."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from mailroute.model import condition as m
from mailroute.rules.conditions import condition, covers
from mailroute.rules.reader import Entries
from mailroute.rules.report import Report, quoted
from mailroute.rules.when_schema import WhenEntry

Path = tuple[str | int, ...]


def check_contradictions(entries: Entries, report: Report) -> None:
    """Report each condition that can never hold (MR420), the innermost only."""
    for one in entries.case_types.values():
        if one.value.when is not None:
            for path, why in _impossible(one.value.when, ("when",)):
                remedy = "Write `any:` where one of them is enough, or make two case types of it."
                report.add("MR420", one.spot(*path), f"no mail can meet this condition: {why}", remedy)


def _impossible(when: WhenEntry, path: Path) -> Iterator[tuple[Path, str]]:
    inner = [found for one, where in _within(when, path) for found in _impossible(one, where)]
    if inner:
        yield from inner
        return
    why = _why_never(condition(when))
    if why:
        yield path, why


def _within(when: WhenEntry, path: Path) -> Iterator[tuple[WhenEntry, Path]]:
    for key, several in (("all", when.all), ("any", when.any)):
        for index, one in enumerate(several or ()):
            yield one, (*path, key, index)
    if when.not_ is not None:
        # What can never be met is met by no mail, so its `not` is met by every one: not meant either.
        yield when.not_, (*path, "not")


def _why_never(asked: m.Condition) -> str:
    """Which two of its parts exclude each other; "" where none do."""
    parts = list(_parts(asked))
    return next((why for one, other in combinations(parts, 2) if (why := _exclude(one, other))), "")


def _parts(asked: m.Condition) -> Iterator[m.Condition]:
    """All that must hold together."""
    if isinstance(asked, m.AllOf):
        for one in asked.conditions:
            yield from _parts(one)
    else:
        yield asked


def _exclude(one: m.Condition, other: m.Condition) -> str:
    match one, other:
        case (m.Not(condition=denied), wanted) | (wanted, m.Not(condition=denied)) if covers(denied, wanted):
            return "what it asks for is what its `not` rules out"
        case (m.FromIs(addresses=addresses), m.DomainIs(domains=domains)) | (
            m.DomainIs(domains=domains),
            m.FromIs(addresses=addresses),
        ) if not any(
            _is_within(address.rpartition("@")[2], domain) for address in addresses for domain in domains
        ):
            return f"`from` {_listed(addresses)} is not at `domain` {_listed(domains)}"
        case m.DomainIs(domains=these), m.DomainIs(domains=those) if not any(
            _is_within(a, b) or _is_within(b, a) for a in these for b in those
        ):
            return f"`domain` cannot be {_listed(these)} and {_listed(those)} at once"
        case _:
            return _have_nothing_in_common(one, other)


def _have_nothing_in_common(one: m.Condition, other: m.Condition) -> str:
    """A mail has one of each of these, so two lists that share nothing never hold together."""
    match one, other:
        case m.SenderIs(kinds=these), m.SenderIs(kinds=those):
            key = "sender"
        case m.FromIs(addresses=these), m.FromIs(addresses=those):
            key = "from"
        case m.InboxIs(addresses=these), m.InboxIs(addresses=those):
            key = "inbox"
        case m.LanguageIs(languages=these), m.LanguageIs(languages=those):
            key = "language"
        case _:
            return ""
    if set(these) & set(those):
        return ""
    return f"{quoted(key)} cannot be {_listed(these)} and {_listed(those)} at once"


def _is_within(domain: str, parent: str) -> bool:
    return domain == parent or domain.endswith("." + parent)


def _listed(values: tuple[str, ...]) -> str:
    return " or ".join(values)
