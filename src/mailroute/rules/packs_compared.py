"""What a site changed of the packs that it takes in, and what another release of a pack would change: key by key, as written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mailroute.rules.deadline_schema import WITHOUT_LADDER
from mailroute.rules.files import Files, clean
from mailroute.rules.learned import LearnedWords
from mailroute.rules.meanings import LearnedMeanings
from mailroute.rules.packs import TARGETS
from mailroute.rules.reader import Entries, Entry, Pack, read_entries
from mailroute.rules.report import Report
from mailroute.rules.schema import CaseTypeEntry, RoleEntry
from mailroute.rules.tree import Plain, Tree

_VALUE_CHARS = 100
_SPAN = "deadlines."
_WORDS_SHOWN = 12

_Definition = Entry[RoleEntry] | Entry[CaseTypeEntry]


@dataclass(frozen=True, slots=True)
class PackChange:
    """One role or case type (`kind`) of a pack: `what` is overridden, new, gone or changed; `details` key by key.

    `id` is the name within the site, with the prefix. `yours`: the site overrides it, so that a release does not reach it.
    """

    pack: str
    kind: str
    id: str
    what: str
    details: tuple[str, ...] = ()
    yours: bool = False


def overridden(files: Files) -> tuple[PackChange, ...]:
    """What the site writes anew of its packs, compared with what stands there."""
    entries = _entries(files)
    found = []
    for pack, prefix in _uses(entries):
        for kind, theirs, ours in _kinds(entries.packs[pack], entries):
            for one in theirs.values():
                mine = ours.get(prefix + one.id)
                if mine is not None and mine.value.override:
                    old = _prefixed(_plain(one), prefix, entries.packs[pack])
                    written = _plain(mine)
                    keys = (*written, *(key for key in old if key in _replaced(written)))
                    gone = {key: old.get(key) for key in keys}
                    details = tuple(_differences(gone, written))
                    found.append(PackChange(pack, kind, prefix + one.id, "overridden", details, True))
    return tuple(found)


def released(before: Files, after: Files, pack: str) -> tuple[PackChange, ...]:
    """What is otherwise in `pack` of the files `after`, seen from the site that takes it in."""
    old, new = _entries(before), _entries(after)
    prefix = dict(_uses(old)).get(pack, "")
    found: list[PackChange] = []
    kinds = zip(_kinds(old.packs[pack], old), _kinds(new.packs[pack], new), strict=True)
    for (kind, were, ours), (_, are, _) in kinds:
        for name in dict.fromkeys((*were, *are)):
            mine = ours.get(prefix + name)
            written = _plain(mine) if mine is not None and mine.value.override else {}
            for what, details, yours in _changes(were.get(name), are.get(name), written):
                found.append(PackChange(pack, kind, prefix + name, what, details, yours))
    found += _learned(pack, prefix, old.packs[pack].learned, new.packs[pack].learned)
    return (*found, *_meanings(pack, old.packs[pack].together, new.packs[pack].together))


def _changes(
    old: _Definition | None, new: _Definition | None, written: Mapping[str, Plain]
) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Which change it is, its details, and whether it is of keys that the site has `written` itself."""
    if old is None or new is None:
        if old is not new:
            yield ("new" if old is None else "gone"), (), bool(written)
        return
    was, is_now = _plain(old), _plain(new)
    for yours in (False, True):
        keys = [key for key in dict.fromkeys((*was, *is_now)) if (key in _replaced(written)) is yours]
        details = tuple(_differences(*({key: one.get(key) for key in keys} for one in (was, is_now))))
        if details:
            yield "changed", details, yours


def _entries(files: Files) -> Entries:
    report = Report()
    return read_entries(clean(files, report), report)


def _uses(entries: Entries) -> list[tuple[str, str]]:
    uses = entries.organisation.value.packs if entries.organisation is not None else ()
    return [(use.pack, use.prefix or "") for use in uses if use.pack in entries.packs]


def _kinds(
    pack: Pack, entries: Entries
) -> tuple[tuple[str, Mapping[str, _Definition], Mapping[str, _Definition]], ...]:
    return ("role", pack.roles, entries.roles), ("case type", pack.case_types, entries.case_types)


def _plain(one: _Definition) -> dict[str, Plain]:
    """The entry as it is written."""
    assert isinstance(one.origin, Tree)
    root = one.origin.root.value
    assert isinstance(root, dict)
    plain = root[str(one.path[0])].plain()
    return dict(_span_by_span(plain)) if isinstance(plain, dict) else {}


