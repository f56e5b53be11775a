"""Labelled mails: tests/golden/quality, written by people who never saw the packs, and our own of tests/golden/matters."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.support.matters import matters

QUALITY = Path(__file__).parents[1] / "golden" / "quality"
# The folders of tests/golden/matters to learn from.
OWN_FOLDERS = {
    "property-de": ("property-de", "property-de-reworded", "negatives", "alarms"),
    "insurance-de": ("insurance-de", "insurance-de-reworded", "negatives"),
}
# What the tables call "other" is no case type of a pack: nothing there recognises it.
_NO_CASE_TYPE = "sonstiges"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One mail. `case_type` None: it is about nothing that the pack knows. `also`: what a colleague might say too."""

    id: str
    pack: str
    case_type: str | None
    also: frozenset[str]
    emergency: bool
    subject: str
    text: str

    def content(self) -> bytes:
        """As a plain text file, the way `mailroute classify` reads it."""
        head = f"Betreff: {self.subject}\n" if self.subject.strip() else ""
        return (head + self.text).encode()

    def accepts(self, case_type: str | None) -> bool:
        """Whether that answer is right."""
        return case_type == self.case_type or case_type in self.also


def labelled(part: str, pack: str, folder: Path = QUALITY) -> list[Labelled]:
    """The mails of a part (`tune`, `report`) for a pack."""
    mails = [mail for file in sorted((folder / part).glob("*.jsonl")) for mail in _read(file)]
    return [mail for mail in mails if mail.pack == pack]


def _read(file: Path) -> Iterator[Labelled]:
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.strip():
            one = json.loads(line)
            case_type = one["case_type"]
            yield Labelled(
                one["id"],
                one["pack"],
                None if case_type == _NO_CASE_TYPE else case_type,
                frozenset(one.get("also", ())),
                one["emergency"],
                one["subject"],
                one["text"],
            )


def situations(pack: str, part: str = "situations") -> Iterator[Labelled]:
    """What people come with, told in a sentence or two each; `[none]` of them is a matter of the pack.

    Those of `borders` are what is an emergency and what only sounds like one; nobody learns from them.
    """
    for file in sorted((QUALITY / part).glob(f"{pack}*.txt")):
        label: str | None = None
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
            if line.startswith("["):
                label = None if line == "[none]" else line.strip("[]")
            elif line and not line.startswith("#"):
                alarm = label == "havarie_notfall"
                yield Labelled(f"{file.stem}-{number}", pack, label, frozenset(), alarm, "", line)


def own(pack: str) -> Iterator[Labelled]:
    """The mails of tests/golden/matters for a pack, and those that are about nothing."""
    for folder in OWN_FOLDERS[pack]:
        for mail in matters(folder):
            if mail.label == "no_emergency":
                continue  # about anything else, and nobody has said about what
            label = None if mail.label == "unclear" else mail.label
            subject, text = _subject_and_text(mail.text)
            name = f"{folder}-{mail.label}-{mail.index}"
            yield Labelled(name, pack, label, frozenset(), label == "havarie_notfall", subject, text)


def _subject_and_text(text: str) -> tuple[str, str]:
    first, _, rest = text.partition("\n")
    for mark in ("Betreff:", "Subject:"):
        if first.startswith(mark):
            return first.removeprefix(mark).strip(), rest
    return "", text
