"""The keys of an installation, and the directory that they lie in."""

from pathlib import Path

from mailroute.flow.site import make_keyring


def test_nobody_but_their_owner_reaches_new_keys(tmp_path: Path) -> None:
    file = tmp_path / "state" / "keys"
    keyring = make_keyring(file)
    assert make_keyring(file) == keyring
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700, "sockets and spooled mails lie beside them"
