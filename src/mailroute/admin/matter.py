"""What kind of matter is it, for a mail or a plain text: only the classifier, nothing of who and where (design §9)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mailroute.message.charset import decode_raw
from mailroute.message.parse import parse
from mailroute.model.change import Party, PartyKind
from mailroute.model.decision import Assurance, CaseTypeScore, Classified, Sender, rule_of
from mailroute.model.mail import Door, Envelope
from mailroute.model.message import Message
from mailroute.model.ruleset import Ruleset, ToRole
from mailroute.routing.classify import Classifier, classify, compile_classifier
from mailroute.routing.inboxes import Inboxes
from mailroute.rules import Loaded

# Headers that no letter begins with by chance; Subject alone may stand above a plain text.
_HEADER = re.compile(
    rb"(?:from|to|cc|date|received|message-id|mime-version|return-path|content-type|delivered-to|sender|reply-to|"
    rb"in-reply-to|references|list-id|x-[\w-]+|authentication-results|dkim-signature|user-agent|auto-submitted)[ \t]*:",
    re.I,
)
_HEAD_LINE = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:|[ \t]+\S|From \S+ ")
_HEAD_BYTES = 64 * 1024
_SUBJECT_LINE = re.compile(r"[ \t]*(?:subject|betreff|betrifft)[ \t]*:[ \t]*(.*)", re.I)
_BOM = b"\xef\xbb\xbf"
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
_STRANGER = Sender(Party(PartyKind.UNKNOWN, None, "", ""), Assurance.NONE)


@dataclass(frozen=True, slots=True)
class Judge:
    """The classifiers of some rules directories, built once."""

    benches: dict[str, tuple[Ruleset, Classifier]]
    inboxes: Inboxes

    @classmethod
    def of(cls, loaded: Sequence[Loaded]) -> Judge:
        """Compile. Milliseconds."""
        rulesets = [one.ruleset for one in loaded]
        benches = {one.organisation.id: (one, compile_classifier(one)) for one in rulesets}
        return cls(benches, Inboxes(one.organisation for one in rulesets))

    def view(self, file: str, content: bytes) -> dict[str, Any]:
        """One object of `mailroute classify --json`."""
        message = read_message(content)
        ruleset, classifier = self.benches[self._organisation_for(message)]
        inbox = ruleset.organisation.inboxes[0].address
        named = [one.address for one in (*message.to, *message.cc)]
        envelope = Envelope(
            mail_id=0,
            intake_id=0,
            organisation=ruleset.organisation.id,
            inbox=next((route.inbox for route in self.inboxes.routes(named)), inbox),
            door=Door.FILE,
            mail_from="",
            rcpt_to=(),
            received_at=_LONG_AGO,
            size_bytes=len(content),
        )
        found = classify(classifier, message, _STRANGER, envelope, reply=bool(message.in_reply_to))
        return matter_view(file, found, ruleset)

    def _organisation_for(self, message: Message) -> str:
        """The organisation that the mail was written to by its headers, else the first one."""
        named = [one.address for one in (*message.to, *message.cc)]
        return next((route.organisation for route in self.inboxes.routes(named)), next(iter(self.benches)))


def matter_view(file: str, found: Classified, ruleset: Ruleset) -> dict[str, Any]:
    """The stable shape; `roles` are who would get it, the first one as its owner."""
    return {
        "file": file,
        "case_type": found.case_type,
        "case_types": [
            {"id": one.id, "score": one.score, "because": one.because, "rule": _rule(one.id, ruleset)}
            for one in _best_first(found)
        ],
        "emergency": found.emergency,
        "urgency": found.urgency,
        "roles": _roles(found, ruleset),
    }


def _best_first(found: Classified) -> tuple[CaseTypeScore, ...]:
    """What a rule decided stands before all evidence."""
    if found.case_type is None or not found.steps[0].rule:
        return found.scores
    own = next((one for one in found.scores if one.id == found.case_type), None)
    rest = tuple(one for one in found.scores if one is not own)
    because = found.steps[0].because
    return (CaseTypeScore(found.case_type, own.score if own else 0.0, because), *rest)


def _rule(case_type: str, ruleset: Ruleset) -> str | None:
    """Where the case type stands: in the rules, or in the pack that brings it."""
    known = ruleset.case_type(case_type)
    return rule_of(known.source) if known is not None else None


def _roles(found: Classified, ruleset: Ruleset) -> list[str]:
    case_type = ruleset.case_type(found.case_type or found.likely)
    if case_type is None:
        return [ruleset.organisation.triage_role]
    owner = [case_type.target.role] if isinstance(case_type.target, ToRole) else []
    informed = case_type.inform if found.case_type is not None or found.emergency else ()
    return list(dict.fromkeys((*owner, *informed)))


def read_message(content: bytes) -> Message:
    """A mail, or a text without mail headers, whose first line may be `Betreff: …` or `Subject: …`."""
    if is_mail(content):
        return parse(content)
    subject, text = _subject_and_text(decode_raw(content.removeprefix(_BOM)))
    head = f"Subject: {subject}\n" if subject else ""
    mail = f"{head}MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\n\n{text}"
    return parse(mail.encode("utf-8", "replace"))


def is_mail(content: bytes) -> bool:
    """Whether it begins with the header of a mail: nothing but header lines, one of them a telling one."""
    telling = False
    for line in content[:_HEAD_BYTES].removeprefix(_BOM).lstrip(b"\r\n").splitlines():
        if not line.strip():
            break
        if not _HEAD_LINE.match(line):
            return False
        telling = telling or bool(_HEADER.match(line))
    return telling


def _subject_and_text(text: str) -> tuple[str, str]:
    first, _, rest = text.lstrip("\r\n").partition("\n")
    found = _SUBJECT_LINE.match(first)
    if found is None:
        return "", text
    return " ".join(found[1].split()), rest
