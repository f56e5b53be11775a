"""The mails we send, written as mails: read once, compiled once, rendered in a sandbox (reliability §5.3).

A template is `<language>/<name>.txt` (`<name>.commercial.txt` for readers with the commercial view, where there is one): the first line is `Subject: …`, the second is blank, the rest the text. Beside
it there may be `<language>/<name>.html`. Parts that several share begin with an underscore; `layout.html` and parts
for all languages lie beside the language folders. A site's folder comes before ours, file by file, but text and HTML
of one letter come from the same folder: who writes a text of their own does not want our HTML beside it.

Texts of others reach a template only as values. A template can call nothing, multiply nothing and read no file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path
from typing import Any

from jinja2 import (
    FunctionLoader,
    StrictUndefined,
    TemplateError,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2 import Template as Compiled
from jinja2.exceptions import SecurityError
from jinja2.runtime import BlockReference, Context, Macro
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailroute.errors import Broken, Diagnostic
from mailroute.model.letter import Template
from mailroute.notify import bounds
from mailroute.notify.compiled import COMPILED
from mailroute.notify.faults import column_of, in_plain_words, no_such_letter, no_such_part
from mailroute.notify.filters import FILTERS, TESTS
from mailroute.notify.samples import SAMPLES
from mailroute.notify.values import Values, by_name
from mailroute.notify.words import LANGUAGES

CODE = "MR700"
FILE_BYTES = 256 * 1024
# Behind the name of a letter: the form for readers whose grant has the commercial view (REQ-C13).
_COMMERCIAL = ".commercial"

# What stands for bytes that are no UTF-8.
_NOT_UTF8 = "\ufffd"
_BLANK_LINES = re.compile(r"\n{3,}")

# What a template that somebody wrote can do wrong when it is rendered. Anything else is a bug of ours.
_RENDER_ERRORS = (
    TemplateError,
    TypeError,
    ValueError,
    ArithmeticError,
    LookupError,
    AttributeError,
    RecursionError,
)


@dataclass(frozen=True, slots=True)
class Rendered:
    """One letter as text. `html` is "" for a letter without. `language` is the one of the template that was found."""

    subject: str
    text: str
    html: str
    language: str


@dataclass(frozen=True, slots=True)
class _File:
    """A template file as read. `shown` names it for people: `de/notification.txt`, with its folder's name before it."""

    shown: str
    path: str
    source: str


@dataclass(frozen=True, slots=True)
class _Mail:
    """One template compiled: three renderings of one mail."""

    subject: Compiled
    text: Compiled
    html: Compiled | None
    shown: str


class _Sandbox(ImmutableSandboxedEnvironment):
    """Nothing can be called but macros and blocks; no operator can make a small template a large text."""

    intercepted_binops = frozenset(("+", "*", "**", "%", "//"))

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._safe: dict[tuple[type, str], bool] = {}

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Refuse all but sums of numbers: `'a' * 10**8` takes 100 MB."""
        if operator == "+" and isinstance(left, int) and isinstance(right, int):
            return left + right
        raise SecurityError(f"the operator {operator} is not available in letters")

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Whether a template may read it. Remembered: only the class of `obj` and the name decide."""
        asked = type(obj), attr
        known = self._safe.get(asked)
        if known is None:
            known = self._safe[asked] = super().is_safe_attribute(obj, attr, value)
        return known

    def is_safe_callable(self, obj: Any) -> bool:
        """Whether a template may call it."""
        return isinstance(obj, (Macro, BlockReference))

    def call(self, context: Context, obj: Any, *args: Any, **values: Any) -> Any:
        """Call a macro or block: a step, whose text is no longer than a letter."""
        bounds.step()
        return bounds.short(super().call(context, obj, *args, **values))

    def _load_template(self, name: str, values: MutableMapping[str, Any] | None) -> Compiled:
        bounds.step()
        return super()._load_template(name, values)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        parsed = super()._parse(source, name, filename)
        bounds.Bound().visit(parsed)
        return parsed