def _span_by_span(plain: Mapping[str, Plain]) -> Iterator[tuple[str, Plain]]:
    """Deadlines are overridden one by one, so each is a key of its own: `deadlines.remind_after`."""
    for key, value in plain.items():
        if key == "deadlines" and isinstance(value, dict):
            yield from ((f"{_SPAN}{name}", span) for name, span in value.items())
        else:
            yield key, value


def _replaced(written: Mapping[str, Plain]) -> frozenset[str]:
    """The keys of a pack that do not count any more where the site has written these: there is one target, and one way to
    remind (`packs.join_packs`).
    """
    plain = {_SPAN + name for name in WITHOUT_LADDER}
    ladder = {f"{_SPAN}ladder"}
    replaced = set(written)
    for one, other in ((TARGETS, TARGETS), (plain, ladder), (ladder, plain)):
        if written.keys() & one:
            replaced |= other
    return frozenset(replaced)


def _prefixed(plain: dict[str, Plain], prefix: str, pack: Pack) -> dict[str, Plain]:
    """With the names that the roles of the pack have in the site."""

    def named(value: Plain) -> Plain:
        if isinstance(value, list):
            return [named(one) for one in value]
        return prefix + value if isinstance(value, str) and value in pack.roles else value

    return {key: named(value) if key in ("role", "inform") else value for key, value in plain.items()}


# --- key by key ----------------------------------------------------------------------------------------------


def _differences(old: dict[str, Plain], new: dict[str, Plain]) -> Iterator[str]:
    for key in dict.fromkeys((*old, *new)):
        was, is_now = old.get(key), new.get(key)
        if key == "override" or was == is_now:
            continue
        if key == "evidence":
            yield from _words_differ(_weights(was), _weights(is_now))
        elif was is None:
            yield f"+ {key}: {_shown(is_now)}"
        elif is_now is None:
            yield f"- {key}: {_shown(was)}"
        else:
            yield f"{key}: {_shown(was)} → {_shown(is_now)}"


def _weights(evidence: Plain) -> dict[str, str]:
    """`[wort, {wort: 2}]` or `{wort: 2}` → word and weight."""
    if isinstance(evidence, dict):
        return {word: str(weight) for word, weight in evidence.items()}
    weights: dict[str, str] = {}
    for one in evidence if isinstance(evidence, list) else [evidence] if evidence else []:
        if isinstance(one, dict):
            weights |= {word: str(weight) for word, weight in one.items()}
        else:
            weights[str(one)] = "1"
    return weights


def _words_differ(old: dict[str, str], new: dict[str, str]) -> Iterator[str]:
    more = [f"{word} {new[word]}" for word in new if word not in old]
    less = [word for word in old if word not in new]
    other = [f"{word} {old[word]} → {new[word]}" for word in new if word in old and old[word] != new[word]]
    for sign, words in (("+ evidence", more), ("- evidence", less), ("evidence", other)):
        if words:
            rest = f" and {len(words) - _WORDS_SHOWN} more" if len(words) > _WORDS_SHOWN else ""
            yield f"{sign}: {', '.join(words[:_WORDS_SHOWN])}{rest}"


def _shown(value: Plain) -> str:
    text = _flow(value)
    return text if len(text) <= _VALUE_CHARS else text[: _VALUE_CHARS - 1] + "…"


def _flow(value: Plain) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}: {_flow(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return str(value)


def _learned(
    pack: str, prefix: str, old: LearnedWords | None, new: LearnedWords | None
) -> Iterator[PackChange]:
    """The learned words, counted: there are thousands. They belong to an id and reach it even where it is overridden."""
    were, are = (one.words.by_name() if one is not None else {} for one in (old, new))
    for name in sorted({*were, *are}):
        mine, theirs = were.get(name, {}), are.get(name, {})
        more, less = len(theirs.keys() - mine.keys()), len(mine.keys() - theirs.keys())
        other = sum(mine[word] != theirs[word] for word in mine.keys() & theirs.keys())
        if more or less or other:
            where = "*" if name == "*" else prefix + name
            details = (f"{more} learned words more, {less} less, {other} weigh otherwise",)
            yield PackChange(pack, "learned words", where, "changed", details)


def _meanings(pack: str, old: LearnedMeanings | None, new: LearnedMeanings | None) -> Iterator[PackChange]:
    """What words say together, counted too: when it is learned anew, every word has another place."""
    were, are = (one.meanings.words if one and one.meanings else {} for one in (old, new))
    if were != are:
        more, less = len(are.keys() - were.keys()), len(were.keys() - are.keys())
        other = sum(were[word] != are[word] for word in were.keys() & are.keys())
        details = (f"{more} words with a meaning more, {less} less, {other} mean something else",)
        yield PackChange(pack, "learned meanings", "*", "changed", details)
