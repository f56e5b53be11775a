import pytest

from mailroute.message.charset import codec_of, decode_bytes, decode_header, decode_raw, unbase64


@pytest.mark.parametrize(
    ("raw", "declared", "text", "defect"),
    [
        (b"K\xfcche", "iso-8859-1", "Küche", ""),
        (b"184,50 \x80", "iso-8859-1", "184,50 €", ""),
        (b"K\xc3\xbcche", "utf-8", "Küche", ""),
        (b"K\xc3\xbcche", "", "Küche", ""),
        (b"K\xfcche", "", "Küche", ""),
        (b"K\xc3\xbcche", "iso-8859-1", "Küche", ""),  # says Latin-1, is UTF-8
        (b"K\xfcche", "utf-8", "Küche", "charset-wrong"),  # says UTF-8, is Latin-1
        (b"K\xfcche", "x-unknown-8bit", "Küche", "charset-unknown"),
        (b"abc", "hex", "abc", "charset-unknown"),
        (b"abc", "idna", "abc", "charset-unknown"),
        (b"abc", "utf-8\0", "abc", ""),
        (b"\xcf\xf0\xe8\xe2\xe5\xf2", "windows-1251", "Привет", ""),
        (b"\x81\x8d", "", "\x81\x8d", ""),  # holes of Windows-1252
    ],
)
def test_text_is_decoded_as_declared_else_utf_8_else_windows_1252(
    raw: bytes, declared: str, text: str, defect: str
) -> None:
    assert decode_bytes(raw, declared) == (text, defect)


def test_one_damaged_letter_does_not_turn_a_utf_8_text_into_mojibake() -> None:
    raw = "Grüße aus der Küche, schöne Tür".encode() + b"\xc3"
    assert decode_bytes(raw, "utf-8")[0] == "Grüße aus der Küche, schöne Tür\ufffd"


@pytest.mark.parametrize(
    "name", ["rot13", "base64", "punycode", "idna", "unicode_escape", "../x", "", "a" * 99, "\xfc"]
)
def test_codecs_that_are_no_charsets_are_refused(name: str) -> None:
    assert codec_of(name) is None


def test_a_charset_declared_elsewhere_helps_with_bare_bytes() -> None:
    assert decode_raw("绩效".encode("gb18030"), "gb2312") == "绩效"
    assert decode_raw("ツール".encode("cp932"), "iso-2022-jp") == "ツール"
    assert decode_raw("Küche".encode("latin-1"), "us-ascii") == "Küche"


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        (b"Heizung", "Heizung"),
        (b"=?utf-8?q?K=C3=BCche?=", "Küche"),
        (b"=?UTF-8?B?S8O8Y2hl?=", "Küche"),
        (b"=?utf-8?b?S8O8Y2hl=?=", "Küche"),  # wrong padding
        (b"=?utf-8?Q?K=C3?= =?utf-8?Q?=BCche?=", "Küche"),  # cut within a letter
        (b"=?utf-8?Q?a?=   =?iso-8859-1?Q?=FC?=", "aü"),
        (b"=?utf-8?Q?a?= b =?utf-8?Q?c?=", "a b c"),
        (b"Re:=?utf-8?Q?K=C3=BCche?=!", "Re:Küche!"),
        (b"=?utf-8?Q?K=C3=BCche und Bad?=", "Küche und Bad"),  # blanks where none may be
        (b"=?utf-8*de?Q?K=C3=BCche?=", "Küche"),  # RFC 2231 §5
        (b"=?utf-8?Q?K=C3=BCch", "Küch"),  # cut off
        (b"=?utf-8?Q?wirklich??=", "wirklich?"),
        (b"=?nonsense?Q?K=FCche?=", "Küche"),
        (b"K\xfcche", "Küche"),
        (b"K\xc3\xbcche", "Küche"),
        (b"=?utf-8?x?abc?=", "=?utf-8?x?abc?="),
        (b"=?=?utf-8?q?=C3=BC?=", "=?ü"),
        (b"=??q?a?=", "=??q?a?="),
        (b"a =? b ?= c", "a =? b ?= c"),
    ],
)
def test_headers_are_decoded_however_broken_their_encoded_words_are(raw: bytes, text: str) -> None:
    assert decode_header(raw) == text


@pytest.mark.parametrize(
    ("data", "content", "whole"),
    [
        (b"SGFsbG8=", b"Hallo", True),
        (b"SGFs\r\nbG8=\r\n", b"Hallo", True),
        (b"SGFsbG8", b"Hallo", False),
        (b"SGFsb", b"Hal", False),
        (b"", b"", True),
        (b"!!!!", b"", True),
    ],
)
def test_base64_is_read_as_far_as_it_goes(data: bytes, content: bytes, whole: bool) -> None:
    assert unbase64(data) == (content, whole)


def test_japanese_of_telephones_with_circled_numbers_is_read() -> None:
    """NEC's row 13 is in no ISO-2022-JP codec of Python; cp932 has it."""
    assert decode_bytes(b"\x1b$B-!#1ET\x1b(B ok", "iso-2022-jp")[0] == "①１都 ok"