@dataclass(slots=True)
class Templates:
    """The templates of one organisation. Made by `load`; keeps what it has compiled. Not for several threads."""

    folders: tuple[Mapping[str, _File], ...]
    language: str
    _environments: dict[str, _Sandbox] = field(default_factory=dict)
    _mails: dict[tuple[int, str, str], _Mail | None] = field(default_factory=dict)

    def render(
        self, template: Template, values: Values, *, strict: bool = False, commercial: bool = False
    ) -> tuple[Rendered, tuple[Diagnostic, ...]]:
        """The letter in the language of `values`, and what was wrong with templates that had to be passed over.

        A site's template that fails gives way to ours, so that nobody waits for their letter. With `strict` the
        first one must do. Raises Broken if none can be rendered: ours are tested, so that is a bug.
        """
        problems: list[Diagnostic] = []
        names = by_name(values)
        for mail, language in self._candidates(template, values.language, commercial):
            try:
                return _render(mail, names, language), tuple(problems)
            except _RENDER_ERRORS as error:
                problems.append(_diagnostic(error, mail.shown, self._sources()))
                if strict:
                    break
        raise Broken(
            "no template could be rendered for " + template + "".join(f"\n{one}" for one in problems)
        )

    def _candidates(self, template: Template, language: str, commercial: bool) -> Iterator[tuple[_Mail, str]]:
        """Per language, then the organisation's, then any; in each the site's folder first, in that the reader's view."""
        names = (f"{template}{_COMMERCIAL}", template.value) if commercial else (template.value,)
        spoken_first = dict.fromkeys((language, self.language, *LANGUAGES))
        for spoken, index, name in product(spoken_first, range(len(self.folders)), names):
            key = (index, spoken, name)
            if key not in self._mails:
                self._mails[key] = self._compile(*key)
            if mail := self._mails[key]:
                yield mail, spoken

    def _compile(self, index: int, language: str, name: str) -> _Mail | None:
        """None if the folder has no such template, or one that is no template (which `lint` reports)."""
        text = f"{index}:{language}/{name}"
        if f"{language}/{name}.txt" not in self.folders[index]:
            return None
        environment = self._environment(language)
        html = f"{language}/{name}.html" in self.folders[index]
        try:
            return _Mail(
                subject=environment.get_template(f"{text}.txt#subject"),
                text=environment.get_template(f"{text}.txt#text"),
                html=environment.get_template(f"{text}.html") if html else None,
                shown=self.folders[index][f"{language}/{name}.txt"].shown,
            )
        except TemplateError:
            return None

    def _environment(self, language: str) -> _Sandbox:
        if language not in self._environments:
            self._environments[language] = _environment(lambda name: self._source(name, language))
        return self._environments[language]

    def _source(self, name: str, language: str) -> tuple[str, str, Callable[[], bool]]:
        """What a name means: `0:de/notification.txt#subject` exactly, `layout.html` for the first folder that has it."""
        name, _, part = name.partition("#")
        index, colon, exact = name.partition(":")
        if colon and index.isdecimal():
            found = self.folders[int(index)].get(exact)
        else:
            wanted = (f"{language}/{name}", name)
            found = next((folder[one] for folder in self.folders for one in wanted if one in folder), None)
        if found is None:
            raise TemplateNotFound(name)
        source = _part_of(found, part) if part else found.source
        return source, found.path, lambda: True

    def _sources(self) -> dict[str, _File]:
        return {file.path: file for folder in self.folders for file in folder.values()}

    def lint(self, samples: Iterable[Values] = SAMPLES) -> tuple[Diagnostic, ...]:
        """Render every template of every folder with sample values; every mistake with its file and line."""
        return _lint(self, tuple(samples))


def load(folders: Sequence[Path], language: str) -> Templates:
    """Read the templates: the site's folder first, ours last. A folder that is not there has none.

    Raises OSError if a file cannot be read. `language` is the organisation's.
    """
    return Templates(tuple(_read(folder) for folder in folders), language)


def _read(folder: Path) -> Mapping[str, _File]:
    files: dict[str, _File] = {}
    for path in sorted([*folder.glob("*.*"), *folder.glob("*/*.*")]):
        if path.suffix not in (".txt", ".html") or not path.is_file():
            continue
        name = path.relative_to(folder).as_posix()
        source = path.read_bytes()[:FILE_BYTES].decode("utf-8-sig", "replace").replace("\r\n", "\n")
        files[name] = _File(f"{folder.name}/{name}", str(path), source)
    return files


def _environment(source: Callable[[str], tuple[str, str, Callable[[], bool]]]) -> _Sandbox:
    environment = _Sandbox(
        loader=FunctionLoader(source),
        undefined=StrictUndefined,
        autoescape=lambda name: name is not None and name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        bytecode_cache=COMPILED,
    )
    environment.filters = {**FILTERS, **bounds.FILTERS}
    environment.tests = {name: environment.tests[name] for name in TESTS}
    environment.globals = {}
    return environment


def _part_of(file: _File, part: str) -> str:
    """The subject, or the text with the line numbers of the file. Raises TemplateSyntaxError."""
    lines = file.source.split("\n")
    if not lines[0].startswith("Subject: ") or not lines[0][9:].strip():
        raise TemplateSyntaxError("the first line is not `Subject: …`", 1, file.shown, file.path)
    if len(lines) < 3 or lines[1].strip():
        raise TemplateSyntaxError("the second line is not blank", 2, file.shown, file.path)
    return lines[0][9:] if part == "subject" else "\n\n" + "\n".join(lines[2:])


