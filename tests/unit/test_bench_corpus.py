"""The benchmark's mails are always the same, and mixed as its figures claim."""

from email import message_from_bytes

from tests.bench import corpus


def test_the_same_mails_are_made_every_time() -> None:
    assert corpus.make(20) == corpus.make(20) == corpus.make(40)[:20]


def test_the_mix_is_what_the_report_says() -> None:
    mails = corpus.make()
    mean, median = corpus.sizes(mails)
    assert 28_000 < mean < 34_000
    assert 4_000 < median < 5_000
    assert len({mail.content for mail in mails}) == corpus.COUNT
    assert len({mail.mail_from for mail in mails}) > 1_700
    with_file = sum(b"Content-Disposition: attachment" in mail.content for mail in mails)
    assert 0.08 < with_file / corpus.COUNT < 0.12


def test_every_mail_can_be_read_and_has_nothing_but_crlf() -> None:
    for mail in corpus.make(200):
        assert mail.content.count(b"\n") == mail.content.count(b"\r\n") == mail.content.count(b"\r")
        parsed = message_from_bytes(mail.content)
        assert not parsed.defects
        assert all(not part.defects for part in parsed.walk())
