"""Parameters of Content-Type and Content-Disposition: RFC 2045 §5.1, RFC 2231, and what senders make of them.

Linear: every pattern is anchored at a semicolon and cannot give back what it took. Never raises.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

from mailroute.message.charset import decode_bytes, decode_header, decode_raw
from mailroute.message.clean import clean_header
from mailroute.model.limits import HEADER_FIELD_BYTES, NAME_CHARS

_PARAMETER = re.compile(
    r';\s*([^\s=;"]{1,60})\s*=\s*(?:"((?:[^"\\]|\\.)*)(?:"|\\?\Z)|([^;]*))',
    re.S,
)
_QUOTED_PAIR = re.compile(r"\\(.)", re.S)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*?)\Z")
_COMMENT = re.compile(r"\([^()]*\)")
_TYPE = re.compile(r"([A-Za-z0-9!#$&^_.+-]{1,100})\s*/\s*([A-Za-z0-9!#$&^_.+-]{1,100})")
_DRIVE = re.compile(r"[A-Za-z]:\\|\\\\")


def read_parameters(value: bytes, hint: str = "") -> tuple[str, dict[str, str]]:
    """Return (lower-case value before the first semicolon, parameters by lower-case name)."""
    text = decode_raw(value[:HEADER_FIELD_BYTES], hint)
    main, semicolon, rest = text.partition(";")
    main = _COMMENT.sub("", main).strip().strip("\"'").lower()
    if not semicolon:
        return main, {}
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for found in _PARAMETER.finditer(semicolon + rest):
        name, raw = found[1].lower(), _value(found[2], found[3])
        section = _SECTION.match(name) if "*" in name else None
        if section is None:
            plain.setdefault(name, raw)
        else:
            sections.setdefault(section[1], []).append((int(section[2] or 0), section[3] == "*", raw))
    for name, pieces in sections.items():
        plain[name] = _join_sections(pieces)
    return main, plain


def _value(quoted: str | None, bare: str | None) -> str:
    """The value of one parameter. Backslashes of a Windows path are no quoting."""
    if quoted is None:
        return _COMMENT.sub("", bare or "").strip().strip("'\"")
    return quoted if _DRIVE.match(quoted) else _QUOTED_PAIR.sub(r"\1", quoted)


def _join_sections(pieces: list[tuple[int, bool, str]]) -> str:
    """Join the sections of a parameter and decode its charset (RFC 2231 §3, §4)."""
    pieces.sort(key=lambda piece: piece[0])
    charset = ""
    raw = b""
    for number, (_, extended, text) in enumerate(pieces):
        if extended and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data = text.encode("utf-8", "surrogateescape")
        raw += unquote_to_bytes(data) if extended else data
    return decode_bytes(raw, charset)[0]


def media_type(
    value: bytes | None, default: str = "text/plain", hint: str = ""
) -> tuple[str, dict[str, str]]:
    """The media type in lower case and its parameters; `default` where there is none or it is unreadable."""
    if value is None:
        return default, {}
    main, parameters = read_parameters(value, hint)
    found = _TYPE.match(main)
    if found:
        return f"{found[1]}/{found[2]}", parameters
    return {"text": "text/plain", "html": "text/html"}.get(main, default), parameters


def file_name(*candidates: str | None) -> str:
    """The first usable file name: decoded, without its folder, cleaned and capped, its ending kept."""
    for candidate in candidates:
        if not candidate:
            continue
        name = decode_header(candidate.encode("utf-8", "surrogateescape")) if "=?" in candidate else candidate
        name = re.split(r"[/\\]", name)[-1] if _DRIVE.match(name) or "/" in name else name
        name = clean_header(name, HEADER_FIELD_BYTES)
        if name.strip(". "):
            return _shortened(name)
    return ""


def _shortened(name: str) -> str:
    """Cap a file name at NAME_CHARS and keep its ending."""
    if len(name) <= NAME_CHARS:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending) > 10:
        return name[:NAME_CHARS]
    return stem[: NAME_CHARS - len(ending) - 1] + "." + ending
