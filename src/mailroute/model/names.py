"""Names of people within a German sentence."""

from __future__ import annotations

import re

_HERR = re.compile(r"(?:^|(?<=\bund ))Herr(?= )")


def oblique(name: str) -> str:
    """The name behind an, von, bei, für: `Herr Müller` becomes `Herrn Müller`, every other name stays as it is."""
    return _HERR.sub("Herrn", name)
