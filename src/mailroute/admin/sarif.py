"""Diagnostics as SARIF 2.1.0, the form in which code review tools show remarks at a line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mailroute import __version__
from mailroute.errors import Diagnostic
from mailroute.rules.codes import CODES


def sarif(
    directory: Path, diagnostics: Sequence[Diagnostic], templates: Path | None = None
) -> dict[str, Any]:
    """The whole log as one object; places are seen from where the command was called, where they lie below it."""
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
                "results": [_result(_path_of(one, directory, templates), one) for one in diagnostics],
            }
        ],
    }


def _path_of(one: Diagnostic, directory: Path, templates: Path | None) -> Path:
    """Letters are named with their folder, which lies beside the rules and not in them."""
    of_a_letter = templates is not None and one.file.startswith(f"{templates.name}/")
    path = (templates.parent if templates and of_a_letter else directory) / one.file
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path


def _result(path: Path, one: Diagnostic) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": path.as_posix()}}
    if one.line:
        place["region"] = {"startLine": one.line, "startColumn": max(1, one.column)}
    return {
        "ruleId": one.code,
        "level": one.level,
        "message": {"text": f"{one.message}. {one.remedy}".rstrip()},
        "locations": [{"physicalLocation": place}],
    }
