"""Delivery reports: who was not reached, and which letter it speaks of. Never raises.

The machine-readable form first (RFC 3464), then the free text of servers that know no standard. What is read
here proves nothing: a bounce changes something only with a token of ours (`routing`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from mailroute.message.addresses import clean_address, read_addresses, read_ids
from mailroute.message.headers import Head, split_head
from mailroute.message.parts import Part, leaves
from mailroute.message.wording import is_reply_subject
from mailroute.model.message import Bounce, BouncedRecipient

_RECIPIENTS = 100
_TEXT_CHARS = 20_000
_HEAD_CHARS = 3_000
_LINE_CHARS = 1_000
_DAEMON = re.compile(
    r"(?:mailer-daemon|mail-daemon|postmaster|mdaemon|mailerdaemon|mail-system|mailsystem|"
    r"mail\.delivery\.system|amavis|antispam|system administrator)\b",
    re.I,
)
_SUBJECT = re.compile(
    r"\s*\[?(?:undeliver(?:ed|able)|unzustellbar|undelivered mail|non[- ]?deliver(?:y|able)|non remis|échec de la|"
    r"delivery (?:status notification|failure|failed|report|notification|has been delayed)|failure (?:notice|delivery)|"
    r"mail(?:ing)? delivery (?:failed|failure|problem|error|system|status|delayed)|"
    r"mail (?:system error|could not be|not delivered|status report|failure|returned)|failed (?:mail|delivery)|failed: |"
    r"returned (?:mail|to sender|e-?mail)|message (?:could not be|not) delivered|(?:message|e?mail) delivery failure|"
    r"your message to \S+ (?:could|was)|warning: (?:message|could not|e-?mail|\S+@\S+ - user unknown)|"
    r"message delayed|delayed mail|error in (?:your )?mail|user unknown|unknown (?:user|address|recipient)|"
    r"rejected mail|permanent delivery failure|automatically rejected mail|bounced mail|nondeliverable mail|"
    r"メールエラー通知|配信エラー|送信エラー|[ée]chec de (?:la )?(?:remise|distribution)|mancato recapito|"
    r"non recapitabile|niedostarczone|no se puede entregar|onbestelbaar|nedoručiteln|doručen[ií] se nezda|não entregue|teslim edilemedi|"
    r"не удается доставить|недоставлен|kézbesíthetetlen|det går inte att leverera|kan ikke leveres|"
    r"benachrichtigung (?:zum|[üu]ber den) zustell(?:ungs)?status|"
    r"(?:ihre )?(?:nachricht|e-?mail|mail)(?: konnte| wurde)? (?:nicht (?:zu(?:ge)?stell|[üu]bermittel|ausgeliefert)|unzustellbar)|"
    r"unzustellbare (?:nachricht|e?-?mail)|nicht zu(?:ge)?stell(?:t|bar)|(?:e-?mail-?)?zustell(?:ung)?s?[ -]?(?:fehl|nicht|versp|verz)\w*|"
    r"message blocked|address not found|delivery incomplete|adresse nicht gefunden|nachricht blockiert|rejected: |"
    r"fehler bei der (?:zustellung|[üu]bermittlung)|empf[äa]nger unbekannt|(?:e-?mail-?)?zustellungsbenachrichtigung|"
    r"benachrichtigung [üu]ber (?:unzustellbarkeit|den zustellungs)|unbekannter? (?:empf[äa]nger|benutzer|adresse))",
    re.I,
)
# Words that only servers write, and words that a tenant may write about a parcel.
_ONLY_SERVERS = (
    r"(?:not be|n't be|not been|was not|cannot be) delivered to(?: the| one or more| your)?(?: following| recipient| user| intended|:? {0,3}<)|"
    r"not deliver (?:message )?to (?:the )?following|delivery to the following|recipients? (?:failed|rejected)|"
    r"no such (?:user|person|mailbox|recipient)|user unknown|unknown user|mailbox (?:is )?(?:unavailable|not found)|"
    r"permanent(?:ly)? (?:error|failed|failure|fatal)|reached the following recipient|"
    r"an (?:folgende|die folgenden?|einen oder mehrere) (?:empf[äa]nger|adresse)|"
    r"(?:die )?folgenden? (?:empf[äa]nger|adresse)[^\n]{0,40} (?:nicht|konnte)"
)
_BY_SERVERS = re.compile(_ONLY_SERVERS, re.I)
_FAILED = re.compile(
    _ONLY_SERVERS + r"|could not be delivered|couldn't be delivered|(?:unable|failed|not able) to deliver|"
    r"was not delivered|not been delivered|cannot be delivered|undeliverable|delivery (?:to|of)[^\n]{0,80}failed|"
    r"delivery (?:failed|failure|error)|unknown recipient|mailbox (?:is )?full|(?:failed|undelivered) recipients?:|"
    r"(?:mail|message)[^\n]{0,20} (?:has been|was) returned|returned mail|could not (?:be )?deliver|"
    r"address(?:es)? (?:had|failed)|nicht (?:an \S{3,300} )?(?:zugestellt|zustellbar|ausgeliefert)|unzustellbar|"
    r"unbekannte[rn]? (?:empf[äa]nger|benutzer)|empf[äa]nger (?:ist |unbekannt|existiert)|postfach (?:ist )?voll|"
    r"existiert nicht",
    re.I,
)
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_REPLY_CODE = re.compile(r"(?<![\d.])([45])\d\d(?=[ \-])")
_ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[A-Za-z0-9][A-Za-z0-9.-]{0,250}[A-Za-z0-9]")
_LINE_START = re.compile(
    r"[\s>|*•<\"'\-]*|\s*(?:failed|undelivered|intended|invalid|final)?[ -]?recipients?:[\s<]*|"
    r"(?:\s*<[^<>\s]{3,320}>)?\s*\((?:expanded|(?:ultimately )?generated) from:?[\s<]*",
    re.I,
)
_QMAIL_LINE = re.compile(r"^<[^<>\s@]{1,64}@[^<>\s]{1,255}>:\s*$", re.M)
# Where the report ends and the returned mail begins.
_RETURNED = re.compile(
    r"^(?:[^\w\n]{0,80}(?:this is a copy of|below this line is|here is (?:a copy|the)|original message|"
    r"message header|unsent message|(?:the )?header of|returned message|start of returned|message text follows|"
    r"urspr[üu]ngliche nachricht|kopie (?:der|ihrer) nachricht|included is a copy|"
    r"copy of your message|original text|message headers? follow)|received: )",
    re.I | re.M,
)
_DELAYED = re.compile(
    r"delivery (?:incomplete|has been delayed|delayed)|message delayed|delayed mail|temporary (?:problem|failure|error)|"
    r"will (?:retry|keep trying|continue to try|be retried)|not yet been delivered|no action is required|verz[öo]ger|"
    r"noch nicht zugestellt|weiterhin versuch",
    re.I,
)
_FINAL = re.compile(
    r"permanent|giving up|given up|gave up|fatal error|\b5\.\d{1,3}\.\d{1,3}\b|(?<![\d.])5[0-9][0-9] ", re.I
)
_RETURNED_TYPES = (
    "message/rfc822",
    "text/rfc822-headers",
    "message/global",
    "message/global-headers",
)
_RETURNED_TO = re.compile(r"^[ \t>]{0,4}to:([^\n]{3,500})", re.I | re.M)
_LOOSE_RECIPIENT = re.compile(
    r"^[ \t>]{0,8}final-recipient:\s{0,4}rfc822;[ \t]{0,8}([^\s]{3,320})", re.I | re.M
)
_LOOSE_ACTION = re.compile(r"^[ \t>]{0,8}action:[ \t]{0,4}(\w{5,12})", re.I | re.M)
_JSON_BOUNCE = re.compile(r"notificationType\W{1,8}Bounce")
_JSON_RECIPIENT = re.compile(r"emailAddress\W{2,8}([^\"\\\s]{1,64}@[^\"\\\s]{1,255})")
_BARE_NAMES = re.compile(
    r"following recipients? [^\n]{0,100}\n?[^\n]{0,100}:[ \t]*\n((?:[ \t]+[\w.-]{2,40}[ \t]*\n?){1,50})"
)
_MESSAGE_ID = re.compile(r"^[\s>|]{0,8}message-id:\s*(<[^<>\n]{3,990}>)", re.I | re.M)


def find_bounce(head: Head, root: Part, subject: str, sender: str, text: str) -> Bounce | None:
    """The delivery report in a mail or None. A report of success is no bounce, but is returned with its actions."""
    reports = [
        leaf
        for leaf in leaves(root)
        if leaf.type in ("message/delivery-status", "message/global-delivery-status")
    ]
    is_report = (
        root.type == "multipart/report"
        and root.parameters.get("report-type", "").lower() == "delivery-status"
    )
    if not reports and not is_report and not _looks_like_bounce(head, subject, sender, text):
        return None
    found = _unique(one for leaf in reports for one in _from_status(leaf.content()))
    if not found:
        found = _recipients_in_text(head, root, sender, text)
        if _is_delay(f"{subject}\n{text[:_HEAD_CHARS]}"):
            found = tuple(replace(one, action="delayed") if one.action == "failed" else one for one in found)
    return Bounce(found, _original_message_id(root, text))


def _is_delay(text: str) -> bool:
    """Whether a server only warns that it goes on trying."""
    return bool(_DELAYED.search(text)) and not _FINAL.search(text)


def _recipients_in_text(head: Head, root: Part, sender: str, text: str) -> tuple[BouncedRecipient, ...]:
    """Who was not reached, from the surest place that names anybody.

    The addresses of the report itself come late: only where nobody else is named is the failed one our own.
    """
    senders = _own_addresses(head, ("from", "reply-to", "sender"))
    own = senders | _own_addresses(head, ("to",))
    return (
        _unique(_from_loose_status(text))
        or _unique(_from_json(text))
        or _unique(_bare_names(sender, text))
        or _unique(_from_failed_field(head, text))
        or _unique(_from_text(text, own))
        or _unique(one for one in _from_text(text, senders) if one.status)
        or _unique(_from_returned(root, text))
    )


def is_failure(bounce: Bounce | None) -> bool:
    """Whether somebody was not reached: reports of success (RFC 3464 §2.3.3) are no bounces."""
    if bounce is None:
        return False
    return not bounce.recipients or any(
        one.action not in ("delivered", "relayed", "expanded") for one in bounce.recipients
    )


def _looks_like_bounce(head: Head, subject: str, sender: str, text: str) -> bool:
    """Two of three: subject, sender and words of a mail server. A person may use one of them."""
    if "x-failed-recipients" in head.index:
        return True
    if _JSON_BOUNCE.search(text[:_HEAD_CHARS]) and sender.endswith("@sns.amazonaws.com"):
        return True
    if is_reply_subject(subject):
        return False
    text = text[:_HEAD_CHARS]
    null_path = (head.first("return-path") or b"").replace(b" ", b"") == b"<>"
    daemon = bool(_DAEMON.match(sender)) or (null_path and not sender)
    if _SUBJECT.match(subject):
        if daemon or null_path or "auto-submitted" in head.index:
            return True
        # A letter may come back too, but nobody writes an address or a code of SMTP about it.
        return bool(_BY_SERVERS.search(text)) and bool(
            _ADDRESS.search(text) or _STATUS.search(text) or _REPLY_CODE.search(text)
        )
    if daemon:
        return bool(_FAILED.search(text) or _QMAIL_LINE.search(text))
    return (
        null_path
        and bool(_BY_SERVERS.search(text))
        and not (head.first("auto-submitted") or b"").startswith(b"auto-r")
    )


def _from_status(content: bytes) -> Iterator[BouncedRecipient]:
    """The per-recipient blocks of message/delivery-status (RFC 3464 §2.3)."""
    for block in re.split(rb"\r?\n(?:[ \t]*\r?\n)+", content)[: _RECIPIENTS + 1]:
        fields = split_head(block + b"\n\n")
        clean = _typed_address(fields.first("original-recipient")) or _typed_address(
            fields.first("final-recipient")
        )
        if not clean:
            continue
        action = (
            (fields.first("action") or b"failed").decode("ascii", "replace").partition("(")[0].strip().lower()
        )
        status = _STATUS.search((fields.first("status") or b"").decode("ascii", "replace"))
        yield BouncedRecipient(clean, action[:20], status[1] if status else "")


def _typed_address(value: bytes | None) -> str:
    """The address in `rfc822; petra@example.org`. The original recipient is the one we wrote to (RFC 3464 §2.3.1)."""
    kind, semicolon, address = (value or b"").decode("utf-8", "replace").partition(";")
    return clean_address(address if semicolon else kind)


def _from_text(text: str, own: frozenset[str]) -> Iterator[BouncedRecipient]:
    """Addresses in the free text of a report, above the returned mail. The report's own addresses do not count.

    Those that begin their line (`<petra@example.org>: user unknown`) are the failed ones; where there are none,
    any may be.
    """
    text = text[:_TEXT_CHARS]
    returned = _RETURNED.search(text)
    text = text[: returned.start()] if returned and returned.start() > 40 else text
    lines = text.split("\n")
    named = [
        (address, number, bool(_LINE_START.fullmatch(line[: found.start()])))
        for number, line in enumerate(lines)
        if "message-id" not in line.lower()
        for found in _ADDRESS.finditer(line[:_LINE_CHARS])
        if (address := clean_address(found[0])) and address not in own and not _DAEMON.match(address)
    ]
    any_first = any(first for _, _, first in named)
    for address, number, first in named:
        if first or not any_first:
            yield BouncedRecipient(address, "failed", _status_near(lines, number))


def _status_near(lines: list[str], number: int) -> str:
    """The status code in a line or the five below it: 5.1.1, or 5.0.0 for a bare 550."""
    near = "\n".join(lines[number : number + 6])
    status = _STATUS.search(near)
    if status:
        return status[1]
    code = _REPLY_CODE.search(near)
    return f"{code[1]}.0.0" if code else ""


def _from_loose_status(text: str) -> Iterator[BouncedRecipient]:
    """The fields of RFC 3464 where they stand in the text: gateways and broken boundaries put them there."""
    text = text[: 4 * _TEXT_CHARS]
    for found in _LOOSE_RECIPIENT.finditer(text):
        block = text[found.end() : found.end() + _LINE_CHARS].partition("\n\n")[0]
        action = _LOOSE_ACTION.search(block)
        status = _STATUS.search(block)
        address = clean_address(found[1])
        if address:
            yield BouncedRecipient(
                address, action[1].lower() if action else "failed", status[1] if status else ""
            )


def _from_json(text: str) -> Iterator[BouncedRecipient]:
    """Amazon SNS reports as JSON within JSON; only what stands before the returned headers."""
    if _JSON_BOUNCE.search(text[:_HEAD_CHARS]):
        for found in _JSON_RECIPIENT.finditer(text[:_TEXT_CHARS]):
            yield BouncedRecipient(clean_address(found[1]), "failed", _status_near([found.string], 0))


def _bare_names(sender: str, text: str) -> Iterator[BouncedRecipient]:
    """AOL names its own users without their domain."""
    if sender.endswith("@aol.com"):
        named = _BARE_NAMES.search(text[:_TEXT_CHARS])
        for name in named[1].split() if named else ():
            yield BouncedRecipient(f"{name.lower()}@aol.com", "failed", "")


def _from_failed_field(head: Head, text: str) -> Iterator[BouncedRecipient]:
    """X-Failed-Recipients of Exim and Gmail, with the status that the text gives for each."""
    lines = text[:_TEXT_CHARS].lower().split("\n")
    for one in read_addresses(head.values("x-failed-recipients"))[:_RECIPIENTS]:
        number = next((at for at, line in enumerate(lines) if one.address and one.address in line), None)
        yield BouncedRecipient(
            one.address, "failed", _status_near(lines, number) if number is not None else ""
        )


def _from_returned(root: Part, text: str) -> Iterator[BouncedRecipient]:
    """To of the returned letter, where the report itself names nobody."""
    for leaf in leaves(root):
        if leaf.type in _RETURNED_TYPES:
            for one in read_addresses(split_head(leaf.content()).values("to")):
                yield BouncedRecipient(one.address, "failed", "")
            return
    returned = _RETURNED.search(text[:_TEXT_CHARS])
    to = _RETURNED_TO.search(text, returned.start()) if returned else None
    for one in read_addresses([to[1].encode("utf-8", "replace")]) if to else ():
        yield BouncedRecipient(one.address, "failed", _status_near(text[:_LINE_CHARS].split("\n"), 0))


def _own_addresses(head: Head, names: tuple[str, ...]) -> frozenset[str]:
    """Addresses of the report itself: its sender, or the recipient we are."""
    own: set[str] = set()
    for name in names:
        for value in head.values(name):
            own.update(
                clean_address(one) for one in _ADDRESS.findall(value.decode("utf-8", "replace")[:2000])
            )
    return frozenset(own)


def _unique(recipients: Iterable[BouncedRecipient]) -> tuple[BouncedRecipient, ...]:
    """Each address once, the first time it is named."""
    seen: dict[str, BouncedRecipient] = {}
    for one in recipients:
        seen.setdefault(one.address, one)
        seen.pop("", None)
        if len(seen) >= _RECIPIENTS:
            break
    return tuple(seen.values())


def _original_message_id(root: Part, text: str) -> str | None:
    """The Message-ID of the returned letter: from the attached mail or headers, else from the text."""
    for leaf in leaves(root):
        if leaf.type in _RETURNED_TYPES:
            found = read_ids(split_head(leaf.content()).values("message-id"))
            if found:
                return found[0]
    quoted = _MESSAGE_ID.search(text[: 4 * _TEXT_CHARS])
    if quoted:
        return next(iter(read_ids([quoted[1].encode("utf-8", "replace")])), None)
    return None
