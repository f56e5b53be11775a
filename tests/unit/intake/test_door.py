"""What the SMTP doors share: who counts as one peer, which words of a refusal go out, who may log in."""

import logging

import pytest

from mailroute.errors import Broken, Refused, TryLater
from mailroute.intake import replies
from mailroute.intake.door import peer_group, report
from mailroute.intake.login import check_against
from mailroute.log import EVENTS


@pytest.mark.parametrize(
    ("host", "group"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
    ],
)
def test_an_ipv6_household_shares_one_allowance(host: str, group: str) -> None:
    assert peer_group(host) == group


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("554 5.4.6 too many hops", "554 5.4.6 too many hops"),
        ("250 2.0.0 stored", replies.REFUSED),
        ("550 5.1.1 no\r\n250 yes", replies.REFUSED),
        ("550 5.1.1 müller@example.org", replies.REFUSED),
        ("", replies.REFUSED),
    ],
)
def test_a_refusal_is_one_line_of_5yz_or_our_own_words(reply: str, said: str) -> None:
    assert replies.refusal(Refused(reply)) == said


def test_every_reply_is_ascii_and_carries_an_enhanced_code_of_its_class() -> None:
    said = {name: text for name, text in vars(replies).items() if name.isupper()}
    for name, text in said.items():
        assert text.isascii(), name
        assert text.isprintable(), name
        if not text.startswith("3"):
            assert text[4:].startswith(f"{text[0]}."), name


@pytest.mark.parametrize(
    ("name", "password", "good"),
    [
        ("huber", "geheim", True),
        ("huber", "Geheim", False),
        ("schmidt", "Straße", True),
        ("nobody", "", False),
        ("empty", "", False),
    ],
)
def test_only_the_right_password_of_a_known_user_is_good(name: str, password: str, good: bool) -> None:
    check = check_against({"huber": "geheim", "schmidt": "Straße", "empty": ""})
    assert check(name, password) is good


@pytest.mark.parametrize("error", [TryLater("geheim"), RuntimeError("geheim"), Broken("petra@example.org")])
def test_a_fault_is_logged_by_class_and_place_without_its_text(
    error: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        try:
            raise error
        except (TryLater, RuntimeError, Broken) as caught:
            report(caught)
    (line,) = caplog.records
    assert line.getMessage() in EVENTS
    assert type(error).__name__ in str(vars(line))
    assert str(error) not in str(vars(line))
