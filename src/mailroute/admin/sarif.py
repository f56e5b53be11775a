"""Diagnostics as SARIF 2.1.0, the form in which code review tools show remarks at a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mailroute import __version__
from mailroute.errors import Diagnostic
from mailroute.rules.codes import CODES


def sarif(directory: Path, diagnostics: Sequence[Diagnostic]) -> dict[str, Any]:
    """The whole log as one object; places are seen from where the command was called."""
    used = sorted({one.code for one in diagnostics})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "mailroute",
                        "version": __version__,
                        "rules": [
                            {"id": code, "shortDescription": {"text": CODES[code].meaning}}
                            for code in used
                            if code in CODES
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(directory, one) for one in diagnostics],
            }
        ],
    }


def _result(directory: Path, one: Diagnostic) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": (directory / one.file).as_posix()}}
    if one.line:
        place["region"] = {"startLine": one.line, "startColumn": max(1, one.column)}
    return {
        "ruleId": one.code,
        "level": one.level,
        "message": {"text": f"{one.message}. {one.remedy}".rstrip()},
        "locations": [{"physicalLocation": place}],
    }
