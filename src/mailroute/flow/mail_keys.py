"""The keys that open encrypted mail: read once, at the start."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from mailroute.errors import SettingsInvalid

_ENDINGS = (".asc", ".pem")
_LIBRARIES = ("cryptography", "pysequoia")
_KEY_BYTES = 1024 * 1024


def read_keys(folder: Path | None) -> tuple[bytes, ...]:
    """Every key of a folder; none without one.

    Raises SettingsInvalid if the folder cannot be read, is open to others, or the libraries are not installed.
    """
    if folder is None:
        return ()
    if any(find_spec(name) is None for name in _LIBRARIES):
        problem = f"keys = {folder}: what opens encrypted mail is not installed. Install mailroute[crypto], or take `keys` out."
        raise SettingsInvalid((problem,))
    try:
        if folder.stat().st_mode & 0o077:
            raise SettingsInvalid((f"keys = {folder}: others can read it. Say: chmod 700 {folder}",))
        files = sorted(one for one in folder.iterdir() if one.suffix.lower() in _ENDINGS)
        return tuple(one.read_bytes()[:_KEY_BYTES] for one in files)
    except OSError as error:
        problem = f"keys = {folder}: {error.strerror}. Name a folder that the daemon can read."
        raise SettingsInvalid((problem,)) from None
