"""Where the corpora lie, and what one figure of a score is. The corpora are read in place, never copied."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]
HELD = CHECKOUT.parent / "shared" / "corpora"
ABSENT = "the corpora are not here: put them beside the checkout as ../shared/corpora"

# What is no mail although it lies among them, and folders that hold no mails.
_NO_MAIL = (
    ".json",
    ".yml",
    ".xml",
    ".html",
    ".tree",
    ".tokens",
    ".out",
    ".list",
    ".full",
    ".single",
    ".reply",
)
_NO_MAILS = ("class-", "ref-", "hostile-", "reply-", "forward-")
_MAILISH = re.compile(rb"(?:From [^\n]+\n|\s*)?[A-Za-z][A-Za-z0-9-]*:[^\n]*\r?[\n\r]")
_SIZE_BYTES = 20_000_000


@dataclass(slots=True)
class Figure:
    """How many of how many came out as expected; `misses` say which did not and why."""

    name: str
    hits: int = 0
    total: int = 0
    misses: list[str] = field(default_factory=list)
    agreed: int = 0

    def count(self, case: str, good: bool, why: str = "") -> None:
        """Count one case. One of the known disagreements counts as right."""
        self.total += 1
        known = not good and f"{self.name}: {case}" in disagreements()
        self.agreed += known
        self.hits += good or known
        if not good and not known:
            self.misses.append(f"{case}  {why}".rstrip())

    @property
    def share(self) -> float:
        """Between 0 and 1, known disagreements counted as right; 1 where there is no case."""
        return self.hits / self.total if self.total else 1.0

    @property
    def strict_share(self) -> float:
        """The same with known disagreements counted as wrong, as a stranger would count them."""
        return (self.hits - self.agreed) / self.total if self.total else 1.0


_known: dict[str, str] = {}


def disagreements() -> dict[str, str]:
    """ "figure: case" to the reason why we are right and the expectation is not."""
    if not _known:
        path = Path(__file__).with_name("disagreements.toml")
        for figure, cases in tomllib.loads(path.read_text(encoding="utf-8")).items():
            _known.update({f"{figure}: {case}": reason for case, reason in cases.items()})
    return _known


def fold(text: str | None) -> str:
    """Letters and digits only: programs differ in white space and marks."""
    return re.sub(r"\W+", "", unicodedata.normalize("NFKC", text or "")).lower()


def files_below(folder: str, keep: Callable[[Path], bool] = lambda path: True) -> list[Path]:
    """All files of one corpus in order."""
    return sorted(path for path in (HELD / folder).rglob("*") if path.is_file() and keep(path))


def short(path: Path) -> str:
    """A file as it is called in this report."""
    return str(path.relative_to(HELD))


def all_mails() -> Iterator[tuple[Path, bytes]]:
    """Every file of the corpora that is a mail."""
    for folder in sorted(HELD.iterdir()):
        if not folder.is_dir() or folder.name.startswith(_NO_MAILS):
            continue
        for path in files_below(folder.name):
            if path.name.endswith(_NO_MAIL) or path.stat().st_size > _SIZE_BYTES:
                continue
            content = path.read_bytes()
            if _MAILISH.match(content[:4096]):
                yield path, content


def as_mail(text: bytes, subject: str = "Re: x") -> bytes:
    """A bare text as a mail."""
    return (
        b"From: a@b.example\nTo: c@d.example\nSubject: " + subject.encode() + b"\nMIME-Version: 1.0\n"
        b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n" + text
    )  # fmt: skip
