"""How well a pack says what labelled mails are about: shares, roles, emergencies, and what was taken for what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mailroute.admin.matter import Judge
from mailroute.model.ruleset import Ruleset, ToRole
from mailroute.rules import load_files, load_pack
from mailroute.rules.packs import bare_firm
from tests.quality.labelled import Labelled

UNCLEAR = "unclear"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pack made of a mail; roles as they are asked for, None for the front desk."""

    mail: Labelled
    case_type: str | None
    emergency: bool
    right_role: bool
    offered: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of some answers. `wrong` are those that name a case type that is not right: wrong and confident."""

    mails: int
    right: float
    wrong: float
    unclear: float
    right_role: float
    offered: float
    precision: float
    recall: float
    emergencies: int
    alarmed: float
    false_alarms: float
    confusion: tuple[tuple[str, str, int], ...]

    def as_json(self) -> dict[str, object]:
        """For the books."""
        shares = ("right", "wrong", "unclear", "right_role", "offered", "alarmed", "false_alarms")
        return {"mails": self.mails} | {name: round(getattr(self, name), 4) for name in shares}

    def __str__(self) -> str:
        alarms = (
            f"; {self.emergencies} emergencies: {self.alarmed:.1%} seen, {self.false_alarms:.1%} false alarms"
        )
        return (
            f"{self.mails} mails: {self.right:.1%} right, {self.wrong:.1%} wrong and confident, "
            f"{self.unclear:.1%} unclear; role {self.right_role:.1%}, among the best three {self.offered:.1%}; "
            f"precision {self.precision:.1%}, recall {self.recall:.1%}" + (alarms if self.emergencies else "")
        )


def measured(pack: str, mails: Sequence[Labelled]) -> Figures:
    """How the shipped pack does."""
    loaded = load_pack(pack)
    return figures_of(list(answers(Judge.of((loaded,)), loaded.ruleset, mails)))


def measured_with(pack: str, parts: Iterable[tuple[Mapping[str, str], Sequence[Labelled]]]) -> Figures:
    """How the pack does with other files for each part of the mails."""
    found: list[Answer] = []
    for learned, mails in parts:
        other = {f"packs/{pack}/{name}": text for name, text in learned.items()}
        loaded = load_files((dict(bare_firm(pack)) | other).items())
        found += answers(Judge.of((loaded,)), loaded.ruleset, mails)
    return figures_of(found)


def answers(judge: Judge, ruleset: Ruleset, mails: Sequence[Labelled]) -> Iterator[Answer]:
    """What `mailroute classify` says of each mail."""
    for mail in mails:
        view = judge.view(mail.id, mail.content())
        roles = {_role(ruleset, one) for one in (mail.case_type, *mail.also)}
        offered = [one["id"] for one in view["case_types"][:3]]
        yield Answer(
            mail,
            view["case_type"],
            view["emergency"],
            _asked(ruleset, view) in roles,
            any(map(mail.accepts, offered)) or mail.case_type is None,
        )


def _asked(ruleset: Ruleset, view: Mapping[str, Any]) -> str | None:
    """The role that would get it, None for the front desk."""
    owner = next(iter(view["roles"]), None)
    return None if view["case_type"] is None and owner == ruleset.organisation.triage_role else owner


def _role(ruleset: Ruleset, case_type_id: str | None) -> str | None:
    case_type = ruleset.case_type(case_type_id)
    return case_type.target.role if case_type and isinstance(case_type.target, ToRole) else None


def figures_of(found: Sequence[Answer]) -> Figures:
    """Count. Precision and recall are the means over the case types."""
    many = max(len(found), 1)
    right = [one.mail.accepts(one.case_type) for one in found]
    wrong = [one.case_type is not None and not good for one, good in zip(found, right, strict=True)]
    marked = [one for one in found if one.mail.emergency]
    others = [one for one in found if not one.mail.emergency]
    confusion = Counter(
        (one.mail.case_type or UNCLEAR, one.case_type or UNCLEAR)
        for one, good in zip(found, right, strict=True)
        if not good
    )
    return Figures(
        mails=len(found),
        right=sum(right) / many,
        wrong=sum(wrong) / many,
        unclear=1 - (sum(right) + sum(wrong)) / many,
        right_role=sum(one.right_role for one in found) / many,
        offered=sum(one.offered for one in found) / many,
        precision=_mean_share(found, lambda one: one.case_type),
        recall=_mean_share(found, lambda one: one.mail.case_type),
        emergencies=len(marked),
        alarmed=sum(one.emergency for one in marked) / max(len(marked), 1),
        false_alarms=sum(one.emergency for one in others) / max(len(others), 1),
        confusion=tuple((*pair, times) for pair, times in confusion.most_common()),
    )


def _mean_share(found: Sequence[Answer], key: Callable[[Answer], str | None]) -> float:
    """The mean, over the case types that `key` names, of the share of right answers."""
    by_case_type: dict[str, list[bool]] = {}
    for one in found:
        name = key(one)
        if name is not None:
            by_case_type.setdefault(name, []).append(one.mail.accepts(one.case_type))
    shares = [sum(good) / len(good) for good in by_case_type.values()]
    return sum(shares) / max(len(shares), 1)
