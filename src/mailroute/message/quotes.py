"""What is new in a mail: its text without quotes, signature, disclaimers and taglines.

Line-anchored and linear (libs §e: the libraries are not). When in doubt a line is new: a rule that sees too much
is corrected by a person, a sentence that nobody sees is lost. Answers between quoted lines stay.
"""

from __future__ import annotations

from collections.abc import Sequence

from mailroute.message.signatures import RULE, without_signature
from mailroute.message.wording import (
    announces_forward,
    attribution,
    begins_foreign_quote,
    has_moment_or_address,
    header_block,
    holds_attribution_and_quote,
    introduces_marked_quote,
    introduces_over_two_lines,
    is_greeting,
    is_quoted,
    label_of,
    may_introduce,
    names_original,
    separator_of,
)
from mailroute.model.marker import REPLY_MARKER
from mailroute.model.reply_tag import holds_reply_tag, is_text_tag

_WRAPPED_CHARS = 60


def new_text(text: str, is_answer: bool) -> str:
    """The part of a text that its author wrote for this mail, see `split_text`."""
    return split_text(text, is_answer)[0]


def split_text(text: str, is_answer: bool) -> tuple[str, str]:
    """(new text, unquoted text): what its author wrote for this mail, and the same with signature and disclaimers.

    `is_answer` says that header or subject call the mail an answer or a forward. Without that a text that
    *begins* with header lines is a filled-in form, not a quote.
    """
    lines = [line for line in text.split("\n") if not is_text_tag(line)]
    marker = _marker(lines)
    cut = marker < len(lines)
    lines = lines[:marker]
    end = _end_of_new(lines, is_answer)
    segments = _segments(lines, end)
    unquoted = "\n".join(line for segment in segments for line in segment).strip()
    kept = _without_signatures(segments)
    if cut:
        kept = _above_our_address(kept)
    if kept or cut:
        return "\n".join(kept).strip(), unquoted
    # Nothing but quoted lines and nothing that introduces them: somebody's program marks everything.
    if not is_answer or (end == len(lines) and all(is_quoted(line) for line in lines if line.strip())):
        return text.strip(), unquoted or text.strip()
    return "", unquoted


def _marker(lines: Sequence[str]) -> int:
    """Index of the line of our own letters above which people answer."""
    needle = REPLY_MARKER[3:-3]
    for number, line in enumerate(lines):
        if needle in line:
            return number
        # Programs wrap long lines when they quote.
        if "bitte oberhalb dieser Zeile antworten" in line:
            return number
    return len(lines)


def _above_our_address(lines: list[str]) -> list[str]:
    """The lines above an introduction in no form that we know: it names the address of our letter, no person does."""
    return lines[: next((number for number, line in enumerate(lines) if holds_reply_tag(line)), len(lines))]


def _end_of_new(lines: Sequence[str], is_answer: bool) -> int:
    """Index of the first line from which on everything is quoted."""
    something_above = False
    for number, line in enumerate(lines):
        if not line.strip():
            continue
        if something_above and begins_foreign_quote(line):
            return _before_rule(lines, number)
        if may_introduce(line):
            begin = _quoted_from(lines, number, something_above, is_answer)
            if begin is not None:
                return begin
        something_above = something_above or not is_quoted(line)
    return len(lines)


def _quoted_from(lines: Sequence[str], number: int, something_above: bool, is_answer: bool) -> int | None:
    """Where all that is quoted begins, if line `number` says so."""
    if (something_above or is_answer) and _begins_quoted_rest(lines, number):
        return _before_rule(lines, number)
    if something_above and holds_attribution_and_quote(lines[number]):
        return number
    count = attribution(lines, number)
    if count and not _quote_follows(lines, number + 1):
        joined = " ".join(lines[number - count + 1 : number + 1])
        if has_moment_or_address(joined) and _anything_new(lines, number - count + 1):
            return number - count + 1
    return None


def _anything_new(lines: Sequence[str], end: int) -> bool:
    """Whether something unquoted stands above line `end`, more than a greeting.

    An attribution at the very top with unmarked text below: the answer stands below or within, so all of it stays.
    """
    return any(line.strip() and not is_quoted(line) and not is_greeting(line) for line in lines[:end])


def _begins_quoted_rest(lines: Sequence[str], number: int) -> bool:
    """Whether a separator, Apple's announcement or an Outlook header block begins here."""
    line = lines[number]
    if is_quoted(line):
        return False
    separator = separator_of(line)
    if separator is not None:
        return separator[0] != "" or _block_follows(lines, number + 1)
    if label_of(line) is not None:
        return header_block(lines, number) is not None
    return announces_forward(line) and _block_follows(lines, number + 1)


def _block_follows(lines: Sequence[str], number: int) -> bool:
    """Whether a header block begins at the next line that is not blank."""
    for at in range(number, min(number + 4, len(lines))):
        if lines[at].strip(" \t>\ufeff"):
            return header_block(lines, at, least=2) is not None
    return False


def _before_rule(lines: Sequence[str], number: int) -> int:
    """Outlook draws a line above its header block, BlackBerry writes words there: they belong to the quote."""
    at = number - 1
    while at >= 0 and not lines[at].strip():
        at -= 1
    return at if at >= 0 and (RULE.fullmatch(lines[at]) or names_original(lines[at])) else number


def _quote_follows(lines: Sequence[str], number: int) -> bool:
    """Whether the next line that is not blank is a quoted one."""
    for line in lines[number : number + 5]:
        if line.strip():
            return is_quoted(line)
    return False


def _segments(lines: Sequence[str], end: int) -> list[list[str]]:
    """The runs of unquoted lines before `end`, without the attributions of the quotes between them."""
    segments: list[list[str]] = [[]]
    for number in range(end):
        line = lines[number]
        if not line:
            segments[-1].append(line)
            continue
        if is_quoted(line):
            if segments[-1]:
                segments.append([])
            continue
        if _is_wrapped_quote(lines, number, end):
            continue
        segments[-1].append(line)
        count = _introducing_lines(lines, number)
        if count and (_quote_follows(lines, number + 1) or len("".join(segments[-1][:-count]).strip()) == 0):
            del segments[-1][-count:]
    return segments


def _introducing_lines(lines: Sequence[str], number: int) -> int:
    """How many lines of what introduces a quote end with line `number`."""
    line = lines[number]
    count = attribution(lines, number) if line.rstrip().endswith(":") else 0
    if count or not line.strip() or not _quote_follows(lines, number + 1):
        return count
    if introduces_marked_quote(line):
        return 1
    return 2 if number and introduces_over_two_lines(lines[number - 1], line) else 0


def _is_wrapped_quote(lines: Sequence[str], number: int, end: int) -> bool:
    """Whether a line is the end of the quoted line above, cut off by a program that wraps without marking.

    Only what cannot be an answer: it goes on in lower case in the middle of a long quoted sentence.
    """
    line = lines[number]
    if not line[:1].islower():
        return False
    above = lines[number - 1] if number else ""
    return (
        number + 1 < end
        and is_quoted(lines[number + 1])
        and is_quoted(above)
        and len(above) >= _WRAPPED_CHARS
        and not above.rstrip().endswith((".", "?", "!", ":"))
        and len(line) < len(above)
    )


def _without_signatures(segments: list[list[str]]) -> list[str]:
    """Join the segments, each without its signature; blank lines at the seams are thinned to one."""
    out: list[str] = []
    for number, segment in enumerate(segments):
        lines = without_signature(segment, at_top=number == 0)
        text = "\n".join(lines).strip("\n")
        if text.strip():
            out += [*([""] if out else []), *text.split("\n")]
    return out
