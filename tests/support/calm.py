"""Rules for tests and measures that send as many mails in an hour as a firm gets in a month: no storm, every letter."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from mailroute import shipped


def in_calm(directory: Path, rules: Path | None = None, *, name: str = "rules-in-calm") -> Path:
    """A copy of the demo firm's rules, or of others, as `directory/name`, in which nothing counts as a storm."""
    copy = directory / name
    shutil.copytree(rules or shipped.path("rules"), copy)
    organisation = copy / "organisation.yaml"
    lines = organisation.read_text(encoding="utf-8").splitlines()
    calm = [re.sub(r"^  (tickets|letters|mails)(\w*): \d+$", r"  \1\2: 1000000", line) for line in lines]
    organisation.write_text("\n".join(calm) + "\n", encoding="utf-8")
    return copy
