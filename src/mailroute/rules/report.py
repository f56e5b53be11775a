"""Collect mistakes with their places. Nothing here raises: reading goes on, so that all of them are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from mailroute.errors import Diagnostic, RulesetInvalid
from mailroute.rules.codes import CODES

# A mangled file of a million lines must not become a million diagnostics.
_MOST_PER_CODE_AND_FILE = 50
_SOURCE_CHARS = 160


@dataclass(frozen=True, slots=True)
class Spot:
    """A place in a file; line and column count from 1 (0: the whole file). `source` is the line itself."""

    file: str
    line: int = 0
    column: int = 0
    source: str = ""


def spot_in(file: str, lines: tuple[str, ...], line: int, column: int) -> Spot:
    """A place with the text of its line."""
    return Spot(file, line, column, lines[line - 1] if 0 < line <= len(lines) else "")


@dataclass(slots=True)
class Report:
    """All that was found so far."""

    found: list[Diagnostic] = field(default_factory=list)
    errors: int = 0
    _counts: dict[tuple[str, str], int] = field(default_factory=dict)
    _seen: set[Diagnostic] = field(default_factory=set)

    def add(self, code: str, spot: Spot, message: str, remedy: str | Callable[[], str] = "") -> None:
        """Note one mistake; beyond fifty of one kind in one file they are only counted.

        A remedy that takes a search is given as a function, so that 100,000 wrong rows do not search.
        """
        key = (code, spot.file)
        level = CODES[code].level
        self.errors += level == "error"
        self._counts[key] = self._counts.get(key, 0) + 1
        if self._counts[key] > _MOST_PER_CODE_AND_FILE:
            return
        source, column = _excerpt(spot)
        remedy = remedy if isinstance(remedy, str) else remedy()
        one = Diagnostic(code, spot.file, spot.line, column, message, remedy, source, level)
        if one not in self._seen:
            self._seen.add(one)
            self.found.append(one)

    @property
    def failed(self) -> bool:
        """Whether one of them is an error."""
        return self.errors > 0

    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """All of them by file, line and column."""
        extra = [
            Diagnostic(
                code, file, 0, 0, f"{count - _MOST_PER_CODE_AND_FILE} more like this", level=CODES[code].level
            )
            for (code, file), count in self._counts.items()
            if count > _MOST_PER_CODE_AND_FILE
        ]
        return tuple(
            sorted([*self.found, *extra], key=lambda d: (d.file, d.line, d.column, d.code, d.message))
        )

    def raise_if_failed(self) -> None:
        """Raise RulesetInvalid with everything found, warnings too, if there is an error among it."""
        if self.failed:
            raise RulesetInvalid(self.diagnostics())


# As many as there are conditions, of which `words` is the last.
_SHOWN = 14


def nearest(word: str, known: Iterable[str], *, otherwise: str = "") -> str:
    """A remedy that names the known word that looks most like `word`, or a few that are possible."""
    choices = sorted(set(known))
    # The word may come from a mangled file, and there may be 10,000 properties to compare it with.
    close = process.extractOne(word[:80].lower(), choices, scorer=fuzz.ratio, score_cutoff=60)
    if close:
        return f"Did you mean `{close[0]}`?"
    if otherwise:
        return otherwise
    if not choices:
        return ""
    more = ", …" if len(choices) > _SHOWN else ""
    return "Possible are: " + ", ".join(f"`{choice}`" for choice in choices[:_SHOWN]) + more + "."


def quoted(text: str) -> str:
    """What somebody wrote, shortened and harmless, for a message."""
    short = text if len(text) <= 60 else text[:59] + "…"
    return "`" + _visible(short) + "`"


def _excerpt(spot: Spot) -> tuple[str, int]:
    """The line as it may be shown on any terminal, and the column within it."""
    line, column = spot.source, spot.column
    if column > _SOURCE_CHARS:
        cut = column - _SOURCE_CHARS // 2
        line, column = "…" + line[cut:], column - cut + 1
    if len(line) > _SOURCE_CHARS:
        line = line[: _SOURCE_CHARS - 1] + "…"
    return _visible(line).rstrip(), column


def _visible(text: str) -> str:
    """Every character of the text as one printable character, so that carets stay in place."""
    return "".join(c if c.isprintable() else (" " if c == "\t" else "·") for c in text)
