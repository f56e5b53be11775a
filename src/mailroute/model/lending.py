"""What happens to a ticket while its assignee is away: somebody keeps it for them, and gives it back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Lent:
    """The assignee is away: `to` stands in for them, and makes it their own by acting on it."""

    to: str
    kind: Literal["lent"] = "lent"


@dataclass(frozen=True, slots=True)
class LentBack:
    """Whoever it was lent by (`to`) is back, and nobody has acted on it meanwhile."""

    to: str
    kind: Literal["lent-back"] = "lent-back"
