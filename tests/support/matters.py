"""Written mails with the matter that each is about (tests/golden/matters), and how well a pack recognises them.

One file per case type, mails divided by lines of `---`; the first line of a mail may be its subject. Every third mail is
*held out*: packs are tuned without looking at it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from mailroute.admin.matter import Judge
from mailroute.rules import load_pack

MATTERS = Path(__file__).parents[1] / "golden" / "matters"
_EVERY = 3
_OFFERED = 3


@dataclass(frozen=True, slots=True)
class Matter:
    """One mail: which case type (or kind of negative) it is, and its place in that file."""

    label: str
    index: int
    text: str

    @property
    def held_out(self) -> bool:
        return self.index % _EVERY == _EVERY - 1


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a pack made of it. `offered` are the best three."""

    matter: Matter
    case_type: str | None
    offered: tuple[str, ...]
    emergency: bool
    because: str

    def __str__(self) -> str:
        start = " ".join(self.matter.text.split())[:70]
        return f"{self.matter.label}[{self.matter.index}] → {self.case_type} {self.because}: {start}"


@dataclass(frozen=True, slots=True)
class Score:
    """Shares of some verdicts; `confusion` counts (label, verdict) where they differ."""

    mails: int
    right: float
    offered: float
    wrong: float
    confusion: dict[tuple[str, str | None], int]

    def __str__(self) -> str:
        missed = ", ".join(
            f"{a} → {b or 'unclear'} ×{n}" for (a, b), n in sorted(self.confusion.items(), key=str)
        )
        return (
            f"{self.mails} mails: {self.right:.1%} right, {self.offered:.1%} among the best three, "
            f"{self.wrong:.1%} wrong. {missed}"
        )


def matters(folder: str) -> Iterator[Matter]:
    """All mails of a folder of tests/golden/matters."""
    for file in sorted((MATTERS / folder).glob("*.txt")):
        for index, text in enumerate(file.read_text(encoding="utf-8").split("\n---\n")):
            yield Matter(file.stem, index, text)


@cache
def judge_of(pack: str) -> Judge:
    """A shipped pack, ready to judge; it is frozen, and making one takes a second or two."""
    return Judge.of((load_pack(pack),))


def judged(pack: str, mails: Iterator[Matter]) -> list[Verdict]:
    """What the pack makes of the mails."""
    judge = judge_of(pack)
    verdicts = []
    for one in mails:
        view = judge.view(one.label, one.text.encode())
        ranked = view["case_types"]
        verdicts.append(
            Verdict(
                one,
                view["case_type"],
                tuple(case_type["id"] for case_type in ranked[:_OFFERED]),
                view["emergency"],
                ranked[0]["because"] if ranked else "",
            )
        )
    return verdicts


def score(verdicts: list[Verdict]) -> Score:
    """Count."""
    confusion: dict[tuple[str, str | None], int] = {}
    for one in verdicts:
        if one.case_type != one.matter.label:
            key = (one.matter.label, one.case_type)
            confusion[key] = confusion.get(key, 0) + 1
    many = len(verdicts)
    return Score(
        many,
        sum(one.case_type == one.matter.label for one in verdicts) / many,
        sum(one.matter.label in one.offered for one in verdicts) / many,
        sum(one.case_type not in (one.matter.label, None) for one in verdicts) / many,
        confusion,
    )
