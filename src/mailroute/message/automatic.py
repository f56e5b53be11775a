"""Who wrote a mail: a person, or which kind of machine (reliability §3). Never raises.

Headers first, then structure, then subjects: a subject alone is weak, so only whole phrases of known programs
count, and never behind `Re:`. What follows from it (never answer, never obey) is decided in `routing`.
"""

from __future__ import annotations

import re

from mailroute.message.autotext import admits, is_complaint, offers_to_unsubscribe, says_received
from mailroute.message.charset import decode_header
from mailroute.message.headers import Head
from mailroute.message.parts import Part
from mailroute.message.wording import is_forward_subject
from mailroute.model.message import Automatic

_AUTOREPLY_FIELDS = (
    "x-autoreply", "x-autorespond", "x-autoresponder", "x-auto-reply-from", "x-mail-autoreply", "x-autoreply-from",
    "x-automatic-reply",
)  # fmt: skip
_MACHINE_FIELDS = ("x-fc-machinegenerated", "x-cron-env", "x-auto-generated")
_LIST_FIELDS = (
    "list-id",
    "list-post",
    "mailing-list",
    "x-mailing-list",
    "list-unsubscribe",
    "list-help",
    "list-owner",
)
_TICKET_SYSTEMS = (
    "x-zammad-", "x-otrs-", "x-rt-", "rt-", "x-freescout-", "x-jira-", "x-github-", "x-zendesk-", "x-osticket-",
    "x-znuny-", "x-freshdesk-", "x-helpscout-", "x-intercom-",
)  # fmt: skip
# Fields and programs of services that send newsletters.
_BULK_FIELDS = (
    "x-csa-complaints",
    "feedback-id",
    "x-mc-user",
    "x-campaignid",
    "x-campaign-id",
    "x-rapidmail-id",
)
_BULK_MAILER = re.compile(
    rb"mailchimp|cleverreach|rapidmail|sendinblue|brevo|inxmail|optivo|episerver|newsletter2go|activecampaign|mailpoet|"
    rb"hubspot|mailjet|klaviyo|phplist",
    re.I,
)
_ROLE = re.compile(
    r"(?:(?P<bounce>mailer-daemon|mail-daemon|postmaster|mdaemon)|(?P<bot>no[-_.]?reply|do[-_.]?not[-_.]?reply|"
    r"bounces?|notifications?|root|cron|www-data|keine[-_.]?antwort|nicht[-_.]?antworten|autoreply|automailer)"
    r"|(?P<list>[^@]+-(?:bounces|request)|owner-[^@]+))(?:[+=-][^@]*)?(?:@|\Z)",
    re.I,
)
# Tenants write "Auto: Stellplatz 12 zugeparkt" and "Ich bin im Urlaub und die Heizung tropft": only whole names of
# such letters are here.
_REPLIED_SUBJECT = re.compile(
    r"\s*\[?(?:auto(?:matic|mated)?[ -]?(?:reply|response|answer)\b|"
    r"auto(?:matische (?:e-?mail[ -]?)?)?[ -]?antwort(?=\]|\s*(?:[:!–-]|auf\b|zu\b|re\b|aw\b|\Z))|"
    r"antwort bei abwesenheit\s*(?:[:!]|\Z)|abwesend\s?:|automatisch (?:generierte|erzeugte|erstellte) (?:antwort|nachricht|e-?mail)\b|"
    r"vacation\s?:|i(?:'m| am) (?:currently )?out of (?:the )?office\b|fuori sede\s?:|assenza dall.ufficio|ofis dışında|"
    r"poza biurem\b|autoodpowied|(?:odpowied[źz] automatyczna|automatick[áa] odpov[eě][dď]|resposta autom[áa]tica|автоматический ответ|"
    r"автоматична відповідь|automatikus v[áa]lasz|automatiskt? svar|automaattinen vastaus|r[ăa]spuns automat|αυτόματη απάντηση|"
    r"automatski odgovor)\s*:|"
    r"automatische (?:r[üu]ckantwort|r[üu]ckmeldung|abwesenheits\w*|(?:eingangs|empfangs)best[äa]tigung)|out[ -]of[ -](?:the )?office\b|"
    r"(?:auto: )?\S[^\n]{1,60} (?:ist au(?:ß|ss)er haus|is out of the office) \((?:r[üu]ckkehr|returning)|"
    r"(?:urlaub|abwesend|abwesenheit|vacation|holiday|away)\b[^\n:]{0,40}\b(?:re|aw)\s?:|"
    r"abwesenheits(?:notiz|nachricht|benachrichtigung|info|hinweis|assistent|agent|mail)\b|"
    r"(?:ich bin )?nicht im b[üu]ro\s*(?:[:!]|\Z)|urlaubs(?:notiz|nachricht)\b|vacation (?:reply|message)|"
    r"away from (?:my |the )?(?:mail|office|desk)|auto[ -]?respon(?:der|se|s)\b|autoreply|r[ée]ponse automatique|"
    r"absence du bureau|risposta automatica|respuesta autom[áa]tica|automatisch antwoord|automatyczna odpowied|"
    r"otomatik yan[ıi]t)",
    re.I,
)
_RECEIPT_SUBJECT = re.compile(
    r"\s*(?:gelesen|nicht gelesen|read|not read|lesebest[äa]tigung|return receipt|disposition notification|"
    r"empfangsbest[äa]tigung \((?:angezeigt|displayed)\))\s*[:-]",
    re.I,
)
_COMPLAINT_SUBJECT = re.compile(
    r"\s*(?:complaint about message from \d|e-?mail feedback report for|abuse report (?:for|from) \d)",
    re.I,
)
_MACHINE_SUBJECT = re.compile(
    r"\s*(?:\[?ticket received\]?|cron <[^>]+>|your ticket has been (?:created|received)|ihr ticket wurde|"
    r"loop alert:)",
    re.I,
)

