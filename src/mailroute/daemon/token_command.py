"""Ask a program of the site for an access token (OAuth 2): it alone knows how to renew one (msal, oama, a script)."""

from __future__ import annotations

import shlex
import subprocess
from collections.abc import Callable

_WAIT_S = 60.0


def asking(command: str | None, *, wait_s: float = _WAIT_S) -> Callable[[], str] | None:
    """What asks `command` for a token, anew at each login; None without one.

    It raises OSError if the command fails, hangs or prints nothing: then nobody is logged in, and it is asked again later.
    """
    if not command:
        return None
    words = shlex.split(command)

    def ask() -> str:
        try:
            done = subprocess.run(  # noqa: S603 - the operator's own command, no shell
                words, stdin=subprocess.DEVNULL, capture_output=True, timeout=wait_s, check=False
            )
        except subprocess.TimeoutExpired:
            raise OSError(f"{words[0]} gave no token within {wait_s:g} s") from None
        token = done.stdout.decode("ascii", "replace").split()
        if done.returncode != 0 or not token:
            raise OSError(f"{words[0]} gave no token (exit code {done.returncode})")
        return token[0]

    return ask
