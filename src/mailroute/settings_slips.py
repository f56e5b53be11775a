"""What is wrong in `mailroute.toml` → a sentence with its place, the line, a caret and a remedy, as `mailroute check` says it of rules.

A line that may hold a password is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import get_close_matches
from pathlib import Path
from tomllib import TOMLDecodeError
from typing import Any, get_args

from pydantic import BaseModel
from pydantic_core import ErrorDetails

_LISTED = "`mailroute settings --example` lists all of them."
_SHOWN_CHARS = 160
_SECRET = re.compile(r"password|users|token|secret", re.IGNORECASE)
_AT = re.compile(r" \(at line (\d+), column (\d+)\)$")

# What tomllib says, and what an operator can do with it.
_SAYINGS: tuple[tuple[str, str, str], ...] = (
    (r"Invalid value", "this is no value", 'Text stands in quotation marks: `state = "state"`; yes and no are `true` and `false`.'),
    (r"Cannot declare \('([^']+)'.* twice", r"the section [\1] stands here for the second time", "Put its lines together; only [[doors]] and [[imap]] may stand several times."),
    (r"Cannot (overwrite a value|mutate).*", "this setting stands here for the second time", "Remove one of the two."),
    (r"(Invalid hex value|Unescaped '\\' in a string)", "a backslash means something special between double quotation marks", "Write the text between single ones: `'…'`."),
    (r"Expected '=' after a key.*", "an equals sign is expected behind the name", "Write `name = value`; the colon is for the files in rules/."),
    (r"(Illegal character|Unterminated string|Expected \"'\"|Expected '\"').*", "a quotation mark is opened and not closed in its line", "Close it."),
    (r"Unclosed (array|inline table)", "a bracket is opened and not closed", "Close it, or add a comma."),
    (r"Expected newline or end of document.*", "something follows the value", "Write one setting per line; text stands in quotation marks."),
    (r"Invalid statement", "this is no line of settings", "Write `name = value`, or `[section]`; a remark begins with #."),
)  # fmt: skip


def syntax_slip(file: Path, text: str, error: TOMLDecodeError) -> str:
    """Why the file is no TOML."""
    said = str(error)
    at = _AT.search(said)
    lines = text.split("\n")
    end = len(text.rstrip().split("\n"))
    line, column = (int(at[1]), int(at[2])) if at else (end, len(lines[end - 1]) + 1)
    bare = _AT.sub("", said).removesuffix(" (at end of document)")
    for pattern, message, remedy in _SAYINGS:
        if found := re.fullmatch(pattern, bare):
            return _told(file, lines, line, column, found.expand(message), remedy)
    return _told(
        file, lines, line, column, f"this is not TOML: {bare}", "Compare it with the lines above and below."
    )


def encoding_slip(file: Path, content: bytes, error: UnicodeDecodeError) -> str:
    """Where the file stops to be UTF-8 text."""
    before = content[: error.start].decode("utf-8", "replace")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return _told(
        file,
        (),
        line,
        column,
        "from here on this is not UTF-8 text",
        'Save the file as "UTF-8" in your editor.',
    )


def value_slip(file: Path, text: str, one: ErrorDetails, model: type[BaseModel]) -> str:
    """What pydantic found: the setting with its place, what is wrong with it, what to write."""
    lines = text.split("\n")
    message, remedy = _in_plain_words(one, model)
    name = ".".join(str(part) for part in one["loc"]) or "the file"
    line, column = _place_of(lines, one["loc"])
    return _told(file, lines, line, column, f"{name}: {message}", remedy)


def _told(file: Path, lines: Sequence[str], line: int, column: int, message: str, remedy: str) -> str:
    source = lines[line - 1] if 0 < line <= len(lines) else ""
    said = [f"{file}:{line}:{column}: {message}" if line else f"{file}: {message}"]
    if source.strip() and column <= _SHOWN_CHARS and not _SECRET.search(source):
        shown = "".join(one if one.isprintable() else " " for one in source[:_SHOWN_CHARS])
        said += ["    " + shown, "    " + " " * (column - 1) + "^"]
    return "\n".join([*said, *(["    " + remedy] if remedy else [])])


def _in_plain_words(one: ErrorDetails, model: type[BaseModel]) -> tuple[str, str]:
    kind, given, context = one["type"], one["input"], one.get("ctx", {})
    last = str(one["loc"][-1]) if one["loc"] else ""
    written = "" if _SECRET.search(str(one["loc"])) else f", not `{str(given)[:60]}`"
    match kind:
        case "extra_forbidden":
            near = get_close_matches(last, _names_at(model, one["loc"][:-1]), 1)
            return "there is no such setting", f"Did you mean `{near[0]}`?" if near else _LISTED
        case "missing":
            return "is missing", f"Write `{last} = …` in this section."
        case "tuple_type" | "list_type" if isinstance(given, dict):
            return "there may be several of this section", f"Write [[{last}]] with two brackets."
        case "tuple_type" | "list_type":
            return f"a list is expected{written}", f'Write it in brackets: `{last} = ["…"]`.'
        case "bool_parsing" | "bool_type":
            return f"true or false is expected{written}", "Write `true` or `false`, without quotation marks."
        case "int_parsing" | "int_type" | "int_from_float" | "float_parsing" | "float_type":
            return (
                f"a number is expected{written}",
                "Write digits only, without quotation marks; the name says the unit.",
            )
        case "greater_than_equal" | "greater_than":
            return (
                f"`{given}` is too small",
                f"Write {'at least' if 'ge' in context else 'more than'} {context.get('ge', context.get('gt'))}.",
            )
        case "less_than_equal" | "less_than":
            return f"`{given}` is too large", f"Write at most {context.get('le', context.get('lt'))}."
        case "literal_error":
            words = re.findall(r"'([^']+)'", str(context["expected"]))
            near = get_close_matches(str(given), words, 1)
            possible = "Possible are: " + ", ".join(f"`{word}`" for word in words) + "."
            return (
                f"`{str(given)[:60]}` is not possible here",
                f"Did you mean `{near[0]}`?" if near else possible,
            )
        case "string_type" | "path_type":
            return f"a text is expected{written}", "Put it in quotation marks."
        case _:
            return one["msg"].removeprefix("Value error, "), ""


def _names_at(model: type[BaseModel], path: Sequence[str | int]) -> list[str]:
    """The settings that are possible in the section that the path leads to."""
    kind: Any = model
    for part in path:
        if isinstance(part, int):
            continue
        field = (
            kind.model_fields.get(part) if isinstance(kind, type) and issubclass(kind, BaseModel) else None
        )
        kind = _section_in(field.annotation) if field else None
    return list(kind.model_fields) if kind is not None else []


def _section_in(kind: Any) -> type[BaseModel] | None:
    """The section's model in `tuple[Door, ...]` or `Web | None`."""
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return kind
    return next((found for one in get_args(kind) if (found := _section_in(one)) is not None), None)