# Acknowledgements of other ticket systems. People write such subjects too, so this is only noted.
_ACKNOWLEDGED_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{1,40}\]\s*)?(?:(?:automatische )?eingangsbest[äa]tigung\b|wir haben (?:ihre|deine) (?:anfrage|nachricht|e-?mail) erhalten|"
    r"(?:ihre|deine) (?:anfrage|nachricht|e-?mail|meldung)[^\n]{0,60} (?:ist|wurde) (?:bei uns )?(?:eingegangen|erhalten|registriert|erfasst)|"
    r"vielen dank f[üu]r (?:ihre|deine) (?:anfrage|nachricht|e-?mail|meldung|kontaktaufnahme)|(?:neues )?ticket[ #:-]{1,3}\S{1,30} (?:erstellt|er[öo]ffnet|angelegt)|"
    r"(?:we(?:'ve| have) )?received your (?:request|message|e-?mail|inquiry)|request received\b|thank you for (?:contacting|your (?:request|message|e-?mail|inquiry))|"
    r"your (?:request|case|ticket|inquiry)[^\n]{0,40} (?:has been |was )?(?:received|created|opened|registered))",
    re.I,
)


def classify(
    head: Head, root: Part, subject: str, sender: str, own_text: str, bounced: bool
) -> tuple[Automatic, tuple[str, ...]]:
    """The kind of author and the signals that speak for it, strongest first.

    `sender` is the From address in lower case, `own_text` the unquoted text, `bounced` what `bounce` found.
    """
    signals: list[str] = []
    kinds = [
        _by_complaint(sender, own_text, signals),
        _by_structure(root, bounced, signals),
        _by_headers(head, signals),
        _by_list(head, own_text, signals),
        _by_sender(head, sender, signals),
        _by_text(subject, own_text, signals),
        _by_subject(subject, own_text, signals),
    ]
    _note_only(head, subject, signals)
    kind = next((one for one in kinds if one is not None), Automatic.PERSON)
    by_text, by_subject = kinds[-2:]
    replied = by_subject is Automatic.AUTO_REPLIED or (
        by_text is Automatic.AUTO_REPLIED and kind is Automatic.AUTO_GENERATED
    )
    if kind in (Automatic.AUTO_GENERATED, Automatic.LIST) and replied:
        # Exchange calls its out-of-office "auto-generated"; old vacation programs call theirs "bulk".
        kind = Automatic.AUTO_REPLIED if "list-id" not in signals else kind
    return kind, tuple(dict.fromkeys(signals))


def _by_complaint(sender: str, own_text: str, signals: list[str]) -> Automatic | None:
    """Amazon reports in JSON that somebody called a mail of ours spam."""
    if not is_complaint(own_text, sender):
        return None
    signals.append("report-abuse")
    return Automatic.REPORT


def _by_structure(root: Part, bounced: bool, signals: list[str]) -> Automatic | None:
    """multipart/report (RFC 6522) and what `bounce` saw."""
    if root.type == "multipart/report":
        kind = root.parameters.get("report-type", "").lower()
        signals.append(f"report-{kind}" if kind.replace("-", "").isalpha() else "report")
        if not bounced:
            return Automatic.REPORT
    if bounced:
        signals.append("delivery-report")
        return Automatic.BOUNCE
    if root.type in ("message/disposition-notification", "message/feedback-report"):
        signals.append("report")
        return Automatic.REPORT
    return None


