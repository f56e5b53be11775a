"""The keys of an installation, the directory that they lie in, and what its organisations must not share."""

import shutil
from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.errors import RulesetInvalid
from mailroute.flow.site import load_directories, make_keyring


def test_nobody_but_their_owner_reaches_new_keys(tmp_path: Path) -> None:
    file = tmp_path / "state" / "keys"
    keyring = make_keyring(file)
    assert make_keyring(file) == keyring
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700, "sockets and spooled mails lie beside them"


def test_a_partner_is_no_inbox_of_this_installation_or_mail_would_come_back_to_us(tmp_path: Path) -> None:
    sender, receiver = tmp_path / "a", tmp_path / "b"
    for directory in (sender, receiver):
        shutil.copytree(shipped.path("rules"), directory, ignore=shutil.ignore_patterns("packs"))
    theirs = receiver / "organisation.yaml"
    words = theirs.read_text().replace("id: abc\n", "id: xyz\n").replace("service@abc-", "service@xyz-")
    theirs.write_text(words)
    assert len(load_directories([sender, receiver])) == 2
    partners = sender / "partners.yaml"
    partners.write_text(
        partners.read_text().replace(
            "auftrag@dachdeckerei-sturm.example", "service@xyz-hausverwaltung.example"
        )
    )
    with pytest.raises(RulesetInvalid) as caught:
        load_directories([sender, receiver])
    [mistake] = caught.value.diagnostics
    assert (mistake.code, mistake.file) == ("MR390", "partners.yaml")
    assert "an inbox of the organisation xyz" in mistake.message


def test_a_partner_is_another_organisation_of_the_installation(tmp_path: Path) -> None:
    own, other = tmp_path / "own", tmp_path / "other"
    for directory, named in ((own, "abc"), (other, "xyz")):
        shutil.copytree(shipped.path("rules"), directory, ignore=shutil.ignore_patterns("packs"))
        partners = directory / "partners.yaml"
        partners.write_text(
            partners.read_text().replace("  order: 10\n", f"  order: 10\n  organisation: {named}\n")
        )
    for directory, code, words in (
        (own, "MR390", "the partner dachdeckerei-sturm is this organisation itself"),
        (other, "MR391", "there is no organisation xyz in this installation"),
    ):
        with pytest.raises(RulesetInvalid) as caught:
            load_directories([directory])
        [mistake] = caught.value.diagnostics
        assert (mistake.code, mistake.file, mistake.message) == (code, "partners.yaml", words)
