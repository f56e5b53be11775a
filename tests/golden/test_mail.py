"""Invented mails of the programs that people use, each with what we understand of it (tests/golden/mail)."""

import json
from pathlib import Path

import pytest

from mailroute.message.parse import parse
from mailroute.message.view import as_json
from tests.conftest import Golden

MAILS = Path(__file__).parent / "mail"
FOLDERS = sorted(folder.name for folder in MAILS.iterdir() if folder.is_dir())


@pytest.mark.parametrize("name", FOLDERS)
def test_mail_is_understood_as_written_beside_it(name: str, golden: Golden) -> None:
    content = (MAILS / name / "in.eml").read_bytes()
    understood = as_json(parse(content), "in.eml")
    golden.check(
        MAILS / name / "message.json",
        json.dumps(understood, ensure_ascii=False, indent=2, sort_keys=True) + "\n",
    )


@pytest.mark.parametrize("name", [name for name in FOLDERS if name != "022-garbage"])
def test_mail_means_the_same_with_plain_newlines(name: str) -> None:
    """SMTP brings CRLF, files and some IMAP servers bring LF."""
    content = (MAILS / name / "in.eml").read_bytes()
    theirs = parse(content.replace(b"\r\n", b"\n"))
    ours = parse(content)
    assert (theirs.from_, theirs.subject, theirs.text, theirs.new_text, theirs.automatic) == (
        ours.from_,
        ours.subject,
        ours.text,
        ours.new_text,
        ours.automatic,
    )