def _by_headers(head: Head, signals: list[str]) -> Automatic | None:
    """Auto-Submitted (RFC 3834 §5), Precedence and the fields of many responders."""
    kind: Automatic | None = None
    for value in head.values("auto-submitted"):
        word = value.partition(b";")[0].partition(b"(")[0].strip().strip(b'"').lower()
        if word and word != b"no":
            replied = word.startswith(b"auto-replied") or word == b"vacation"
            signals.append("auto-submitted")
            kind = kind or (Automatic.AUTO_REPLIED if replied else Automatic.AUTO_GENERATED)
    if any(name in head.index for name in _AUTOREPLY_FIELDS) or _is_autoresponder(head):
        signals.append("autoreply-header")
        kind = Automatic.AUTO_REPLIED if kind in (None, Automatic.AUTO_GENERATED) else kind
    if any(name in head.index for name in _MACHINE_FIELDS):
        signals.append("machine-header")
        kind = kind or Automatic.AUTO_GENERATED
    precedence = (head.first("precedence") or b"").strip().lower()
    if precedence in (b"auto_reply", b"auto-reply", b"autoreply"):
        signals.append("precedence-auto-reply")
        kind = kind or Automatic.AUTO_REPLIED
    return kind


def _is_autoresponder(head: Head) -> bool:
    return any(b"autoresponder" in value.lower() for value in head.values("x-post-messageclass")) or any(
        value.strip().lower() == b"autoresponder" for value in head.values("delivered-to")
    )


def _by_list(head: Head, own_text: str, signals: list[str]) -> Automatic | None:
    """Mailing lists and newsletters (RFC 2919, RFC 2369, Precedence, what senders of newsletters add)."""
    found = [name for name in _LIST_FIELDS if name in head.index]
    by_service = any(name in head.index for name in _BULK_FIELDS) or bool(
        _BULK_MAILER.search((head.first("x-mailer") or b"")[:200])
    )
    # The same services send what contact forms and portals have to say, so the last line of a newsletter is asked too.
    if by_service and offers_to_unsubscribe(own_text):
        found.append("newsletter")
    signals += found
    precedence = (head.first("precedence") or b"").strip().lower()
    if precedence in (b"bulk", b"list", b"junk"):
        signals.append("precedence-" + precedence.decode("ascii"))
        return Automatic.LIST
    return Automatic.LIST if found else None


def _by_sender(head: Head, sender: str, signals: list[str]) -> Automatic | None:
    """The null return path (RFC 5321 §4.5.5) and addresses nobody reads."""
    kind: Automatic | None = None
    if (head.first("return-path") or b"").replace(b" ", b"") == b"<>":
        signals.append("return-path-empty")
        kind = Automatic.AUTO_GENERATED
    role = _ROLE.match(sender)
    if role:
        signals.append("role-address")
        kind = kind or (Automatic.LIST if role["list"] else Automatic.AUTO_GENERATED)
    return kind


def _by_text(subject: str, own_text: str, signals: list[str]) -> Automatic | None:
    """What the text says of its own making. Below `WG:` it may be what another machine said."""
    said = None if is_forward_subject(subject) else admits(own_text)
    if said is None:
        return None
    signals.append("text-automatic")
    return said.kind


def _by_subject(subject: str, own_text: str, signals: list[str]) -> Automatic | None:
    """Whole phrases of known programs at the start of the subject."""
    if _REPLIED_SUBJECT.match(subject):
        signals.append("subject-auto-reply")
        return Automatic.AUTO_REPLIED
    if (_RECEIPT_SUBJECT.match(subject) and says_received(own_text)) or _COMPLAINT_SUBJECT.match(subject):
        signals.append("subject-receipt")
        return Automatic.REPORT
    if _MACHINE_SUBJECT.match(subject):
        signals.append("subject-machine")
        return Automatic.AUTO_GENERATED
    return None


def _note_only(head: Head, subject: str, signals: list[str]) -> None:
    """Signals that do not say who wrote, but that no automatic letter should follow."""
    for value in head.values("x-auto-response-suppress"):
        words = decode_header(value).lower()
        if any(word in words for word in ("all", "oof", "autoreply")):
            signals.append("suppress-requested")
    if any(name.startswith(_TICKET_SYSTEMS) for name in head.index):
        signals.append("ticket-system")
    if "subject-auto-reply" not in signals and _ACKNOWLEDGED_SUBJECT.match(subject):
        signals.append("subject-acknowledgement")
    if any(name.startswith("x-mailroute-") and name != "x-mailroute-instance" for name in head.index):
        signals.append("foreign-control-header")
    if "x-mailroute-instance" in head.index:
        signals.append("mailroute-instance")
    if "x-loop" in head.index:
        signals.append("x-loop")
