"""Is this rules directory right? Everything that a daemon would refuse at start, and what it would only wonder at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mailroute import shipped
from mailroute.admin.trial import read_tests
from mailroute.errors import Diagnostic, RulesetInvalid
from mailroute.flow.site import load_directories
from mailroute.model.ruleset import Ruleset
from mailroute.notify.templates import load as load_templates
from mailroute.rules import Loaded, load
from mailroute.rules.installation import partners_here, shared_names


@dataclass(frozen=True, slots=True)
class Report:
    """All diagnostics, errors first by place; `summary` says what was found if there are none."""

    diagnostics: tuple[Diagnostic, ...]
    summary: str


def check_directory(directory: Path, templates: Path | None, others: Sequence[Path] = ()) -> Report:
    """Read and link the rules and their tests (without running them), render every template with sample values.

    `others` are the rules of the other organisations of the installation: then partners are looked for there.
    """
    diagnostics: list[Diagnostic] = []
    loaded, summary = None, ""
    try:
        (loaded,) = load_directories((directory,), whole=False)
        diagnostics += loaded.warnings
        summary = _summary(loaded)
        diagnostics += _footer(loaded)
        diagnostics += _between(loaded.ruleset, others) if others else ()
    except RulesetInvalid as error:
        diagnostics += error.diagnostics
    diagnostics += read_tests(directory, loaded)[1]
    diagnostics += mistakes_in_letters(templates)
    return Report(tuple(diagnostics), summary)


def mistakes_in_letters(templates: Path | None) -> tuple[Diagnostic, ...]:
    """Render every letter with sample values: those of the site, and ours, which may take in parts of the site's."""
    folders = [*([templates] if templates else []), shipped.path("templates")]
    return load_templates(folders, "de").lint()


def _between(ruleset: Ruleset, others: Sequence[Path]) -> list[Diagnostic]:
    """What does not fit the other organisations; what is wrong with those themselves is named with their directory."""
    known, mistakes = [], []
    for directory in others:
        try:
            known.append(load(directory).ruleset)
        except RulesetInvalid as error:
            mistakes += [replace(one, file=f"{directory}/{one.file}") for one in error.diagnostics]
    if mistakes:
        return mistakes
    return [*shared_names(ruleset, known), *partners_here(ruleset, known)]


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
