"""A new property, member of staff or case type → the changed files, checked with the whole directory before any is written."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from mailroute.admin.impossible import Impossible
from mailroute.admin.trial import Difference, read_tests, run_tests
from mailroute.admin.writing import replace_keeping_old
from mailroute.errors import Diagnostic, RulesetInvalid
from mailroute.model.text import Text
from mailroute.rules import Loaded, load_files, read_files
from mailroute.rules.drafts import (
    CASE_TYPE,
    PROPERTY,
    Kind,
    Question,
    default,
    mistake,
    questions_of,
    test_of,
    unknown_keys,
    written,
)
from mailroute.rules.files import clean
from mailroute.rules.packs import join_packs
from mailroute.rules.reader import Entries, read_entries
from mailroute.rules.report import Report
from mailroute.rules.tree import read_tree

SENTENCE = Question(
    "sentence", Text("Ein Satz, wie jemand deswegen schreibt (wird ein Regel-Test)", "A sentence as people write about it (becomes a routing test)")
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Draft:
    """What would be written: new texts by file, those there are now, and what is worth knowing about it.

    `test` has the differences of the new routing test, None if there is none.
    """

    files: dict[str, str]
    before: dict[str, str]
    warnings: tuple[Diagnostic, ...]
    test: tuple[Difference, ...] | None

    def lines(self) -> Iterator[str]:
        """The change as a unified diff."""
        for name, text in self.files.items():
            old = self.before.get(name, "")
            yield from difflib.unified_diff(
                old.splitlines(), text.splitlines(), name if old else "/dev/null", name, lineterm="", n=2
            )


@dataclass(frozen=True, slots=True)
class Desk:
    """A rules directory as the questions see it."""

    directory: Path
    kind: Kind
    files: Mapping[str, str]
    entries: Entries
    questions: tuple[Question, ...]

    @classmethod
    def of(cls, directory: Path, kind: Kind) -> Desk:
        """Read the directory; what is wrong with it is said when the draft is checked. Raises RulesetInvalid."""
        files = dict(read_files(directory))
        report = Report()
        entries = read_entries(clean(files.items(), report), report)
        join_packs(entries, report)
        own = (SENTENCE,) if kind is CASE_TYPE else ()
        return cls(directory, kind, files, entries, (*questions_of(kind, entries), *own))

    def wrong(self, question: Question, answers: Mapping[str, str]) -> str:
        """What is wrong with the answer; "" if nothing is."""
        return "" if question is SENTENCE else mistake(self.kind, question, _own(answers), self.entries)

    def default(self, question: Question, answers: Mapping[str, str]) -> str:
        """What an empty answer means."""
        return default(self.kind, question.key, answers, self.entries)

    def choices(self, question: Question) -> list[str]:
        """What the answer may name."""
        return sorted(self.entries.ids.get(question.names, ()))


def interview(desk: Desk, ask: Callable[[Question, str], str], tell: Callable[[str], None]) -> dict[str, str]:
    """Ask every question until its answer is right; `ask` gets the default, `tell` what was wrong."""
    answers: dict[str, str] = {}
    for question in desk.questions:
        while True:
            usual = desk.default(question, answers)
            answers[question.key] = ask(question, usual).strip() or usual
            wrong = desk.wrong(question, answers)
            if not wrong:
                break
            tell(wrong)
    return answers


def completed(desk: Desk, said: Mapping[str, str]) -> dict[str, str]:
    """The answers that were given as options, with the defaults of the others. Raises Impossible."""
    wrong = unknown_keys(desk.questions, said)
    if wrong:
        raise Impossible(wrong)
    answers: dict[str, str] = {}
    for question in desk.questions:
        answers[question.key] = said.get(question.key, "").strip() or desk.default(question, answers)
        wrong = desk.wrong(question, answers)
        if wrong:
            raise Impossible(f"{question.key}: {wrong}")
    return answers


def draft(desk: Desk, answers: Mapping[str, str], now: datetime) -> Draft:
    """The changed files. Raises RulesetInvalid if the whole directory is not right with them, Impossible."""
    kind, own = desk.kind, _own(answers)
    file, text = written(kind, own, desk.files.get(kind.file, ""))
    _check_nothing_else_changed(desk, file, text, own)
    after = dict(desk.files) | {file: text}
    loaded = load_files(after.items())
    files, outcome = {file: text}, None
    if answers.get(SENTENCE.key):
        name, test = test_of(kind, own, answers[SENTENCE.key], f"{now:%Y-%m-%d} 10:00")
        files[name] = test
        outcome = _tried(desk.directory, loaded, name, test)
    warnings = tuple(one for one in loaded.warnings if one.file == file)
    return Draft(files, dict(desk.files), warnings, outcome)


def write(directory: Path, made: Draft) -> None:
    """Write the files; what was there stays beside them as `.bak`."""
    for name, text in made.files.items():
        replace_keeping_old(directory / name, text)


def _own(answers: Mapping[str, str]) -> dict[str, str]:
    return {key: text for key, text in answers.items() if key != SENTENCE.key}


def _check_nothing_else_changed(desk: Desk, file: str, text: str, answers: Mapping[str, str]) -> None:
    """A file that is not a plain list of entries at its margin cannot be added to by lines at its end."""
    if desk.kind is PROPERTY:
        if (desk.directory / file).exists():
            raise Impossible(f"{file} exists already: choose another id")
        return
    before = read_tree(file, desk.files.get(file, ""), Report())
    after = read_tree(file, text, Report())
    old = before.root.plain() if before else {}
    new = after.root.plain() if after else None
    if not isinstance(new, dict) or {key: new[key] for key in new if key != answers["id"]} != old:
        raise Impossible(
            f"{file} is written in a way that nothing can be added at its end; add this there:\n{text.rsplit(chr(10) * 2, 1)[-1]}"
        )


def _tried(directory: Path, loaded: Loaded, file: str, text: str) -> tuple[Difference, ...]:
    tests, diagnostics = read_tests(directory, loaded, {file: text})
    mistakes = tuple(one for one in diagnostics if one.level == "error" and one.file == file)
    if mistakes:
        raise RulesetInvalid(mistakes)
    own = [one for one in tests if one.source.file == file]
    outcomes: Sequence[Difference] = [
        difference
        for outcome in run_tests(own, loaded, None, own[0].at)
        for difference in outcome.differences
    ]
    return tuple(outcomes)
