"""model.csv: what `mailroute learn` made of the site's own closed tickets. Has the columns of a pack's evidence.csv.

The row without a word says what each case type has before any word is read.
"""

from __future__ import annotations

from hashlib import sha256

from mailroute.model.ruleset import SiteModel
from mailroute.rules.learned import LearnedWords
from mailroute.rules.reader import Entries
from mailroute.rules.report import Report, quoted

FILE = "model.csv"
COLUMNS = ("word", "weights")


def check_site_model(entries: Entries, report: Report) -> None:
    """Report case types that the model has learned and the rules no longer have (MR425)."""
    model = entries.site_model
    for name, spot in model.spots.items() if model is not None else ():
        if name not in entries.case_types:
            message = f"the model has learned the case type {quoted(name)}, which is no more"
            report.add("MR425", spot, message, "Learn anew: `mailroute learn --write`.")


def build_site_model(model: LearnedWords | None, text: str) -> SiteModel | None:
    """The model as the ruleset has it; its version is made of the file."""
    if model is None:
        return None
    return SiteModel(
        version=sha256(text.encode()).hexdigest()[:8],
        before=tuple(sorted(model.bars.items())),
        words=model.words,
    )


def written(before: dict[str, float], weights: dict[str, dict[str, float]]) -> str:
    """The text of model.csv; `weights` by word and case type."""
    lines = [";".join(COLUMNS), ";" + _joined(before)]
    return "\n".join([*lines, *(f"{word};{_joined(weights[word])}" for word in sorted(weights))]) + "\n"


def _joined(weights: dict[str, float]) -> str:
    return " | ".join(f"{name} {weight:.2f}" for name, weight in sorted(weights.items()))
