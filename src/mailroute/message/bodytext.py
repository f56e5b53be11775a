"""The readable text of a mail: the best of plain and HTML, as a person would see it. Never raises.

HTML goes through resiliparse (libs §f: lxml's converters return nothing below 255 levels). Quoted blocks of HTML
leave as `> ` lines, so that `quotes` reads both kinds of mail alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from mailroute.message.calendars import summary_of
from mailroute.message.clean import clean_text
from mailroute.message.parts import Part, leaves
from mailroute.message.sealed import without_armour
from mailroute.model.limits import HTML_BYTES, TEXT_CHARS

_QUOTE_DEPTH = 20
_LIST_DEPTH = 50
_HIDDEN_NODES = 5_000
_QUOTED_NODES = 500
# Preheaders are written for the preview of a mail program, not for the reader. Whatever is hidden in another
# way is read: rules must not be blinder than people, but they may see more.
_HIDDEN = '[style*="display:none" i],[style*="display: none" i],[style*="mso-hide:all" i],[hidden],script,style,head,title'
_QUOTED = 'blockquote[type="cite" i],blockquote.gmail_quote,blockquote[class*="quote" i]'
# Outlook on the web: this element holds the header lines, and all that follows is quoted.
_REST_QUOTED = "div#divRplyFwdMsg"
# Signatures, and the introductions of quotes in whatever language.
_ADDED = (
    "div#Signature,div.gmail_signature,.moz-signature,div#ms-outlook-mobile-signature,div#composer_signature,"
    'div.protonmail_signature_block,div#ymail_android_signature,div.blue_signature,div[name="messageSignatureSection"],'
    "div[data-sigid],#AppleMailSignature,div.gmail_attr,div.moz-cite-prefix"
)
# Private characters stand for the borders of such elements while the text is extracted.
_OPEN, _CLOSE = "\ue0f0", "\ue0f1"
_ADDED_OPEN, _ADDED_CLOSE = "\ue0f2", "\ue0f3"
_MARKS = re.compile(f"[{_OPEN}{_CLOSE}]")
_ALL_MARKS = re.compile(f"[{_OPEN}-{_ADDED_CLOSE}]")
_ADDED_MARKS = re.compile(f"[{_ADDED_OPEN}{_ADDED_CLOSE}]")
_ADDED_LINES = 15
_TOO_MANY_BLANK_LINES = re.compile(r"\n(?:[ \t\xa0]*\n){3,}")
_STUB = re.compile(
    r"html|browser|e-?mail[- ]?programm|mail client|view this|anzeigen|darstell|multi-?part message",
    re.I,
)
_STUB_CHARS = 400
_LINK = re.compile(r"https?://\S{1,2000}", re.I)
_LIST_TAG = re.compile(r"<(/?)(?:ul|ol|dl|menu|dir)\b", re.I)
_TAGS = re.compile(r"<(?:html|body|div|p|br|table)\b", re.I)


@dataclass(slots=True)
class Body:
    """The text of a mail and what was odd about it."""

    text: str
    defects: list[str] = field(default_factory=list)
    signed: bool = False  # with PGP, around the text itself
    room_bytes: int = HTML_BYTES  # how much more of its parts is read
    by_hand: str = ""  # the same text without what the HTML marks as added by a program


def best_text(root: Part) -> Body:
    """The text of all parts that are text of the mail, at most TEXT_CHARS characters."""
    body = Body("")
    text = _render(root, body)
    if "\n\n\n\n" in text or "\xa0" in text:
        text = _TOO_MANY_BLANK_LINES.sub("\n\n\n", text.replace("\xa0", " "))
    if "-----BEGIN PGP SIGNED" in text:
        plain = without_armour(text)
        body.signed = plain != text
        text = plain
    text = text.strip("\n").rstrip()
    text = _with_invitation(root, text)
    if len(text) > TEXT_CHARS:
        text = text[:TEXT_CHARS]
        body.defects.append("text-cut")
    body.text = body.by_hand = text
    if _ADDED_OPEN in text:
        body.text = _without_marks(text)
        body.by_hand = _by_hand(text) or body.text
    return body


def _without_marks(text: str) -> str:
    """A text without the marks of what was added; lines that held nothing else go, with a blank line above them."""
    out: list[str] = []
    for line in text.split("\n"):
        if _ADDED_MARKS.search(line):
            line = _ADDED_MARKS.sub("", line)
            if not line.strip("> "):
                del out[len(out) - (bool(out) and not out[-1].strip("> ")) :]
                continue
        out.append(line)
    return "\n".join(out).rstrip()


def _by_hand(text: str) -> str:
    """A text without what is marked as added.

    Many lines stay: people do write within the element of their signature. So does the head of a forwarded mail,
    for which Gmail uses the element of its introductions.
    """
    first, *pieces = text.split(_ADDED_OPEN)
    out = [first]
    for piece in pieces:
        added, closed, rest = piece.partition(_ADDED_CLOSE)
        is_short = sum(bool(line.strip()) for line in added.split("\n")) <= _ADDED_LINES
        out.append(rest if closed and is_short and "---" not in added else _ADDED_OPEN + piece)
    return _without_marks("".join(out)).strip("\n").rstrip()


def _with_invitation(root: Part, text: str) -> str:
    """The text and below it what the first invitation of the mail says."""
    for leaf in leaves(root):
        if leaf.type == "text/calendar":
            said = summary_of(clean_text(leaf.text()[0]))
            return f"{text}\n\n{said}".strip() if said else text
    return text


def _render(part: Part, body: Body) -> str:
    """Text of a part and its children; "" for files. Recursion is bounded by PART_DEPTH."""
    if part.children:
        if part.type == "multipart/alternative":
            return _best_alternative(part, body)
        texts = [_render(child, body) for child in part.children]
        return "\n\n".join(text.strip("\n") for text in texts if text.strip())
    if part.is_attachment:
        return ""
    return _leaf_text(part, body)


def _best_alternative(part: Part, body: Body) -> str:
    """Plain text if it says something, else the richest form (RFC 2046 §5.1.4: the last is the richest)."""
    plain = [child for child in part.children if child.type == "text/plain" and not child.is_attachment]
    rich = [child for child in part.children if child.type != "text/plain"]
    first = _render(plain[0], body) if plain else ""
    if first.strip() and not _is_stub(first):
        return first
    for child in reversed(rich):
        text = _render(child, body)
        if text.strip():
            return text
    return first


def _is_stub(text: str) -> bool:
    """Whether a plain part only says that there is an HTML part, or is HTML itself."""
    text = _LINK.sub("", text).strip()
    if len(text) > _STUB_CHARS:
        return bool(_TAGS.match(text[:200]))
    return len(text) < 4 or (
        len(text) < _STUB_CHARS
        and bool(_STUB.search(text))
        and sum(any(map(str.isalpha, line)) for line in text.split("\n")) < 5
    )


def _leaf_text(part: Part, body: Body) -> str:
    """Decode one text part."""
    if len(part.raw) > body.room_bytes:
        body.defects.append("text-cut")
        part.raw = part.raw[: body.room_bytes]
    body.room_bytes -= len(part.raw)
    text, defect = part.text()
    if defect:
        body.defects.append(defect)
    if part.broken:
        body.defects.append("encoding-broken")
    if "\0" in text:
        body.defects.append("nul-in-text")
    if part.type == "text/html":
        return html_to_text(text)
    text = _ALL_MARKS.sub("", clean_text(text))
    if part.parameters.get("format", "").lower() == "flowed":
        return unflow(text, part.parameters.get("delsp", "").lower() == "yes")
    return html_to_text(text) if _TAGS.match(text[:200].lstrip()) and "</" in text else text


def unflow(text: str, delete_space: bool) -> str:
    """Join the soft lines of format=flowed (RFC 3676 §4.4); quotes keep their depth, `-- ` is never joined."""
    out: list[str] = []
    joining: list[str] = []
    joining_depth = -1
    for line in text.split("\n"):
        bare = line.lstrip(">")
        depth = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        if joining and (depth != joining_depth or bare == "-- "):
            out.append(_flowed_line(joining_depth, joining))
            joining = []
        soft = bare.endswith(" ") and bare != "-- "
        joining.append(bare[:-1] if soft and delete_space else bare)
        joining_depth = depth
        if not soft:
            out.append(_flowed_line(depth, joining))
            joining = []
    if joining:
        out.append(_flowed_line(joining_depth, joining))
    return "\n".join(out)


def _flowed_line(depth: int, pieces: list[str]) -> str:
    text = "".join(pieces)
    text = text if text == "-- " else text.rstrip()
    return f"{'>' * depth} {text}" if depth else text


def html_to_text(html: str) -> str:
    """Readable text of an HTML mail: paragraphs, lists and tables as lines, quoted blocks as `> ` lines."""
    from resiliparse.extract.html2text import extract_plain_text  # a compiled library; plain mails need none
    from resiliparse.parse.html import HTMLTree

    tree = HTMLTree.parse(_without_deep_lists(_ALL_MARKS.sub("", clean_text(html))))
    if not tree.body:
        return ""
    # A slice is a list; walking the collection itself asks the tree anew for each node.
    for node in tree.body.query_selector_all(_HIDDEN)[:_HIDDEN_NODES]:
        if node.parent:
            node.parent.remove_child(node)
    has_quotes = _mark_quotes(tree)
    text: str = extract_plain_text(
        tree, preserve_formatting=True, main_content=False, list_bullets=True, alt_texts=False, links=False,
        form_fields=False, noscript=False,
    )  # fmt: skip
    text = clean_text(text)
    return _quote_lines(text) if has_quotes else text


def _without_deep_lists(html: str) -> str:
    """Lists nested beyond reason as plain lines: resiliparse indents each level, which is quadratic."""
    depth = 0
    for tag in _LIST_TAG.finditer(html):
        depth += -1 if tag[1] else 1
        if depth > _LIST_DEPTH:
            return _LIST_TAG.sub("<br", html)
    return html


def _mark_quotes(tree: object) -> bool:
    """Put private characters around quoted blocks and what programs add. True if anything is quoted."""
    body = tree.body  # type: ignore[attr-defined] # untyped library
    quoted = body.query_selector_all(_QUOTED)[:_QUOTED_NODES]
    for node in quoted:
        _put_around(tree, node, _OPEN, _CLOSE)
    for node in body.query_selector_all(_ADDED)[:_QUOTED_NODES]:
        _put_around(tree, node, _ADDED_OPEN, _ADDED_CLOSE)
    rest = body.query_selector(_REST_QUOTED)
    if rest is not None:
        _put_around(tree, rest, _OPEN, "")
    return len(quoted) > 0 or rest is not None


def _put_around(tree: object, node: Any, opening: str, closing: str) -> None:
    """Put a paragraph with a mark before and behind the content of an element."""
    if not node.first_child:
        return
    before, behind = tree.create_element("p"), tree.create_element("p")  # type: ignore[attr-defined] # untyped library
    before.text, behind.text = opening, closing
    node.insert_before(before, node.first_child)
    node.append_child(behind)


def _quote_lines(text: str) -> str:
    """Turn the marks of quoted blocks into `> ` before their lines. Blank lines at their borders are not quoted."""
    out: list[str] = []
    depth = 0
    blank_since = 0  # where the run of blank lines at the end of `out` begins
    last_level = 0
    for line in text.split("\n"):
        if _OPEN in line or _CLOSE in line:
            depth = max(0, depth + line.count(_OPEN) - line.count(_CLOSE))
            line = _MARKS.sub("", line)
        if not line.strip():
            out.append("")
            continue
        level = min(depth, _QUOTE_DEPTH)
        between = min(level, last_level)
        if between:
            out[blank_since:] = [">" * between] * (len(out) > blank_since)
        elif last_level or level:
            out[blank_since:] = [""] * min(1, len(out) - blank_since)
        out.append(f"{'>' * level} {line}".rstrip() if level else line)
        last_level, blank_since = level, len(out)
    return "\n".join(out)
