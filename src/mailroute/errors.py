"""The classes of trouble. The class decides the reply at a door and whether work is tried again (design §11).

Content never raises: a mad mail is `Message.defects`, an unroutable one goes to triage.
"""

from __future__ import annotations

from dataclasses import dataclass, field


class MailrouteError(Exception):
    """Root of ours; never raised itself."""


class Refused(MailrouteError):
    """The sender asked for what can never work. Doors answer `reply`, a constant 5yz line."""

    def __init__(self, reply: str) -> None:
        super().__init__(reply)
        self.reply = reply


class TryLater(MailrouteError):
    """The world is not ready (database locked, full or gone). Doors answer 451, work is tried again."""


class Conflict(MailrouteError):
    """What a decision was built on has changed meanwhile: gather and decide again."""


class Broken(MailrouteError):
    """A bug of ours. 451 at a door; a mail is held after four attempts; alarm."""


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake in a file that people edit, with its place and its remedy.

    `code` is MRnnn, `line` and `column` count from 1 (0: the whole file), `source` is the line itself.
    `level` is "error" or "warning".
    """

    code: str
    file: str
    line: int
    column: int
    message: str
    remedy: str = ""
    source: str = ""
    level: str = "error"

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        head = f"{place}: {self.level} {self.code}: {self.message}"
        lines = [head]
        if self.source:
            lines += ["    " + self.source, "    " + " " * max(0, self.column - 1) + "^"]
        if self.remedy:
            lines.append("    " + self.remedy)
        return "\n".join(lines)


@dataclass(eq=False)
class RulesetInvalid(MailrouteError):
    """A rules directory has mistakes: all of them."""

    diagnostics: tuple[Diagnostic, ...] = field(default_factory=tuple)

    def __str__(self) -> str:
        return "\n".join(str(one) for one in self.diagnostics)


@dataclass(eq=False)
class SettingsInvalid(MailrouteError):
    """`mailroute.toml` has mistakes: all of them, as sentences."""

    problems: tuple[str, ...] = field(default_factory=tuple)

    def __str__(self) -> str:
        return "\n".join(self.problems)
