"""Finds what travels with the program: `templates/`, `rules/` and `daemon/`, in the wheel or in the checkout."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def path(name: str) -> Path:
    """The directory or file `name` ("templates", "rules", "daemon/mailroute.toml") as it was shipped.

    Raises FileNotFoundError if this installation is incomplete.
    """
    for base in (_HERE / "shipped", _HERE.parents[1]):
        if (base / name).exists():
            return base / name
    raise FileNotFoundError(f"{name} is missing from this installation of mailroute: install it again")
