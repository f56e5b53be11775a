"""Make strings from mails safe to keep, to show and to send: no control, no invisible, no broken characters.

Must never lose what a person can see. Used once, where text leaves the parser, and for every outgoing header
(reliability §0.5: a decoded Subject may hold CR LF and become a second header of ours).
"""

from __future__ import annotations

import re

# Unicode category Cf without the plain blanks, spelled out: `str.isprintable` follows the Unicode table of the
# running Python, and the same mail must give the same value everywhere. U+E0000 ff. are invisible "tags".
_FORMAT = (
    "\u00ad\u0600-\u0605\u061c\u06dd\u070f\u0890\u0891\u08e2\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff9-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0001\U000e0020-\U000e007f"
)
_SURROGATES = "\ud800-\udfff"
_INVISIBLE = re.compile(f"[\x00-\x1f\x7f-\x9f{_FORMAT}{_SURROGATES}]+")
_BLANKS = re.compile("[\\s\u2028\u2029]+")

# Text of a body: newlines and tabs stay, other controls and invisible characters go. They only serve to hide
# (bidi overrides) or to split words that rules look for (soft hyphens, zero-width blanks in HTML mail).
_TEXT_JUNK = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f{_FORMAT}]+")
_TEXT_BROKEN = re.compile(f"[{_SURROGATES}]")
_LINE_ENDS = re.compile("\r\n|[\r\x0c\x85\u2028\u2029]")


def clean_header(text: str, limit: int) -> str:
    """Return one line of at most `limit` characters without control and format characters.

    Line breaks and runs of blanks become one blank, everything else of category Cc, Cf and Cs goes.
    """
    if not text.isascii() or not text.isprintable():
        text = _INVISIBLE.sub("", _BLANKS.sub(" ", text[: 4 * limit]))
    if "  " in text:
        text = _BLANKS.sub(" ", text)
    return text.strip()[:limit].rstrip()


def clean_text(text: str) -> str:
    """Return text with plain newlines, without NUL, controls, invisible characters and lone surrogates."""
    if text.isascii():
        if "\r" in text or "\x0c" in text:
            text = _LINE_ENDS.sub("\n", text)
        return text if text.replace("\n", "").replace("\t", "").isprintable() else _TEXT_JUNK.sub("", text)
    if text.replace("\n", "").replace("\t", "").isprintable():
        return text  # whatever the Unicode table of this Python is, nothing of the following is printable
    text = _LINE_ENDS.sub("\n", text)
    return _TEXT_JUNK.sub("", _TEXT_BROKEN.sub("\ufffd", text))
