"""What may become a ticket, and what may get an automatic letter (reliability §3)."""

import pytest

from mailroute.model.address import Address
from mailroute.model.facts import Facts, Proof, SentLetter
from mailroute.model.mail import Envelope
from mailroute.model.message import Automatic, Bounce, Message
from mailroute.model.reply_tag import message_id
from mailroute.routing.locate import locate
from mailroute.routing.screen import Screened, Verdict, screen
from tests.support.factories import INBOX, a_message, a_party, a_ruleset, an_envelope, facts_about

NOTHING = Facts()
PROOF = Facts(proof=Proof("reply-address", a_party()))
SENT = Facts(bounced=SentLetter("abc-m17-2", 10428, a_party(), "acknowledgement", proven=True))


def screened(message: Message, facts: Facts = NOTHING, envelope: Envelope | None = None) -> Screened:
    return screen(message, facts, a_ruleset(), envelope or an_envelope())


def test_a_persons_mail_passes_and_may_be_answered() -> None:
    result = screened(a_message())

    assert (result.verdict, result.answerable) == (Verdict.PASS, True)


def test_the_same_mail_twice_is_a_duplicate() -> None:
    result = screened(a_message(), Facts(duplicate_of=17))

    assert (result.verdict, result.answerable) == (Verdict.DUPLICATE, False)
    assert "m17" in result.steps[0].because


@pytest.mark.parametrize(
    "message",
    [
        a_message(hops=51),
        a_message(instances=("xyz.12345678", "abc.a81c2d34")),
        a_message(message_id=message_id(3, "k7q3x9wmbz4p", "abc-m17-2", "abc-hausverwaltung.example")),
        a_message(author=INBOX),
        a_message(author=f"service+t3.k7q3x9wmbz4p@{INBOX.partition('@')[2]}"),
        a_message(author=None, from_=(Address("", INBOX),)),
    ],
    ids=["hops", "instance", "message-id", "inbox", "inbox with tag", "one of several From"],
)
def test_our_own_words_coming_back_are_a_loop(message: Message) -> None:
    assert screened(message, Facts(instances=("abc.a81c2d34",))).verdict is Verdict.LOOP


def test_a_message_id_like_ours_of_another_domain_is_another_mailroutes() -> None:
    theirs = message_id(3, "k7q3x9wmbz4p", "abc-m17-2", "andere.example")

    assert screened(a_message(message_id=theirs)).verdict is Verdict.PASS


def test_the_letter_of_another_mailroute_is_no_loop_and_is_never_answered_automatically() -> None:
    # Two firms may well have the same name; the key tells them apart.
    other = screened(a_message(instances=("abc.ffffffff",)), Facts(instances=("abc.a81c2d34",)))

    assert (other.verdict, other.answerable) == (Verdict.PASS, False)


def test_staff_who_log_in_may_write_from_the_inbox_and_get_no_answer() -> None:
    result = screened(
        a_message(author=INBOX), envelope=an_envelope(login="schmidt@abc-hausverwaltung.example")
    )

    assert (result.verdict, result.answerable) == (Verdict.PASS, False)


@pytest.mark.parametrize(
    "message",
    [a_message(bounce=Bounce((), None)), a_message(automatic=Automatic.BOUNCE)],
)
def test_delivery_reports_are_bounces(message: Message) -> None:
    assert screened(message).verdict is Verdict.BOUNCE


def test_an_unmarked_bounce_is_known_by_its_address_and_null_return_path() -> None:
    assert screened(a_message(), SENT, an_envelope("")).verdict is Verdict.BOUNCE
    assert screened(a_message(), SENT).verdict is Verdict.PASS


def test_an_out_of_office_at_the_bounce_address_is_no_bounce() -> None:
    away = a_message(automatic=Automatic.AUTO_REPLIED, signals=("auto-submitted",))

    assert screened(away, SENT, an_envelope("")).verdict is Verdict.IGNORE


@pytest.mark.parametrize("automatic", [Automatic.AUTO_REPLIED, Automatic.AUTO_GENERATED, Automatic.LIST])
def test_automatic_mail_with_a_token_goes_on_and_is_never_answered(automatic: Automatic) -> None:
    result = screened(a_message(automatic=automatic, signals=("auto-submitted",)), PROOF)

    assert (result.verdict, result.answerable) == (Verdict.PASS, False)
    assert "auto-submitted" in result.steps[0].because


def test_a_machines_own_mail_may_open_a_ticket_but_is_never_answered() -> None:
    result = screened(a_message(automatic=Automatic.AUTO_GENERATED, signals=("role-address",)))

    assert (result.verdict, result.answerable) == (Verdict.PASS, False)


def test_a_read_receipt_is_ignored_even_with_a_token() -> None:
    receipt = a_message(automatic=Automatic.REPORT, signals=("report-disposition-notification",))

    assert screened(receipt, PROOF).verdict is Verdict.IGNORE


def test_a_newsletter_of_a_stranger_is_ignored_with_its_reason() -> None:
    result = screened(
        a_message(automatic=Automatic.LIST, signals=("list-unsubscribe",), author="news@shop.example")
    )

    assert (result.verdict, result.answerable) == (Verdict.IGNORE, False)
    assert "list-unsubscribe" in result.steps[0].because


def test_an_inbox_that_is_itself_a_list_still_gets_its_mail() -> None:
    headers = (("list-post", f"<mailto:{INBOX}>"),)
    listed = a_message(
        automatic=Automatic.LIST, signals=("list-post",), author="x@y.example", headers=headers
    )

    assert screened(listed).verdict is Verdict.PASS


def test_a_tenants_mail_through_a_list_goes_on() -> None:
    listed = a_message(automatic=Automatic.LIST, signals=("list-id",))

    assert screened(listed, facts_about(locate(listed, an_envelope()))).verdict is Verdict.PASS


@pytest.mark.parametrize("signal", ["suppress-requested", "return-path-empty", "x-loop"])
def test_who_asks_for_no_answer_gets_none(signal: str) -> None:
    result = screened(a_message(signals=(signal,)))

    assert (result.verdict, result.answerable) == (Verdict.PASS, False)


def test_a_null_return_path_is_never_answered() -> None:
    assert not screened(a_message(), envelope=an_envelope("")).answerable
