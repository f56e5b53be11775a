"""Is this rules directory right? Everything that a daemon would refuse at start, and what it would only wonder at."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mailroute import shipped
from mailroute.admin.trial import read_tests
from mailroute.errors import Diagnostic, RulesetInvalid
from mailroute.flow.site import load_directories
from mailroute.notify.templates import load as load_templates
from mailroute.rules import Loaded


@dataclass(frozen=True, slots=True)
class Report:
    """All diagnostics, errors first by place; `summary` says what was found if there are none."""

    diagnostics: tuple[Diagnostic, ...]
    summary: str


def check_directory(directory: Path, templates: Path | None) -> Report:
    """Read and link the rules and their tests (without running them), render every template with sample values."""
    diagnostics: list[Diagnostic] = []
    loaded, summary = None, ""
    try:
        (loaded,) = load_directories((directory,))
        diagnostics += loaded.warnings
        summary = _summary(loaded)
        diagnostics += _footer(loaded)
    except RulesetInvalid as error:
        diagnostics += error.diagnostics
    diagnostics += read_tests(directory, loaded)[1]
    folders = [*([templates] if templates else []), shipped.path("templates")]
    diagnostics += load_templates(folders, "de").lint()
    return Report(tuple(diagnostics), summary)


def _footer(loaded: Loaded) -> list[Diagnostic]:
    """A business letter names the firm, its seat and its register, by mail too (§ 35a GmbHG, § 37a HGB)."""
    if loaded.ruleset.organisation.footer.de.strip():
        return []
    message = "letters to customers have no footer"
    remedy = "Write `footer:` with the firm's name, legal form, seat, register and managing directors."
    return [Diagnostic("MR701", "organisation.yaml", 0, 0, message, remedy)]


def _summary(loaded: Loaded) -> str:
    rules, directory = loaded.ruleset, loaded.directory
    return (
        f"{rules.organisation.name}: {len(rules.roles)} roles, {len(rules.staff)} staff, "
        f"{len(rules.case_types)} case types, {len(directory.properties)} properties, "
        f"{len(directory.people)} people, {len(directory.contracts)} contracts. No mistakes. Ruleset {rules.hash}."
    )
