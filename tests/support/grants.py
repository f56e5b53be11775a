"""Grants for tests: each takes only what the test is about."""

from __future__ import annotations

from dataclasses import replace

from mailroute.model.grant import Grant, Member, View

KLARA = "klara@muster.example"


def a_grant(name: str = "muster", **more: object) -> Grant:
    """Klara Muster's grant without any right; `more` sets any other field."""
    base = Grant(name, "Muster", ("k-2001",), (Member(KLARA, "Klara Muster"),), View.PRIVATE)
    return replace(base, **more)  # type: ignore[arg-type]  # the names are Grant's own
