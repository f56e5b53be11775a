"""Mails of our own to our own inboxes, out through the relay and back in through the real doors.

What comes back shows what no look at a configuration can: that the relay lets us write, that plus-addresses are delivered,
and what the receiver found out about our letters (SPF, DKIM, DMARC). The daemon takes such a mail for a loop and stores it:
nobody is told and no ticket is opened. A bounce of one is ignored as that of a letter nobody knows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime, formataddr

from mailroute.admin.inside import SOCKET, daemon_listens
from mailroute.daemon.findings import Finding, State
from mailroute.daemon.supervise import relay_spec
from mailroute.delivery.smtp import Relay
from mailroute.flow.site import load_directories, read_keyring
from mailroute.message.parse import parse
from mailroute.model.address import domain_of
from mailroute.model.letter import SendOutcome
from mailroute.model.ruleset import Inbox, ReplyMode
from mailroute.model.tokens import Keyring
from mailroute.notify.reply_address import bounce_address, reply_address
from mailroute.settings import Settings
from mailroute.store.engine import Store, open_store
from mailroute.store.probes import Arrived, last_mail, small_mails_after

_SEND_S = 30.0
_LOOK_S = 0.5
_TEXT = """\
Diese Mail prüft, ob das Postfach zu erreichen ist (mailroute probe). Niemand muss etwas tun.
This mail tests whether the inbox can be reached (mailroute probe). Nobody needs to do anything.
"""


@dataclass(frozen=True, slots=True)
class Watch:
    """Time as a probe needs it: seconds that pass, and a way to let some pass."""

    seconds: Callable[[], float]
    pause: Callable[[float], None]


@dataclass(frozen=True, slots=True)
class _Probe:
    """One mail: to an inbox itself, or (`replies`) to an address of the kind that replies come to."""

    inbox: Inbox
    replies: bool
    to: str
    mail_from: str
    message_id: str

    def content(self, now: datetime) -> bytes:
        mail = EmailMessage(policy=policy.SMTP)
        mail["From"] = formataddr((self.inbox.name, self.inbox.address))
        mail["To"] = self.to
        mail["Subject"] = "mailroute probe"
        mail["Date"] = format_datetime(now)
        mail["Message-ID"] = self.message_id
        mail["Auto-Submitted"] = "auto-generated"
        mail.set_content(_TEXT)
        return mail.as_bytes()


def probe(
    settings: Settings, now: datetime, mark: str, token: str, *, wait_s: float, watch: Watch
) -> Iterator[Finding]:
    """Send the mails and wait for them. `mark` names this run in Message-IDs, `token` stands in reply addresses.

    Raises TryLater if there are no books, SettingsInvalid, RulesetInvalid.
    """
    probes = _probes(settings, read_keyring(settings.key_file), mark, token)
    with open_store(settings.database_url, exclusive=False) as store:
        with store.read() as conn:
            before = last_mail(conn)
        sent: list[_Probe] = []
        for one in probes:
            finding = _send(settings, one, now)
            yield finding
            if finding.state is State.OK:
                sent.append(one)
        began, arrived = watch.seconds(), dict[str, Arrived]()
        for one, came in _awaited(store, before, sent, wait_s, watch):
            arrived[one.message_id] = came
            yield _came(one, came, watch.seconds() - began)
    for one in sent:
        if one.message_id not in arrived:
            yield _lost(one, settings, wait_s, [p for p in sent if p.message_id in arrived])
        elif not one.replies:
            yield from _seen_by_receiver(one.inbox, arrived[one.message_id].content, settings)


def _probes(settings: Settings, keyring: Keyring, mark: str, token: str) -> Sequence[_Probe]:
    probes = []
    inboxes = [i for one in load_directories(settings.rules) for i in one.ruleset.organisation.inboxes]
    for number, inbox in enumerate(inboxes):
        for replies in (False, True) if inbox.reply is not ReplyMode.BODY else (False,):
            name = f"probe-{mark}-{number}{'r' if replies else ''}"
            to = reply_address(inbox, None, token) if replies else inbox.address
            mail_from = bounce_address(inbox, name, keyring)
            probes.append(_Probe(inbox, replies, to, mail_from, f"<{name}@{domain_of(inbox.address)}>"))
    return probes


def _send(settings: Settings, one: _Probe, now: datetime) -> Finding:
    """Hand it to the relay as a letter is."""
    spec = replace(relay_spec(settings), connect_s=_SEND_S, command_s=_SEND_S, final_reply_s=_SEND_S)
    relay = Relay(spec)
    result = relay.send(one.mail_from, one.to, one.content(now))
    relay.close()
    where = f"{spec.host}:{spec.port}"
    match result.outcome:
        case SendOutcome.SENT:
            return Finding("relay", State.OK, f"{where} took a mail from {one.mail_from} to {one.to}")
        case SendOutcome.LATER | SendOutcome.IN_DOUBT:
            remedy = "Try again later; if it stays so, look at [relay] with `mailroute doctor`."
            return Finding("relay", State.LATER, f"{where} does not take mail now: {result.reply}", remedy)
        case SendOutcome.OURS:
            remedy = f"Let the relay accept this machine, or this account, as a sender for {one.mail_from}."
        case SendOutcome.NEVER:
            remedy = (
                f"Let the relay send to {one.to}; a server that knows the domain must know the address, too."
            )
    return Finding(
        "relay",
        State.FAIL,
        f"{where} refused a mail from {one.mail_from} to {one.to}: {result.reply}",
        remedy,
    )


def _awaited(
    store: Store, before: int, sent: Sequence[_Probe], wait_s: float, watch: Watch
) -> Iterator[tuple[_Probe, Arrived]]:
    """Each of the probes with the mail that came in, as soon as it does, until the time is over."""
    missing, end = list(sent), watch.seconds() + wait_s
    while missing:
        with store.read() as conn:
            mails = small_mails_after(conn, before)
        for came in mails:
            before = max(before, came.mail_id)
            for one in [one for one in missing if one.message_id.encode() in came.content]:
                missing.remove(one)
                yield one, came
        if not missing or watch.seconds() >= end:
            return
        watch.pause(_LOOK_S)


# --- what came of it -----------------------------------------------------------------------------------------


def _came(one: _Probe, came: Arrived, seconds: float) -> Finding:
    what = "replies" if one.replies else "inbox"
    return Finding(what, State.OK, f"a mail to {one.to} came in after {seconds:.0f} s ({came.door})")


def _lost(one: _Probe, settings: Settings, wait_s: float, arrived: Sequence[_Probe]) -> Finding:
    found = f"a mail to {one.to} did not come in within {wait_s:.0f} s"
    if one.replies and any(other.inbox == one.inbox for other in arrived):
        remedy = f"The server in front does not deliver such addresses: let it, or write `reply: body` for {one.inbox.address}."
        return Finding("replies", State.FAIL, found, remedy)
    remedy = "Look where it lies: the relay's queue and log, the spam folder, the MX of the domain."
    if not daemon_listens(settings.state / SOCKET):
        remedy = "No daemon runs here to take it in: start `mailroute serve`. Else look at the relay's queue."
    return Finding("replies" if one.replies else "inbox", State.FAIL, found, remedy)


_METHODS = {
    "spf": 'Publish the relay in the SPF record of {domain}: `{domain} TXT "v=spf1 … -all"`.',
    "dkim": "Let the relay sign for {domain}, and publish its key as `…._domainkey.{domain}`.",
    "dmarc": 'Publish `_dmarc.{domain} TXT "v=DMARC1; p=none; rua=mailto:…"`, and let SPF or DKIM pass for {domain}.',
}


def _seen_by_receiver(inbox: Inbox, content: bytes, settings: Settings) -> Iterator[Finding]:
    """What Authentication-Results of the mail that came back says about our letters (RFC 8601)."""
    domain = domain_of(inbox.address)
    results = parse(content, borders=settings.trust.borders).auth.results
    if not results:
        yield _nobody_looked(content, settings)
        return
    for method, remedy in _METHODS.items():
        said = [one for one in results if one.startswith(f"{method}=")]
        verdicts = {one.split(" ")[0].partition("=")[2] for one in said}
        if "pass" in verdicts:
            yield Finding(method, State.OK, f"the receiver found: {next(s for s in said if '=pass' in s)}")
        else:
            bad = verdicts & {"fail", "softfail", "permerror", "policy"}
            found = (
                f"the receiver found: {said[0]}" if said else f"the receiver says nothing of {method.upper()}"
            )
            state = State.FAIL if bad else State.WARN
            yield Finding(method, state, found, remedy.format(domain=domain))


def _nobody_looked(content: bytes, settings: Settings) -> Finding:
    fields = message_from_bytes(content, policy=policy.default).get_all("Authentication-Results", [])
    names = sorted({str(one).split(";")[0].strip() for one in fields} - {""})
    if names:
        known = ", ".join(settings.trust.borders) or "none"
        found = f"the results are signed `{', '.join(names)}`, and `borders` names {known}"
        remedy = f'If that is your own filter, write borders = ["{names[0]}"]; it must remove foreign fields of that name.'
        return Finding("borders", State.WARN, found, remedy)
    remedy = "Let the filter in front (OpenDKIM, OpenDMARC, Rspamd) check mail of your own domain too; or send a letter to a mailbox elsewhere and look at it there."
    return Finding(
        "borders", State.WARN, "nobody checked SPF, DKIM and DMARC of the mail that came back", remedy
    )
