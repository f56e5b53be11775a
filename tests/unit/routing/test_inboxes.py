"""Which addresses are ours: what a door may take, and to which organisation it leads."""

import pytest

from mailroute.model.ruleset import Inbox, ReplyMode
from mailroute.model.text import Text
from mailroute.routing.inboxes import Inboxes, Route
from tests.support.factories import an_organisation

TAG = "t10428.k7q3x9wmbz4p"
BOUNCE = "babc-m17-2.k7q3x9wmbz4p"
ABC = an_organisation(
    inboxes=(
        Inbox("service@abc.example", "ABC"),
        Inbox("Schaden@abc.example", "ABC Schäden"),
        Inbox("post@catch.example", "ABC", ReplyMode.CATCHALL),
        Inbox("info@body.example", "ABC", ReplyMode.BODY),
    )
)
XYZ = an_organisation(
    id="xyz", name="XYZ", footer=Text("XYZ"), inboxes=(Inbox("service@xyz.example", "XYZ"),)
)
INBOXES = Inboxes([ABC, XYZ])


@pytest.mark.parametrize(
    ("recipient", "inbox"),
    [
        ("service@abc.example", "service@abc.example"),
        ("SERVICE@ABC.Example", "service@abc.example"),
        ("<service@abc.example>", "service@abc.example"),
        (f"service+{TAG}@abc.example", "service@abc.example"),
        (f"service+{BOUNCE}@abc.example", "service@abc.example"),
        ("service+anything@abc.example", "service@abc.example"),
        ("schaden@abc.example", "schaden@abc.example"),
        (f"{TAG}@catch.example", "post@catch.example"),
        (f"{BOUNCE}@catch.example", "post@catch.example"),
        (f"{TAG.upper()}@CATCH.example", "post@catch.example"),
        ("post@catch.example", "post@catch.example"),
        ("info@body.example", "info@body.example"),
    ],
)
def test_an_inbox_takes_its_own_address_its_tags_and_nothing_else(recipient: str, inbox: str) -> None:
    assert INBOXES.inbox_of(recipient) == inbox
    assert INBOXES.knows(recipient)


@pytest.mark.parametrize(
    "recipient",
    [
        "",
        "service",
        "@",
        "service@",
        "@abc.example",
        "nobody@abc.example",
        "service@abc.example.evil.example",
        "service@evil.example",
        "service%evil.example@abc.example",
        '"service@abc.example"@evil.example',
        "@abc.example:service@evil.example",
        "service@abc.example@evil.example",
        f"{TAG}@abc.example",
        f"{TAG}@body.example",
        "anything@catch.example",
        f"x{TAG}@catch.example",
        "ſervice@abc.example",
        "service @abc.example",
        "service\x00@abc.example",
    ],
)
def test_what_is_not_ours_is_not_taken(recipient: str) -> None:
    """No open relay (reliability §6), and `550 5.1.1` for a mistyped address."""
    assert INBOXES.inbox_of(recipient) is None
    assert not INBOXES.knows(recipient)
    assert INBOXES.routes([recipient]) == ()


def test_one_mail_to_two_organisations_is_one_route_each() -> None:
    """design §8a."""
    to = ["service@xyz.example", f"Service+{TAG}@abc.example", "schaden@abc.example", "nobody@abc.example"]
    assert INBOXES.routes(to) == (
        Route("xyz", "service@xyz.example", ("service@xyz.example",)),
        Route("abc", "service@abc.example", (f"service+{TAG}@abc.example", "schaden@abc.example")),
    )
