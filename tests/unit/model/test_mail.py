import pytest

from mailroute.model.mail import Door, Trust

BORDER = "mx.abc-hausverwaltung.example"


@pytest.mark.parametrize(
    ("door", "peer", "is_believed"),
    [
        (Door.SMTP, "127.0.0.1", True), (Door.SMTP, "::1", True), (Door.SMTP, "10.1.2.3", True), (Door.SMTP, "unix", True),
        (Door.SMTP, "fe80::1%eth0", True), (Door.SMTP, "::ffff:172.17.0.1", True), (Door.SMTP, "198.41.0.4", True),
        (Door.SMTP, "8.8.8.8", False), (Door.SMTP, "::ffff:8.8.8.8", False), (Door.SMTP, "2001:4860:4860::8888", False),
        (Door.SMTP, "", False), (Door.SMTP, "localhost.evil.example", False),
        (Door.LMTP, "8.8.8.8", True), (Door.IMAP, "imap.provider.example", True), (Door.FILE, "file", True),
    ],
)  # fmt: skip
def test_the_word_of_a_border_counts_only_where_the_mail_has_come_through_it(
    door: Door, peer: str, is_believed: bool
) -> None:
    trust = Trust((BORDER,), (), ("198.41.0.0/24", "2001:db8::/32"))
    assert trust.borders_behind(door, peer) == ((BORDER,) if is_believed else ())
