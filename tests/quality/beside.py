"""Emergencies in mails about something else: mails of strangers, two in one, as people write when they write at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mailroute.admin.matter import Judge
from mailroute.rules import load_pack
from tests.quality.labelled import Labelled

# In a paragraph of its own, or without any sign that another matter begins.
_BETWEEN = ("\n\n", " ")
# Mails stand in the order of who wrote them; their neighbours so far away are by somebody else.
_FAR = 97


@dataclass(frozen=True, slots=True)
class Beside:
    """Of emergencies told before or after another matter, and of two everyday matters: how many are heard as one."""

    mails: int
    alarmed: float
    false_alarms: float

    def __str__(self) -> str:
        return (
            f"two mails in one, {self.mails} with an emergency: {self.alarmed:.1%} seen, "
            f"{self.false_alarms:.1%} false alarms among two others"
        )


def measured_beside(pack: str, mails: Sequence[Labelled]) -> Beside:
    """How the shipped pack does where the emergency is one of two matters."""
    judge = Judge.of((load_pack(pack),))
    alarms = [one.text for one in mails if one.emergency]
    others = [one.text for one in mails if not one.emergency]
    as_many = others[: len(alarms)]
    told = [*_joined(alarms, others), *_joined(as_many, alarms)]
    return Beside(len(told), _alarmed(judge, told), _alarmed(judge, _joined(as_many, others)))


def _joined(firsts: Sequence[str], seconds: Sequence[str]) -> list[str]:
    """Each of the first with one of the second behind it."""
    return [
        _BETWEEN[at % len(_BETWEEN)].join((first, seconds[(at + 1) * _FAR % len(seconds)]))
        for at, first in enumerate(firsts)
    ]


def _alarmed(judge: Judge, texts: Sequence[str]) -> float:
    heard = [bool(judge.view("", text.encode())["emergency"]) for text in texts]
    return sum(heard) / len(heard)
