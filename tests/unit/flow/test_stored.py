"""The words and files of stored mails, for letters that pass them on."""

from collections.abc import Iterator

import pytest

from mailroute.flow.stored import StoredMails
from mailroute.model.letter import Written
from mailroute.store.engine import Store, open_store
from tests.support.stores import MUELLER, NOW, claim, receive

ANSWER = (
    b"Subject: Re: Dachrinne\r\nIn-Reply-To: <1@x.example>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    b"Am Freitag bin ich da.\r\n\r\nAm 23.11.2026 um 09:14 schrieb ABC <service@abc.example>:\r\n"
    b"> Wann sind Sie zu Hause?\r\n"
)


@pytest.fixture
def store() -> Iterator[Store]:
    with open_store("sqlite://") as opened:
        yield opened


def written(intake: int, nth: int) -> Written:
    return Written(intake, MUELLER, NOW, nth, 0)


def test_the_first_mail_is_read_whole_and_a_later_one_without_what_it_quotes(store: Store) -> None:
    receive(store, content=ANSWER)
    (claimed,) = claim(store)
    intake = claimed.envelope.intake_id
    with store.read() as conn:
        mails = StoredMails(conn, ("abc",))
        assert mails.text(written(intake, 2)).strip() == "Am Freitag bin ich da."
        assert "Wann sind Sie zu Hause?" in mails.text(written(intake, 1))
        assert mails.files(intake) == ()


def test_a_mail_that_is_not_there_does_not_keep_a_reminder_back(store: Store) -> None:
    with store.read() as conn:
        mails = StoredMails(conn, ("abc",))
        assert (mails.text(written(4711, 1)), mails.files(4711)) == ("", ())


def test_the_mails_of_another_organisation_are_not_read(store: Store) -> None:
    receive(store, content=ANSWER)
    (claimed,) = claim(store)
    with store.read() as conn:
        assert StoredMails(conn, ("xyz",)).text(written(claimed.envelope.intake_id, 1)) == ""
