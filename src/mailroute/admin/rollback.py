"""Put the files of an earlier ruleset back into a rules directory, so that what lies there is what is in force.

Only the rules: properties, people and contracts are no history of ours and stay as they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from mailroute.admin.acts import Impossible
from mailroute.admin.writing import write_whole
from mailroute.rules.files import OPTIONAL, REQUIRED
from mailroute.settings import Settings

_OURS = (*REQUIRED, *OPTIONAL)


def put_back(directory: Path, files: Sequence[tuple[str, str]]) -> list[str]:
    """Write the files; what they replace stays beside them as `NAME.bak`. Returns what was done, as sentences."""
    wanted = {name: text for name, text in files if name in _OURS}
    lines = []
    for name in _OURS:
        path = directory / name
        now = path.read_bytes() if path.is_file() else None
        text = wanted.get(name)
        if now is None and text is None:
            continue
        if text is not None and now == text.encode():
            continue
        if now is not None:
            shutil.copy2(path, path.with_name(name + ".bak"))
        if text is not None:
            write_whole(path, text)
        else:
            path.unlink()
        lines.append(
            f"{name}: {'put back' if text is not None else 'was not there then; it is kept as .bak'}"
        )
    return lines


def directory_of(settings: Settings, organisation: str) -> Path:
    """The rules directory of an organisation. Raises Impossible with what to say."""
    if len(settings.rules) == 1:
        return settings.rules[0]
    for directory in settings.rules:
        file = directory / "organisation.yaml"
        text = file.read_text(encoding="utf-8", errors="replace") if file.is_file() else ""
        if any(line.split("#")[0].split() == ["id:", organisation] for line in text.splitlines()):
            return directory
    raise Impossible(f"no rules directory has the organisation {organisation}: name it with --rules DIR")
