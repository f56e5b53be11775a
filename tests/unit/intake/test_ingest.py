"""Mails from files come out byte for byte; only what mbox has added is gone."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailroute.intake.ingest import deliveries
from mailroute.model.mail import Delivery, Door

NOON = datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
INBOX = "service@hv-muster.example"
SEPARATOR = b"From petra.vogel@example.org Mon Nov 23 11:00:00 2026\n"


def read(*paths: Path, size_limit_bytes: int = 10_000) -> list[Delivery]:
    return list(deliveries(paths, inbox=INBOX, clock=lambda: NOON, size_limit_bytes=size_limit_bytes))


def contents(*paths: Path) -> list[bytes]:
    return [one.content for one in read(*paths)]


def test_an_eml_file_is_one_delivery_with_the_envelope_of_its_header(tmp_path: Path) -> None:
    mail = b"Return-Path: <a@b.example>\r\nTo: other@b.example\r\n\r\n.\r\nGr\xfc\xdfe\0\n"
    (tmp_path / "one.eml").write_bytes(mail)
    assert read(tmp_path / "one.eml") == [
        Delivery(
            door=Door.FILE,
            mail_from="a@b.example",
            rcpt_to=(INBOX,),
            content=mail,
            received_at=NOON,
            peer="file",
            door_key=None,
        )
    ]


def test_an_empty_file_is_an_empty_mail(tmp_path: Path) -> None:
    (tmp_path / "empty.eml").touch()
    assert contents(tmp_path / "empty.eml") == [b""]


def test_a_folder_gives_its_eml_files_in_order_and_nothing_else(tmp_path: Path) -> None:
    for name in ("b.eml", "a.eml", "notes.txt", ".hidden.eml"):
        (tmp_path / name).write_bytes(name.encode())
    (tmp_path / "folder.eml").mkdir()
    assert contents(tmp_path) == [b"a.eml", b"b.eml"]


def test_a_maildir_gives_what_lies_in_cur_and_new(tmp_path: Path) -> None:
    for folder in ("cur", "new", "tmp"):
        (tmp_path / folder).mkdir()
    (tmp_path / "cur" / "1.host:2,S").write_bytes(b"read")
    (tmp_path / "new" / "2.host").write_bytes(b"unread")
    (tmp_path / "tmp" / "3.host").write_bytes(b"half")
    (tmp_path / "dovecot.eml").write_bytes(b"no mail")
    assert contents(tmp_path) == [b"read", b"unread"]


def test_an_mbox_is_split_and_unquoted_and_otherwise_unchanged(tmp_path: Path) -> None:
    first = b"Subject: 1\r\n\r\n>From me\r\n>>From me\r\nFrom here on\r\n\r\nFrom Monday to Friday 8 to 12\r\n\r\n"
    second = b"Subject: 2\n\n\x00Gr\xfc\xdfe\n > From x\nno line end"
    quoted = first.replace(b">>From", b">>>From").replace(b"\n>From", b"\n>>From")
    (tmp_path / "mbox").write_bytes(SEPARATOR + quoted + b"\n" + SEPARATOR + second)
    assert contents(tmp_path / "mbox") == [first, second]


@pytest.mark.parametrize(
    "separator",
    [
        b"From - Sat Jan  3 01:05:34 1996\n",
        b"From MAILER-DAEMON Fri Jul  8 12:08:34 2011\r\n",
        b"From petra vogel@example.org  Mon, 23 Nov 2026 11:00:00 +0100\n",
    ],
)
def test_separators_of_several_writers_are_known(tmp_path: Path, separator: bytes) -> None:
    (tmp_path / "mbox").write_bytes(separator + b"A: 1\n\n\n" + separator + b"A: 2\n\n\n")
    assert contents(tmp_path / "mbox") == [b"A: 1\n\n", b"A: 2\n\n"]


def test_a_separator_without_an_empty_line_before_it_is_text(tmp_path: Path) -> None:
    (tmp_path / "mbox").write_bytes(SEPARATOR + b"A: 1\n\nhe wrote\n" + SEPARATOR + b"more\n")
    assert contents(tmp_path / "mbox") == [b"A: 1\n\nhe wrote\n" + SEPARATOR + b"more\n"]


def test_an_mbox_with_a_line_longer_than_any_buffer_is_read(tmp_path: Path) -> None:
    # The second piece of the line begins like a quoted and like a separator line.
    long = b"x" * (1 << 20) + b">From me\n"
    (tmp_path / "mbox").write_bytes(SEPARATOR + b"\n" + long)
    assert [one.content for one in read(tmp_path / "mbox", size_limit_bytes=1 << 22)] == [b"\n" + long]


def test_a_mail_above_the_limit_becomes_a_stub_and_the_others_are_read(tmp_path: Path) -> None:
    big = b"Subject: big\n\n" + b"x\n" * 10_000
    (tmp_path / "mbox").write_bytes(SEPARATOR + big + b"\n" + SEPARATOR + b"Subject: small\n\n")
    (tmp_path / "big.eml").write_bytes(big)
    stub, small, other_stub = read(tmp_path / "mbox", tmp_path / "big.eml")
    assert stub.content.startswith(b"Subject: big\r\nMIME-Version: 1.0\r\n")
    assert b"hier: mbox\r\n" in stub.content
    assert small.content == b"Subject: small\n"
    assert b"hier: big.eml\r\n" in other_stub.content


def test_a_file_that_is_not_there_is_an_oserror(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read(tmp_path / "missing.eml")
