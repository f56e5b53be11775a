"""The closed vocabulary of `when`, each word with what fits and what does not (design §6)."""

import pytest

from mailroute.model.condition import (
    AllOf,
    Always,
    AnyOf,
    AttachmentIs,
    Condition,
    DomainIs,
    FromIs,
    HeaderHas,
    InboxIs,
    LanguageIs,
    Not,
    Phrase,
    SenderIs,
    Words,
)
from mailroute.model.message import Attachment
from mailroute.routing.conditions import Asked, parts_of, reason_for
from tests.support.factories import INBOX, a_message, a_sender, an_envelope

PDF = Attachment("Rechnung.PDF", "application/pdf", 10, "0" * 64, False, None, 1)
PHOTO = Attachment("", "image/jpeg", 10, "0" * 64, True, "c1", 2)
MAIL = a_message(
    "Text",
    author="info@sub.bau.example",
    attachments=(PDF, PHOTO),
    headers=(("x-portal", "Schäden 24"), ("subject", "Anfrage")),
)


def holds(condition: Condition) -> str | None:
    asked = Asked(MAIL, a_sender(), an_envelope(), "text", {"schaden": '"Schaden"'}, {}, {})
    return reason_for(condition, asked)


@pytest.mark.parametrize(
    ("condition", "reason"),
    [
        (Words(("x", "schaden")), '"Schaden"'),
        (Words(("x",)), None),
        (Phrase(("schaden",)), None),
        (SenderIs(("tenant", "owner")), "the sender is tenant"),
        (SenderIs(("staff",)), None),
        (FromIs(("Info@Sub.Bau.example",)), "from info@sub.bau.example"),
        (FromIs(("bau.example",)), None),
        (DomainIs(("bau.example",)), "from the domain sub.bau.example"),
        (DomainIs(("au.example",)), None),
        (InboxIs((INBOX.upper(),)), f"written to {INBOX}"),
        (InboxIs(("other@abc.example",)), None),
        (HeaderHas("X-Portal", "schaeden"), 'header X-Portal has "schaeden"'),
        (HeaderHas("X-Portal", ""), "header X-Portal"),
        (HeaderHas("X-Other", ""), None),
        (AttachmentIs(("pdf",)), "attachment Rechnung.PDF"),
        (AttachmentIs((".pdf",)), "attachment Rechnung.PDF"),
        (AttachmentIs(("image/*",)), "attachment image/jpeg"),
        (AttachmentIs(("docx", "video/*")), None),
        (LanguageIs(("de",)), "language de"),
        (LanguageIs(("en",)), None),
        (AllOf((Always(), LanguageIs(("de",)))), "always and language de"),
        (AllOf((Always(), LanguageIs(("en",)))), None),
        (AnyOf((LanguageIs(("en",)), Always())), "always"),
        (AnyOf(()), None),
        (Not(LanguageIs(("en",))), "nothing speaks against it"),
        (Not(Always()), None),
    ],
)
def test_each_condition_says_why_it_holds(condition: Condition, reason: str | None) -> None:
    assert holds(condition) == reason


def test_a_from_that_is_not_to_be_trusted_fits_no_address() -> None:
    asked = Asked(a_message(author=None), a_sender(), an_envelope(), "", {}, {}, {})

    assert reason_for(FromIs(("mueller@mieter.example",)), asked) is None
    assert reason_for(DomainIs(("",)), asked) is None


def test_all_parts_of_a_condition_are_seen() -> None:
    inner = Words(("a",))
    condition = AllOf((AnyOf((Not(inner),)), Always()))

    assert inner in list(parts_of(condition))
    assert list(parts_of(None)) == []
