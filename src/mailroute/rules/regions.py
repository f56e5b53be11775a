"""What people call a region of public holidays: `Bayern` and `BY` are DE-BY."""

from __future__ import annotations

from mailroute.model.calendar import REGIONS
from mailroute.model.text import fold

_STATES = {
    "baden-wuerttemberg": "DE-BW", "bayern": "DE-BY", "berlin": "DE-BE", "brandenburg": "DE-BB", "bremen": "DE-HB",
    "hamburg": "DE-HH", "hessen": "DE-HE", "mecklenburg-vorpommern": "DE-MV", "niedersachsen": "DE-NI", "bavaria": "DE-BY",
    "nordrhein-westfalen": "DE-NW", "nrw": "DE-NW", "rheinland-pfalz": "DE-RP", "saarland": "DE-SL", "sachsen": "DE-SN",
    "sachsen-anhalt": "DE-ST", "schleswig-holstein": "DE-SH", "thueringen": "DE-TH", "deutschland": "DE",
}  # fmt: skip


def region_called(name: str) -> str | None:
    """The region that somebody means who writes the name of a state, or its letters alone; None if it is none."""
    bare = f"DE-{name.upper()}"
    return _STATES.get(fold(name)) or (bare if bare in REGIONS else None)
