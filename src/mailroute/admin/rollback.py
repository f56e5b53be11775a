"""Put the files of an earlier ruleset back into a rules directory, so that what lies there is what is in force.

Only the rules: properties, people and contracts are no history of ours and stay as they are.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path

from mailroute.admin.impossible import Impossible
from mailroute.admin.writing import write_whole
from mailroute.rules.files import OPTIONAL, PACK_FILES, REQUIRED, collect, is_pack_file
from mailroute.rules.packs import with_packs
from mailroute.rules.report import Report
from mailroute.settings import Settings

_OURS = (*REQUIRED, *OPTIONAL)


def put_back(directory: Path, files: Sequence[tuple[str, str]]) -> list[str]:
    """Write the files; what they replace stays beside them as `NAME.bak`. Returns what was done, as sentences.

    A pack that is another one by now is put beside the site's own files, where it goes before ours.
    """
    wanted = dict(files)
    lines = [line for name in _OURS if (line := _put_back(directory, name, wanted.get(name)))]
    for pack in sorted({name.split("/")[1] for name in wanted if is_pack_file(name)}):
        then = {f"packs/{pack}/{file}": wanted.get(f"packs/{pack}/{file}") for file in PACK_FILES}
        now = dict(with_packs(directory, collect(directory, Report()), Report()))
        if any(text != now.get(name) for name, text in then.items()):
            for name, text in then.items():
                _put_back(directory, name, text)
            lines.append(
                f"packs/{pack}: the release of then is put beside your rules; delete the folder to have the newest again"
            )
    return lines


def _put_back(directory: Path, name: str, text: str | None) -> str:
    """Write one file, or take it away for None; "" if it is so already."""
    path = directory / name
    now = path.read_bytes() if path.is_file() else None
    if (text.encode() if text is not None else None) == now:
        return ""
    if now is not None:
        shutil.copy2(path, path.with_name(path.name + ".bak"))
    if text is not None:
        write_whole(path, text)
        return f"{name}: put back"
    path.unlink()
    return f"{name}: was not there then; it is kept as .bak"


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
