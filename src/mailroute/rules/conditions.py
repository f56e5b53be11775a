"""`when` as written → a condition of the closed vocabulary (design §6)."""

from __future__ import annotations

from mailroute.model import condition as m
from mailroute.rules.when_schema import WhenEntry


def condition(when: WhenEntry) -> m.Condition:
    """The condition; several keys beside each other must all hold."""
    parts = (*_about_the_text(when), *_about_the_mail(when), *_combined(when))
    return parts[0] if len(parts) == 1 else m.AllOf(parts)


def _about_the_text(when: WhenEntry) -> tuple[m.Condition, ...]:
    parts: list[m.Condition] = []
    if when.words:
        parts.append(m.Words(tuple(when.words)))
    if when.phrase:
        parts.append(m.Phrase(tuple(when.phrase)))
    if when.regex:
        parts.append(m.Regex(when.regex))
    if when.language:
        parts.append(m.LanguageIs(tuple(when.language)))
    return tuple(parts)


def _about_the_mail(when: WhenEntry) -> tuple[m.Condition, ...]:
    parts: list[m.Condition] = []
    if when.sender:
        parts.append(m.SenderIs(tuple(when.sender)))
    if when.from_:
        parts.append(m.FromIs(tuple(when.from_)))
    if when.domain:
        parts.append(m.DomainIs(tuple(when.domain)))
    if when.inbox:
        parts.append(m.InboxIs(tuple(when.inbox)))
    parts += [m.HeaderHas(name, contains) for name, contains in (when.header or {}).items()]
    if when.attachment:
        parts.append(m.AttachmentIs(tuple(when.attachment)))
    return tuple(parts)


def _combined(when: WhenEntry) -> tuple[m.Condition, ...]:
    parts: list[m.Condition] = []
    if when.all:
        parts.append(m.AllOf(tuple(condition(one) for one in when.all)))
    if when.any:
        parts.append(m.AnyOf(tuple(condition(one) for one in when.any)))
    if when.not_ is not None:
        parts.append(m.Not(condition(when.not_)))
    if when.always:
        parts.append(m.Always())
    return tuple(parts)


def holds_always(one: m.Condition) -> bool:
    """Whether the condition holds for every mail, as far as its shape tells."""
    match one:
        case m.Always():
            return True
        case m.AnyOf(conditions=conditions):
            return any(holds_always(inner) for inner in conditions)
        case m.AllOf(conditions=conditions):
            return all(holds_always(inner) for inner in conditions)
        case _:
            return False


def covers(earlier: m.Condition, later: m.Condition) -> bool:
    """Whether `earlier` holds wherever `later` does, as far as their shapes tell. Never wrongly says yes."""
    if holds_always(earlier) or earlier == later:
        return True
    if isinstance(later, m.AnyOf):
        return all(covers(earlier, inner) for inner in later.conditions)
    if isinstance(earlier, m.AllOf):
        return all(covers(inner, later) for inner in earlier.conditions)
    if isinstance(earlier, m.AnyOf) and any(covers(inner, later) for inner in earlier.conditions):
        return True
    if isinstance(later, m.AllOf):
        return any(covers(earlier, inner) for inner in later.conditions)
    return _covers_simply(earlier, later)


def _covers_simply(earlier: m.Condition, later: m.Condition) -> bool:
    """The same for conditions that hold no others, and for `not`."""
    match earlier, later:
        case m.Not(condition=wide), m.Not(condition=narrow):
            return covers(narrow, wide)
        case m.DomainIs(domains=many), m.DomainIs(domains=few):
            return all(_is_within(domain, many) for domain in few)
        case m.DomainIs(domains=many), m.FromIs(addresses=few):
            return all(_is_within(address.rpartition("@")[2], many) for address in few)
        case m.HeaderHas(name=name, contains=""), m.HeaderHas(name=other):
            return name.lower() == other.lower()
        case _:
            return type(earlier) is type(later) and set(_alternatives(later)) <= set(_alternatives(earlier))


def _alternatives(one: m.Condition) -> tuple[object, ...]:
    """What a condition needs only one of; the condition itself where that is all it has."""
    match one:
        case m.Words(words=many) | m.Phrase(phrases=many) | m.SenderIs(kinds=many) | m.FromIs(addresses=many):
            return many
        case m.InboxIs(addresses=many) | m.AttachmentIs(types=many) | m.LanguageIs(languages=many):
            return many
        case _:
            return (one,)


def _is_within(domain: str, parents: tuple[str, ...]) -> bool:
    return any(domain == parent or domain.endswith("." + parent) for parent in parents)
