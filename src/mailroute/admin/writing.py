"""Write a file of a rules directory so that whoever reads it at this moment finds the old text or the new one."""

from __future__ import annotations

import shutil
from pathlib import Path

from mailroute.admin.impossible import Impossible


def write_whole(path: Path, text: str) -> None:
    """Put `text` in place of the file, with its permissions; the folder is made if it is missing. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.new")
    beside.write_bytes(text.encode())
    if path.exists():
        beside.chmod(path.stat().st_mode & 0o777)
    beside.replace(path)


def replace_keeping_old(path: Path, text: str) -> None:
    """The same for a person's own file: what was there stays beside it as `.bak`. Raises Impossible."""
    try:
        if path.exists():
            shutil.copy2(path, path.with_name(path.name + ".bak"))
        write_whole(path, text)
    except OSError as error:
        raise Impossible(f"{path} cannot be written ({error.strerror}); it is as it was") from error
