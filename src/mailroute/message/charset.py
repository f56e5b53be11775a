"""Bytes of foreign mails to text: charsets that lie, raw 8-bit headers, encoded words in every broken form.

The order is: what was declared, else UTF-8 strictly, else Windows-1252 (libs §d: right for all Western mail
that was tried, where statistical detectors were not). Must never raise and never take more than linear time.
"""

from __future__ import annotations

import binascii
import re
from functools import lru_cache

# What senders write and what they mean. Browsers read Latin-1 as Windows-1252 too (WHATWG Encoding §4.2).
_MEANT = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "ansi_x3.4-1968": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "iso_8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "ansi": "cp1252",
    "x-ansi": "cp1252",
    "macintosh": "mac-roman",
    "x-mac-roman": "mac-roman",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf8mb4": "utf-8",
}
# Python codecs that are no charsets of mail, or quadratic (punycode, idna).
_REFUSED = frozenset({
    "idna", "punycode", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem", "utf-7-imap",
})  # fmt: skip
# What stands in headers without a declaration where the body is in a 7-bit code.
_EIGHT_BIT = {"iso-2022-jp": "cp932", "iso-2022-kr": "cp949"}
_WESTERN = frozenset({"cp1252", "latin-1", "iso8859-1"})
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,39}")
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


@lru_cache(maxsize=512)
def codec_of(declared: str) -> str | None:
    """The codec for a declared charset, or None if we do not know it."""
    found = _NAME.match(declared.strip(" \t'\"").lower())
    if not found:
        return None
    name = _MEANT.get(found[0], found[0])
    if name in _REFUSED or name.replace("-", "_") in _REFUSED:
        return None
    try:
        b"a".decode(name)  # a codec that makes no text (hex, rot13) is a LookupError too
    except LookupError:
        return None
    except ValueError:
        pass  # one byte is no text of this code: fine
    return name


def decode_bytes(raw: bytes, declared: str = "") -> tuple[str, str]:
    """Decode the body of a part. Returns the text and a defect ("" if the declaration was true)."""
    codec = codec_of(declared) if declared else None
    defect = "charset-unknown" if declared and codec is None else ""
    if raw.isascii() and (codec is None or codec in _WESTERN or codec == "utf-8"):
        return raw.decode("ascii"), defect
    if codec is None or codec in _WESTERN:
        # Latin-1 never fails, so a wrong declaration shows only here: text that is valid UTF-8 with several
        # bytes a letter is UTF-8.
        return decode_raw(raw), defect
    try:
        return raw.decode(codec), defect
    except ValueError:
        return _rescue(raw, codec), "charset-wrong"


def decode_raw(raw: bytes, hint: str = "") -> str:
    """UTF-8 if it is, else Windows-1252: for headers with bare 8-bit bytes and undeclared text.

    `hint` is a charset that the mail declares elsewhere; it goes before Windows-1252 if the bytes are valid in it.
    """
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        codec = codec_of(hint) if hint else None
        codec = _EIGHT_BIT.get(codec or "", codec)
        if codec is not None and codec not in _WESTERN and codec != "utf-8":
            try:
                return raw.decode(codec)
            except ValueError:
                pass
        return _rescue(raw, "utf-8")


def _rescue(raw: bytes, codec: str) -> str:
    """Decode what is not valid in its own codec.

    One damaged letter must not turn a whole UTF-8 text into mojibake, so UTF-8 wins if most of it is right.
    """
    if codec == "utf-8":
        text = raw.decode("utf-8", "replace")
        if text.count("\ufffd") * 2 <= len(_MULTIBYTE.findall(raw)):
            return text
        return _western(raw)
    if not raw.isascii():  # a 7-bit code (ISO-2022-JP) is valid ASCII and would come out as its escapes
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError:
            pass
    if codec == "iso-2022-jp" and b"\x1b$" in raw:
        return _from_jis(raw)
    text = raw.decode(codec, "replace")
    return text if text.count("\ufffd") * 10 <= len(text) else _western(raw)


_JIS_SHIFT = re.compile(rb"\x1b([$(][@-Z])")