def _place_of(lines: Sequence[str], path: Sequence[str | int]) -> tuple[int, int]:
    """Line and column of the setting, or of its section; (0, 0) for what stands nowhere."""
    names = [str(part) for part in path if isinstance(part, str)]
    if not names:
        return 0, 0
    begin, end = 0, next((n for n, text in enumerate(lines) if _header(text)), len(lines))
    if len(names) > 1 or not _key_in(lines, begin, end, names[0]):
        number = next((part for part in path if isinstance(part, int)), 0)
        starts = [n for n, text in enumerate(lines) if _header(text) == names[0]]
        if number >= len(starts):
            return _key_in(lines, begin, end, names[0]) or (0, 0)
        begin = starts[number]
        end = next((n for n in range(begin + 1, len(lines)) if _header(lines[n])), len(lines))
        section = (begin + 1, lines[begin].index("[") + 1)
        return (_key_in(lines, begin + 1, end, names[-1]) if len(names) > 1 else None) or section
    return _key_in(lines, begin, end, names[0]) or (0, 0)


def _header(text: str) -> str:
    found = re.match(r"\s*\[\[?\s*([\w-]+)", text)
    return found[1] if found else ""


def _key_in(lines: Sequence[str], begin: int, end: int, name: str) -> tuple[int, int] | None:
    for number in range(begin, end):
        found = re.match(rf"(\s*)[\"']?{re.escape(name)}[\"']?\s*[=.]", lines[number])
        if found:
            return number + 1, len(found[1]) + 1
    return None