def _render(mail: _Mail, names: Mapping[str, object], language: str) -> Rendered:
    subject = " ".join(_bounded(mail.subject, names).split())
    # Blocks and conditions leave blank lines behind; two in a row say no more than one.
    text = _BLANK_LINES.sub("\n\n", _bounded(mail.text, names).strip("\n")) + "\n"
    html = _bounded(mail.html, names) if mail.html else ""
    if not subject:
        raise ValueError("the subject is empty")
    return Rendered(subject, text, html, language)


def _bounded(compiled: Compiled, names: Mapping[str, object]) -> str:
    """Render, but give up where it would never end or fill the memory. Raises ValueError."""
    pieces: list[str] = []
    chars = 0
    with bounds.counted():
        for piece in compiled.generate(names):
            pieces.append(piece)
            chars += len(piece)
            if chars > bounds.LETTER_CHARS:
                raise ValueError(f"the letter has more than {bounds.LETTER_CHARS} characters")
    return "".join(pieces)


# --- lint ---------------------------------------------------------------------------------------------------


def _lint(templates: Templates, samples: tuple[Values, ...]) -> tuple[Diagnostic, ...]:
    found: dict[tuple[str, int, str], Diagnostic] = {}
    for file, language, name, index in _lettered(templates):
        for one in _faults_of(templates, file, language, name, index, samples):
            found[(one.file, one.line, one.message)] = one
    return tuple(sorted(found.values(), key=lambda one: (one.file, one.line)))


def _lettered(templates: Templates) -> Iterator[tuple[_File, str, str, int]]:
    """Every file that is a letter of its own: not layouts, not shared parts."""
    for index, folder in enumerate(templates.folders):
        for name, file in folder.items():
            language, slash, base = name.partition("/")
            if (
                slash
                and not base.startswith("_")
                and base.endswith((".txt", ".html"))
                and base != "layout.html"
            ):
                yield file, language, base, index


def _faults_of(
    templates: Templates, file: _File, language: str, base: str, index: int, samples: tuple[Values, ...]
) -> Iterator[Diagnostic]:
    stem, _, ending = base.rpartition(".")
    if language not in LANGUAGES:
        yield _fault(
            file,
            0,
            f"there are no letters in the language `{language}`",
            f"Possible are: {', '.join(LANGUAGES)}.",
        )
        return
    if stem.removesuffix(_COMMERCIAL) not in set(Template):
        yield _fault(file, 0, *no_such_letter(stem, Template))
        return
    if ending == "html" and f"{language}/{stem}.txt" not in templates.folders[index]:
        yield _fault(file, 0, "the text of this letter is missing", f"Write {language}/{stem}.txt beside it.")
        return
    if _NOT_UTF8 in file.source:
        line = file.source[: file.source.index(_NOT_UTF8)].count("\n") + 1
        yield _fault(
            file, line, "this is not UTF-8 text", 'Save the file as "UTF-8" in your editor.', _NOT_UTF8
        )
        return
    whole = f"{index}:{language}/{base}"
    for name in (f"{whole}#subject", f"{whole}#text") if ending == "txt" else (whole,):
        try:
            compiled = templates._environment(language).get_template(name)
            for values in samples:
                _bounded(compiled, by_name(values))
        except _RENDER_ERRORS as error:
            yield _diagnostic(error, file.shown, templates._sources())
            return


def _diagnostic(error: BaseException, shown: str, files: Mapping[str, _File]) -> Diagnostic:
    """Where it happened: the innermost line of a template, in its own file."""
    place, line = "", 0
    if isinstance(error, TemplateSyntaxError):
        place, line = error.filename or "", error.lineno
    else:
        trace = error.__traceback__
        while trace is not None:
            if trace.tb_frame.f_code.co_filename in files:
                place, line = trace.tb_frame.f_code.co_filename, trace.tb_lineno
                if isinstance(error, RecursionError):
                    # The innermost of a thousand says nothing; the first leads there.
                    break
            trace = trace.tb_next
    message, remedy, word = _plainly(error, files)
    file = files.get(place)
    if file is None:
        return Diagnostic(CODE, shown, 0, 0, message, remedy)
    return _fault(file, line, message, remedy, word)


def _plainly(error: BaseException, files: Mapping[str, _File]) -> tuple[str, str, str]:
    """The message, a remedy and the wrong word, for people who write letters and no programs."""
    if isinstance(error, TemplateNotFound):
        parts = {one.shown.rpartition("/")[2] for one in files.values()}
        return no_such_part(str(error.name or ""), (name for name in parts if name.startswith("_")))
    message = str(error).strip().split("\n")[0] or type(error).__name__
    if isinstance(error, RecursionError):
        return "this letter includes itself", "Remove the `{% include %}` that leads back here.", "include"
    return in_plain_words(message, lambda kind: FILTERS if kind == "filter" else TESTS)


def _fault(file: _File, line: int, message: str, remedy: str, word: str = "") -> Diagnostic:
    lines = file.source.split("\n")
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    return Diagnostic(CODE, file.shown, line, column_of(word, source) if line else 0, message, remedy, source)
