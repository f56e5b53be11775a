import binascii

import pytest

from mailroute.message.files import attachment_bytes
from mailroute.message.parse import parse
from mailroute.message.uuencode import cut_files
from mailroute.model.limits import ENCLOSED_FILES
from tests.support.effort import is_quick

PHOTO = bytes(range(256)) * 2


def coded(name: str, data: bytes) -> str:
    lines = [binascii.b2a_uu(data[at : at + 45]).decode().rstrip("\n") for at in range(0, len(data), 45)]
    return "\n".join([f"begin 644 {name}", *lines, "`", "end"])


def test_a_uuencoded_file_in_the_text_is_an_attachment_and_no_text() -> None:
    content = (
        f"From: a@b.example\nSubject: x\n\nAnbei das Foto.\n\n{coded('foto.jpg', PHOTO)}\n\nGruß\n".encode()
    )
    message = parse(content)
    (one,) = message.attachments
    assert (one.name, one.type, one.size) == ("foto.jpg", "image/jpeg", len(PHOTO))
    assert attachment_bytes(content, one.part) == PHOTO
    assert message.text == "Anbei das Foto.\n\n\nGruß"


def test_several_files_and_the_text_between_them_are_told_apart() -> None:
    text = f"eins\n{coded('a.txt', b'A')}\nzwei\n{coded('b.txt', b'B')}\ndrei\n".encode()
    assert cut_files(text) == (b"eins\nzwei\ndrei\n", [("a.txt", b"A"), ("b.txt", b"B")])


@pytest.mark.parametrize(
    "text",
    [
        "begin 644 ways to fix this\nand then the rest of a sentence, in small letters\nend\n",
        "begin 644 foto.jpg\n%2&%L;&\\\n",  # never ended
        "begin at eight\nend\n",
    ],
)
def test_what_only_looks_like_a_file_stays_text(text: str) -> None:
    assert cut_files(text.encode()) == (text.encode(), [])


def test_a_line_without_its_trailing_blanks_is_read() -> None:
    data = b"abc\0\0\0"
    block = coded("a.bin", data).replace("`", " ")
    stripped = "\n".join(
        line.rstrip() if not line.startswith("begin") else line for line in block.split("\n")
    )
    assert cut_files(stripped.encode())[1] == [("a.bin", data)]


def test_thousands_of_beginnings_cost_linear_time() -> None:
    assert is_quick(lambda: cut_files(b"begin 644 a\n" * 200_000), 2)


def test_files_beyond_the_cap_stay_text() -> None:
    block = f"{coded('a.txt', b'A')}\n".encode()
    assert cut_files(block * ENCLOSED_FILES) == (b"", [("a.txt", b"A")] * ENCLOSED_FILES)
    assert cut_files(block * (ENCLOSED_FILES + 1))[0] == block
