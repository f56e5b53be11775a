"""What is new in a mail: its text without quotes, signature, disclaimers and taglines.

Line-anchored and linear (libs §e: the libraries are not). When in doubt a line is new: a rule that sees too much
is corrected by a person, a sentence that nobody sees is lost. Answers between quoted lines stay.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mailroute.message.wording import (
    announces_forward,
    attribution,
    has_moment_or_address,
    header_block,
    is_quoted,
    label_of,
    separator_of,
)
from mailroute.model.marker import REPLY_MARKER
from mailroute.model.reply_tag import holds_reply_tag, is_text_tag

_SIGNATURE_LINES = 15
_LONG_WORDS = 12
_DRAWN_LINE = 25

_DELIMITER = re.compile(r"\s?(?:--|—|––)[ \xa0]?")
_RULE = re.compile(r"\s*[-_=*~]{5,}\s*")
_CLOSING = re.compile(
    r"\s*(?:(?:ich verbleibe |wir verbleiben )?mit\s+(?:den\s+)?(?:freundlich|best|herzlich|lieb|nett|vielen|sonnig|kollegial|"
    r"hochachtungsvoll)\w*\s+(?:und\s+\w+\s+)?gr[üu]e?(?:ß|ss)en?|m\.?f\.?g\.?|mfg|"
    r"(?:viele|beste|liebe|herzliche|freundliche|sch[öo]e?ne|sonnige)\s+(?:liebe\s+)?gr[üu]e?(?:ß|ss)e|"
    r"(?:lieben|sch[öo]e?nen|besten|freundlichen)\s+gru(?:ß|ss)|gru(?:ß|ss)|gr[üu]e?(?:ß|ss)e|[lv]g|hochachtungsvoll|"
    r"(?:bien |très )?cordialement|(?:meilleures |sincères |cordiales )?salutations(?: distinguées)?|(?:cordiali|distinti) saluti|"
    r"un cordiale saluto|(?:serdecznie )?pozdrawiam(?: serdecznie)?|z poważaniem|saygılarımla|saygılarımızla|iyi çalışmalar)"
    r"(?:\s+(?:aus|von)\s+\w+)?\s*[,.!]{0,3}\s*",
    re.I,
)
_CLOSING_WITH_NAME = re.compile(
    r"\s*(?:mfg|[lv]g|gru(?:ß|ss)|viele gr[üu]e?(?:ß|ss)e|mit freundlichen gr[üu]e?(?:ß|ss)en|liebe gr[üu]e?(?:ß|ss)e)"
    r"[, ]{1,3}"
    r"(?!an\b|to\b|auch\b|und\b)(?:[A-ZÄÖÜ][\w.\-]{0,25}[ ]?){1,4}\s*",
    re.I,
)
_TAGLINE = re.compile(
    r"\s*[(\[]?(?:(?:diese nachricht wurde |diese e-?mail wurde |die nachricht wurde )?(?:von|mit) (?:meine[mnr](?:/meine[mnr])?|einem|der|dem) [^.\n]{2,60}(?:gesendet|versendet|geschickt|verschickt)|"
    r"gesendet (?:von|mit|über) [^\n]{2,80}|gesendet[ ]?:?\s*von (?:unterwegs|mobil)[^\n]{0,40}|von unterwegs gesendet|"
    r"(?:diese nachricht|diese e-?mail) wurde (?:von|mit) [^\n]{2,80}gesendet|"
    r"sent (?:from|via|with|by) (?:my |the |a )?[^\n]{2,60}|get outlook for [^\n]{2,40}|holen sie sich outlook für [^\n]{2,60}|"
    r"outlook für (?:ios|android)[^\n]{0,60}(?:beziehen|herunterladen)?|envoyé de mon [^\n]{2,40}|inviato da [^\n]{2,40}|"
    r"von (?:samsung|yahoo|outlook|aol)[^\n]{2,40} gesendet|envoyé (?:depuis|à partir de|avec) [^\n]{2,60}|"
    r"(?:télécharger|obtenir|scarica|ottieni|pobierz)[^\n]{0,12} outlook [^\n]{2,40}|outlook (?:pour|per|dla) (?:ios|android)|"
    r"inviato (?:dal|con|tramite) [^\n]{2,60}|wysłan[aeoy] (?:ze?|przy|za) [^\n]{2,60}|"
    r"(?:iphone|ipad)'?\w{0,6} gönderildi|[^\n]{2,50}(?:telefonumdan|cihazımdan) gönderildi|"
    r"enviado desde mi [^\n]{2,40}|verzonden (?:vanaf|met) [^\n]{2,40})[.)\]]?\s*",
    re.I,
)
_VERB = re.compile(r",? \b(?:is|was|are|ist|war)\b ", re.I)
_DISCLAIMER = re.compile(
    r"\s*[*_]{0,3}(?:(?:diese|die in dieser|der inhalt dieser) (?:e-?mail|nachricht|mail)(?: und[^.\n]{1,60})? (?:enth[äa]e?lt|ist|sind|kann|enthaltene|k[öo]e?nnte)\b[^\n]{0,80}(?:vertraulich|rechtlich gesch[üu]tzt|ausschlie)|"
    r"(?:der inhalt|die informationen) (?:dieser|in dieser) (?:e-?mail|nachricht)[^\n]{0,80}|vertraulichkeitshinweis|"
    r"this (?:e-?mail|message)(?: and[^.\n]{1,60})? (?:is|are|contains?|may contain)\b[^\n]{0,80}(?:confidential|privileged|intended)|"
    r"(?:confidentiality notice|disclaimer|haftungsausschluss)\b|"
    r"(?:bitte denken sie|denken sie|bitte pr[üu]fen sie)[^\n]{0,60}(?:umwelt|ausdruck|drucken)|please consider the environment)",
    re.I,
)
# What Mailman writes below every mail of a list.
_LIST_NAME = re.compile(
    r"\S{1,80} (?:mailing list|mailingliste|liste de diffusion|mailinglist)(?: -- .*)?", re.I
)
_LIST_PAGE = re.compile(r"https?://\S{1,200}/(?:listinfo|postorius|lists)/?\S{0,200}", re.I)
_WRAPPED_CHARS = 60
_AFTERTHOUGHT = re.compile(r"\s*(?:p\.?\s?s\.?|n\.?b\.?|nachtrag|ps)\s*[:.\-– ]", re.I)


def new_text(text: str, is_answer: bool) -> str:
    """The part of a text that its author wrote for this mail.

    `is_answer` says that header or subject call the mail an answer or a forward. Without that a text that
    *begins* with header lines is a filled-in form, not a quote.
    """
    lines = [line for line in text.split("\n") if not is_text_tag(line)]
    marker = _marker(lines)
    cut = marker < len(lines)
    lines = lines[:marker]
    end = _end_of_new(lines, is_answer)
    kept = _without_signatures(_segments(lines, end))
    if cut:
        kept = _above_our_address(kept)
    if kept or cut:
        return "\n".join(kept).strip()
    # Nothing but quoted lines and nothing that introduces them: somebody's program marks everything.
    if not is_answer or (end == len(lines) and all(is_quoted(line) for line in lines if line.strip())):
        return text.strip()
    return ""


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
        if (something_above or is_answer) and _begins_quoted_rest(lines, number):
            return _before_rule(lines, number)
        count = attribution(lines, number)
        if count and not _quote_follows(lines, number + 1):
            joined = " ".join(lines[number - count + 1 : number + 1])
            if has_moment_or_address(joined) and _anything_new(lines, number - count + 1):
                return number - count + 1
        something_above = something_above or not is_quoted(line)
    return len(lines)


def _anything_new(lines: Sequence[str], end: int) -> bool:
    """Whether something unquoted stands above line `end`.

    An attribution at the very top with unmarked text below: the answer stands below or within, so all of it stays.
    """
    return any(line.strip() and not is_quoted(line) for line in lines[:end])


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
    """Outlook draws a line above its header block: it belongs to the quote."""
    at = number - 1
    while at >= 0 and not lines[at].strip():
        at -= 1
    return at if at >= 0 and _RULE.fullmatch(lines[at]) else number


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
        if is_quoted(line):
            if segments[-1]:
                segments.append([])
            continue
        if _is_wrapped_quote(lines, number, end):
            continue
        segments[-1].append(line)
        if line.rstrip().endswith(":"):
            count = attribution(lines, number)
            if count and (
                _quote_follows(lines, number + 1) or len("".join(segments[-1][:-count]).strip()) == 0
            ):
                del segments[-1][-count:]
    return segments


def _is_wrapped_quote(lines: Sequence[str], number: int, end: int) -> bool:
    """Whether a line is the end of the quoted line above, cut off by a program that wraps without marking.

    Only what cannot be an answer: it goes on in lower case in the middle of a long quoted sentence.
    """
    above, line = lines[number - 1] if number else "", lines[number]
    return (
        line[:1].islower()
        and number + 1 < end
        and is_quoted(lines[number + 1])
        and is_quoted(above)
        and len(above) >= _WRAPPED_CHARS
        and not above.rstrip().endswith((".", "?", "!", ":"))
        and len(line) < len(above)
    )


def _without_signatures(segments: list[list[str]]) -> list[str]:
    """Join the segments, each without its signature; blank lines at the seams are thinned to one."""
    out: list[str] = []
    for segment in segments:
        lines = _without_signature(segment)
        text = "\n".join(lines).strip("\n")
        if text.strip():
            out += [*([""] if out else []), *text.split("\n")]
    return out


def _without_signature(lines: list[str]) -> list[str]:
    """Cut a segment at its signature delimiter, disclaimer or closing; taglines go wherever they stand."""
    kept: list[str] = []
    number = 0
    while number < len(lines):
        line = lines[number]
        if _is_delimiter(lines, number) or (_DISCLAIMER.match(line) and _is_tail(lines, number)):
            break
        if _RULE.fullmatch(line) and _boilerplate_follows(lines, number + 1):
            break
        if _is_tagline(line):
            number += 1
            continue
        if len(line) < 80 and (_CLOSING.fullmatch(line) or _CLOSING_WITH_NAME.fullmatch(line)) and any(kept):
            number = _end_of_signature(lines, number + 1)
            continue
        kept.append(line)
        number += 1
    return kept


def _is_tagline(line: str) -> bool:
    """Whether a line is what a telephone writes below every mail; a sentence of a person has a verb."""
    return len(line) < 120 and bool(_TAGLINE.fullmatch(line)) and not _VERB.search(line)


def _is_delimiter(lines: Sequence[str], number: int) -> bool:
    """The signature delimiter `-- ` (RFC 3676 §4.3). Without its blank it may be a line drawn above more text."""
    line = lines[number]
    if not _DELIMITER.fullmatch(line):
        return False
    return line == "-- " or sum(bool(one.strip()) for one in lines[number : number + 60]) <= _DRAWN_LINE


def _is_tail(lines: Sequence[str], number: int) -> bool:
    """A disclaimer stands at the end; the same words above a long text are part of it."""
    return sum(len(line) for line in lines[number:]) < 6000 and number > 0


def _boilerplate_follows(lines: Sequence[str], number: int) -> bool:
    following = next((line for line in lines[number : number + 4] if line.strip()), "")
    if _LIST_NAME.fullmatch(following) and any(
        _LIST_PAGE.search(line) for line in lines[number : number + 6]
    ):
        return True
    return bool(_DISCLAIMER.match(following) or _is_tagline(following))


def _end_of_signature(lines: Sequence[str], number: int) -> int:
    """First line behind the names, functions and numbers that follow a closing.

    An afterthought (`PS:`) or a paragraph of prose is text again: people do write below their name.
    """
    new_paragraph = False
    for at in range(number, min(number + _SIGNATURE_LINES, len(lines))):
        line = lines[at]
        if not line.strip():
            new_paragraph = True
            continue
        if _DELIMITER.fullmatch(line) or _DISCLAIMER.match(line) or _RULE.fullmatch(line):
            return at
        if _AFTERTHOUGHT.match(line) or (new_paragraph and _is_prose(line)):
            return at
    return min(number + _SIGNATURE_LINES, len(lines))


def _is_prose(line: str) -> bool:
    """Whether a line reads like a sentence rather than like an address or a function."""
    words = line.split()
    if len(words) >= _LONG_WORDS:
        return True
    return len(words) >= 5 and line.rstrip().endswith((".", "?", "!")) and "@" not in line
