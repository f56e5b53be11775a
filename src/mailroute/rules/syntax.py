"""What libyaml says of a file that is no YAML → what a person sees there, where they would look for it.

A parser stumbles where it can go on no longer, often lines below the slip. Judges texts only; reads nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from mailroute.rules.report import Report, Spot, quoted, spot_in

# What libyaml says, and what an administrator can do with it.
_SAYINGS = (
    ("mapping values are not allowed", "a colon stands where none can be",
     "Put text that contains `: ` in quotation marks, or check the indentation of this line."),
    ("could not find expected ':'", "a line without a colon stands among `key: value` lines",
     "Write `key: value`, or put text that goes over several lines in quotation marks."),
    ("did not find expected key", "this line does not fit the lines above it",
     "Indent it exactly like the keys beside it; check quotation marks and brackets above it."),
    ("did not find expected '-'", "this line does not fit the list above it",
     "Begin it with `- ` like the other lines of the list, or indent it less."),
    ("unexpected end of stream", "a quotation mark is opened and never closed", "Close the quotation mark."),
    ("did not find expected ',' or", "a bracket is opened and not closed", "Close the bracket, or add a comma."),
    ("cannot start any token", "a value cannot begin with this character", "Put the value in quotation marks."),
    ("expected alphabetic or numeric", "a value that begins with `*` or `&` means something special",
     "Put the value in quotation marks."),
    ("block sequence entries are not allowed", "a list begins where none can be",
     "Begin the list in a line of its own under its key."),
    ("undefined alias", "an alias (*name) refers to no anchor (&name) above it", "Write the value out."),
    ("unknown escape character", "a backslash in double quotation marks means something special",
     "Use single quotation marks."),
)  # fmt: skip

# What looks like a blank and is none: a word processor or a web page has put it there.
ODD_BLANK = re.compile("[\u00a0\u1680\u2000-\u200b\u202f\u205f\u2060\u3000\ufeff]")
_INDENTED_ODDLY = re.compile(rf"[ -]*(\t|{ODD_BLANK.pattern})")
_GLUED = re.compile(r"\s*(?:- +)?(?P<key>[^\W\d][\w-]*)(?P<colon>[:：])(?P<value>[^\s:/].*)")
_UNFINISHED_MERGE = re.compile(r"(<{7}|={7}|>{7})( |$)")
_QUOTED_AND_MORE = re.compile(r""".*?[:\[{,-] *(?P<value>"[^"]*"|'[^']*') *(?P<more>[^\s"'#,}\]:])""")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A slip that a person would see: its place, and what to say of it."""

    line: int
    column: int
    message: str
    remedy: str


def report_syntax(file: str, lines: tuple[str, ...], error: yaml.MarkedYAMLError, report: Report) -> None:
    """Report why the file is no YAML (MR102, MR103), at the slip rather than where the parser gave up."""
    mark = error.problem_mark or error.context_mark
    problem = error.problem or error.context or "not YAML"
    line, column = (mark.line + 1, mark.column + 1) if mark else (0, 0)
    # What is never closed is noticed lines later; show where it was opened.
    opened = error.context_mark
    if opened and ("end of stream" in problem or ("expected ',' or" in problem and opened.line + 1 < line)):
        line, column = opened.line + 1, opened.column + 1
    if opened and "could not find expected ':'" in problem and not "".join(lines[line - 1 : line]).strip():
        # A last line without a colon is missed only behind the end of the file.
        line, column = opened.line + 1, opened.column + 1
    spot = spot_in(file, lines, line, column)
    if _INDENTED_ODDLY.match(spot.source):
        report_indentation(spot, report)
        return
    seen = _seen(lines, line, column, problem)
    if seen is not None:
        report.add("MR102", spot_in(file, lines, seen.line, seen.column), seen.message, seen.remedy)
        return
    for saying, message, remedy in _SAYINGS:
        if saying in problem:
            report.add("MR102", spot, message, remedy)
            return
    report.add("MR102", spot, f"this is not YAML: {problem}", "Compare it with the lines above and below.")


def report_indentation(spot: Spot, report: Report) -> None:
    """Report what stands in place of the blanks at the beginning of this line."""
    found = _INDENTED_ODDLY.match(spot.source)
    column = found.end() if found else spot.column
    at = Spot(spot.file, spot.line, column, spot.source)
    if spot.source[column - 1 : column] == "\t":
        report.add("MR103", at, "this line is indented with a tab", "Replace the tab by blanks.")
        return
    message = (
        f"this line begins with U+{ord(spot.source[column - 1]):04X}, which looks like a blank and is none"
    )
    report.add("MR103", at, message, "Delete the beginning of the line and type blanks.")


def _seen(lines: tuple[str, ...], line: int, column: int, problem: str) -> _Seen | None:
    """What a person would see at once; None where the parser's own words are the best that there is."""
    merge = next((at for at, text in enumerate(lines, 1) if _UNFINISHED_MERGE.match(text)), None)
    if merge is not None:
        message = "this line is what Git leaves where two changes do not fit together"
        return _Seen(
            merge, 1, message, "Keep one of the two versions, and delete the lines with <<<, === and >>>."
        )
    if "end of stream" in problem or ("expected" not in problem and "not allowed" not in problem):
        return None
    # The parser counts more kinds of line ends than an editor does.
    line = min(line, len(lines))
    return (
        _odd_quotation_mark(lines, line)
        or _slip_in_one_line(lines, line, column, problem)
        or _indented_further(lines, line, problem)
    )


def _odd_quotation_mark(lines: tuple[str, ...], line: int) -> _Seen | None:
    """A quotation mark that is never closed turns all the following ones round."""
    odd = [at for at in range(1, line + 1) if _without_comment(lines[at - 1]).count('"') % 2]
    if len(odd) % 2 == 0:
        return None
    message, remedy = "a quotation mark is opened here and not closed", 'Write `key: "value"`.'
    return _Seen(odd[-1], _first_column(lines[odd[-1] - 1]), message, remedy)


def _slip_in_one_line(lines: tuple[str, ...], line: int, column: int, problem: str) -> _Seen | None:
    """A blank that is missing, or something behind a closing quotation mark or bracket: here or in the line above."""
    for at in (line, _line_above(lines, line)):
        text = _without_comment(lines[at - 1]) if at else ""
        if re.match(r"\s*-[^\s-]", text):
            message = "a list entry needs a blank behind its hyphen"
            return _Seen(at, _first_column(text), message, "Write `- word`.")
        glued = _GLUED.fullmatch(text.rstrip())
        if glued and not re.search(r":(\s|$)", text):
            what = (
                "the blank behind the colon"
                if glued["colon"] == ":"
                else "the usual colon, with a blank behind it,"
            )
            remedy = f"Write {quoted(glued['key'] + ': ' + glued['value'])}."
            return _Seen(at, glued.start("colon") + 1, f"{what} is missing", remedy)
        more = _QUOTED_AND_MORE.match(text) if at == line else None
        if more and "expected" in problem:
            message = (
                f"something follows the value {quoted(more['value'])}, which ends with its quotation mark"
            )
            other = '"' if more["value"].startswith("'") else "'"
            remedy = (
                f"Put the whole value between {other} and {other}, or double the quotation mark within it."
            )
            return _Seen(at, more.start("more") + 1, message, remedy)
    closing = lines[line - 1][column - 1 : column]
    if "expected ',' or" in problem and closing in ("]", "}"):
        message = f"{quoted(closing)} does not close the bracket that is open here"
        return _Seen(line, column, message, "A list is `[…]`, a mapping is `{…}`.")
    return None


def _indented_further(lines: tuple[str, ...], line: int, problem: str) -> _Seen | None:
    above = _line_above(lines, line)
    has_value = above and re.match(r" *[^\s#:]+: +[^\s\[{|>&]", lines[above - 1])
    if (
        "mapping values" in problem
        and has_value
        and _first_column(lines[line - 1]) > _first_column(lines[above - 1])
    ):
        message = f"this line is indented further than line {above}, which has a value already"
        remedy = "Begin both lines with the same number of blanks."
        return _Seen(line, _first_column(lines[line - 1]), message, remedy)
    return None


def _line_above(lines: tuple[str, ...], line: int) -> int:
    """The next line above that says something; 0 if there is none."""
    return next((at for at in range(line - 1, 0, -1) if _without_comment(lines[at - 1]).strip()), 0)


def _without_comment(line: str) -> str:
    return "" if line.lstrip().startswith("#") else line.partition(" #")[0]


def _first_column(line: str) -> int:
    return len(line) - len(line.lstrip()) + 1