def _from_jis(raw: bytes) -> str:
    """ISO-2022-JP as phones and Outlook write it: with NEC's characters (①, ㈱), which only cp932 has."""
    pieces = _JIS_SHIFT.split(raw)
    text = [pieces[0].decode("ascii", "replace")]
    for shift, data in zip(pieces[1::2], pieces[2::2], strict=True):
        codes = bytearray()
        if shift[:1] == b"$":
            for row, cell in zip(data[::2], data[1::2], strict=False):
                codes += bytes((
                    ((row + 1) >> 1) + (0x70 if row < 0x5F else 0xB0),
                    cell + (0x7E if row % 2 == 0 else 0x1F + (cell >= 0x60)),
                )) if 0x20 < row < 0x7F and 0x20 < cell < 0x7F else bytes((row & 0x7F, cell & 0x7F))  # fmt: skip
        else:
            codes += bytes(byte | 0x80 for byte in data) if shift == b"(I" else data
        text.append(bytes(codes).decode("cp932", "replace"))
    return "".join(text)


def _western(raw: bytes) -> str:
    """Windows-1252 with its five holes read as Latin-1, so that every byte is a character."""
    try:
        return raw.decode("cp1252")
    except UnicodeDecodeError:
        return "".join(_CP1252[byte] for byte in raw)


_CP1252 = tuple(bytes([b]).decode("cp1252", "ignore") or chr(b) for b in range(256))


def unbase64(data: bytes) -> tuple[bytes, bool]:
    """Decode base64 as far as it goes; False if it was broken (RFC 2045 §6.8 says to ignore foreign bytes)."""
    try:
        return binascii.a2b_base64(data), True
    except binascii.Error:
        letters = _NOT_BASE64.sub(b"", data.split(b"=", 1)[0])
    letters = letters[: len(letters) - (len(letters) % 4 == 1)]
    return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4)), False


_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


def decode_header(raw: bytes, hint: str = "") -> str:
    """Text of an unfolded header value: raw 8-bit bytes and RFC 2047 encoded words, however broken."""
    if b"=?" not in raw:
        return raw.decode("ascii") if raw.isascii() else decode_raw(raw, hint)
    return decode_words(decode_raw(raw, hint))


def decode_words(text: str) -> str:
    """Replace RFC 2047 encoded words. Text without them comes back unchanged.

    Neighbours of one charset and encoding are joined before decoding: many programs cut within a letter.
    """
    if "=?" not in text:
        return text
    out: list[str] = []
    pending: list[bytes] = []
    charset = ""
    for plain, word_charset, payload in _words(text):
        if pending and (payload is None or plain.strip() or word_charset != charset):
            out.append(decode_bytes(b"".join(pending), charset)[0])
            pending.clear()
            plain = "" if payload is not None and not plain.strip() else plain
        elif pending:
            plain = ""
        out.append(plain)
        if payload is not None:
            pending.append(payload)
            charset = word_charset
    if pending:
        out.append(decode_bytes(b"".join(pending), charset)[0])
    return "".join(out)


_WORD_HEAD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,20})?\?([bBqQ])\?")


def _words(text: str) -> list[tuple[str, str, bytes | None]]:
    """Cut text into (plain text before, charset, bytes) for each encoded word; the last has None as bytes.

    `end` only ever moves forward, so thousands of unfinished words cost one pass.
    """
    found: list[tuple[str, str, bytes | None]] = []
    at = 0
    end = 0
    for head in _WORD_HEAD.finditer(text):
        if head.start() < at:
            continue
        if end >= 0 and end < head.end():
            end = text.find("?=", head.end())
        stop, after = (end, end + 2) if end >= 0 else (len(text), len(text))
        data = text[head.end() : stop]
        if end >= 0 and "=?" in data and _WORD_HEAD.search(data):
            continue  # this word was never finished, the next one was
        if end < 0 and " " in data.strip():
            continue  # cut off by somebody's length limit is forgiven, free text is not
        found.append((text[at : head.start()], head[1].lower(), _payload(head[2], data)))
        at = after
    found.append((text[at:], "", None))
    return found


def _payload(encoding: str, data: str) -> bytes:
    """Bytes of one encoded word (RFC 2047 §4). Characters that are no ASCII are kept as UTF-8."""
    raw = data.encode("utf-8", "surrogateescape")
    if encoding in "bB":
        return unbase64(raw)[0]
    return binascii.a2b_qp(raw.replace(b" ", b"_"), header=True)
