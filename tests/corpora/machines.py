"""Mail of machines: bounces, receipts, auto-replies; and that people are not taken for them."""

from __future__ import annotations

from pathlib import Path

from mailroute.message.parse import parse
from mailroute.model.message import Automatic, Message
from tests.corpora.contents import expected_of
from tests.corpora.places import HELD, Figure, files_below, short

# Reasons of sisimai that are no failed delivery.
_REPORTS = ("feedback",)
_ANSWERS = ("vacation",)


def figures() -> list[Figure]:
    """Recall of bounces and auto-replies, their recipients, and people kept."""
    return [*_bounces(), _recipients(), _people()]


def _bounces() -> list[Figure]:
    seen, kind = Figure("automatic seen"), Figure("kind of automatic")
    for _, name, addresses, *_ in expected_of(HELD / "flufl-bounce" / "expected.json"):
        path = HELD / "flufl-bounce" / "data" / name
        if addresses and path.exists():
            message = parse(path.read_bytes())
            _count(seen, kind, path, message, {Automatic.BOUNCE})
    expected = expected_of(HELD / "sisimai" / "expected.json")
    for path in files_below("sisimai/maildir", lambda one: one.parent.name in ("bsd", "dos", "mac")):
        message = parse(path.read_bytes())
        reasons = {one[2] for one in expected.get(path.stem, [])}
        wanted = {Automatic.BOUNCE}
        if path.stem.startswith("arf") or reasons & set(_REPORTS):
            wanted = {Automatic.REPORT}
        elif path.stem.startswith("rfc3834") or reasons & set(_ANSWERS):
            wanted = {Automatic.AUTO_REPLIED}
        _count(seen, kind, path, message, wanted)
    return [seen, kind]


def _count(seen: Figure, kind: Figure, path: Path, message: Message, wanted: set[Automatic]) -> None:
    seen.count(short(path), message.automatic is not Automatic.PERSON, repr(message.subject))
    kind.count(short(path), message.automatic in wanted, f"{message.automatic.value} {message.subject!r}")


def _recipients() -> Figure:
    """The addresses that flufl.bounce finds, and as many as sisimai finds."""
    figure = Figure("bounced recipient")
    for _, name, addresses, *_ in expected_of(HELD / "flufl-bounce" / "expected.json"):
        path = HELD / "flufl-bounce" / "data" / name
        if not addresses or not path.exists():
            continue
        bounce = parse(path.read_bytes()).bounce
        have = {one.address for one in bounce.recipients} if bounce else set()
        figure.count(short(path), {one.lower() for one in addresses} <= have, f"{addresses} not in {have}")
    for name, recipients in expected_of(HELD / "sisimai" / "expected.json").items():
        path = HELD / "sisimai" / "maildir" / "bsd" / f"{name}.eml"
        if not path.exists() or any(one[2] in (*_REPORTS, *_ANSWERS) for one in recipients):
            continue
        bounce = parse(path.read_bytes()).bounce
        count = len(bounce.recipients) if bounce else 0
        figure.count(
            short(path), count >= len({*map(tuple, recipients)}) > 0, f"{count} of {len(recipients)}"
        )
    return figure


# Corpora of people, list mail among them. What stands in their headers is the truth about them.
_OF_PEOPLE = ("notmuch", "comm-central", "kde-messagelib", "kde-mimetreeparser", "zammad", "stalwart", "cpython",
              "ruby-mail", "php-mime", "mime4j", "gmime", "rspamd", "otobo", "django-helpdesk", "nodemailer")  # fmt: skip
_MARKS = (
    b"\nauto-submitted: auto", b"\nprecedence:", b"\nlist-", b"report-type", b"\nreturn-path: <>", b"mailer-daemon",
    b"noreply", b"no-reply", b"\nx-autore", b"postmaster", b"\nmailing-list", b"\nx-mailing-list", b"donotreply",
    b"-bounces@", b"-request@", b"notification", b"x-failed-recipients", b"\nx-loop", b"do_not_reply", b"root@",
    b"bounce@", b"disposition-notification", b"feedback-report", b"delivery-status",
)  # fmt: skip


def _people() -> Figure:
    """Mails whose header shows no sign of a machine are a person's."""
    figure = Figure("human kept")
    for folder in _OF_PEOPLE:
        for path in files_below(folder):
            content = path.read_bytes()[:200_000]
            head = content.replace(b"\r\n", b"\n").partition(b"\n\n")[0].lower()
            if (
                b"\nfrom:" not in b"\n" + head
                or b"delivery-status" in content
                or any(mark in b"\n" + head for mark in _MARKS)
            ):
                continue
            message = parse(content)
            figure.count(
                short(path),
                message.automatic is Automatic.PERSON,
                f"{message.automatic} {message.signals} {message.subject!r}",
            )
    return figure
