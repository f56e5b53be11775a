"""The mails of the benchmark: made here, the same ones every time, mixed like the inbox of a property manager.

A tenth carries a file of 100 to 300 kB; the others are small. Some senders and addresses are those of the demo
firm in `rules/`, most are strangers; nearly every sender is another one.
"""

from __future__ import annotations

import base64
import binascii
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

INBOX = "service@abc-hausverwaltung.example"
COUNT = 2_000
SEED = 20261122

_FIRST_MAIL = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
_KNOWN_SHARE, _PLACE_SHARE, _REPLY_SHARE, _FILE_SHARE = 0.12, 0.35, 0.25, 0.10
_TEXT_MEDIAN_CHARS, _TEXT_SPREAD = 1_500, 0.75

# People and places of the demo firm (rules/); everybody else is a stranger.
_TENANTS = (
    "aydin@mieter.example", "anna.bauer@mieter.example", "jonas.bauer@mieter.example", "mueller@mieter.example",
    "clarke@mieter.example", "schulz@mieter.example", "sommer@mieter.example", "nguyen@eigentuemer.example",
    "winter@eigentuemer.example", "roth@eigentuemer.example", "info@bahnhof-apotheke.example",
    "empfang@praxis-lehmann.example",
)  # fmt: skip
_PLACES = (
    "Max-Planck-Straße 12", "Max Planck Str. 12", "Max-Planck-Strasse 12, 81675 München", "maxplanckstr.12",
    "Lindenweg 5", "Lindenweg 7, Augsburg", "Bahnhofstraße 1a in Freising", "MV-2021-0307", "GEB-4711-0815",
)  # fmt: skip
_FIRST_NAMES = (
    "Anna Jonas Petra Jörg Ayşe Mehmet Günther Käthe Björn Sören Zoë Lukas Mia Emil Frieda Karl".split()
)
_LAST_NAMES = (
    "Müller Schröder Weiß Öztürk Krüger Jäger Böhm Vogel Lang Keßler Größ Hahn Winter Sommer Brandt Pfau Nowak "
    "Schäfer Köhler Kühn Groß Busch"
).split()
_HOSTS = tuple(f"post-{number}.example" for number in range(40))

_MATTERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        "Heizung kalt",
        ("die Heizung wird seit gestern Abend nicht mehr warm.", "Alle Heizkörper bleiben kalt."),
    ),
    (
        "Frage zur Rechnung",
        ("ich habe eine Frage zur Rechnung vom letzten Monat.", "Der Betrag stimmt nicht."),
    ),
    ("Nebenkostenabrechnung 2025", ("in der Nebenkostenabrechnung fehlt meine Vorauszahlung für März.",)),
    ("Schaden am Gebäude", ("an der Dachrinne ist ein Schaden, das Wasser läuft an der Fassade herunter.",)),
    ("Tropfender Wasserhahn", ("der Wasserhahn in der Küche tropft Tag und Nacht.",)),
    ("Schlüssel verloren", ("leider habe ich meinen Haustürschlüssel verloren und brauche Ersatz.",)),
    ("Kündigung", ("hiermit kündige ich den Mietvertrag für meine Wohnung fristgerecht.",)),
    ("Lärm im Treppenhaus", ("jede Nacht ist im Treppenhaus bis zwei Uhr Lärm.",)),
    ("Termin zur Übergabe", ("wann können wir die Wohnung übergeben? Mir passt es am Freitag.",)),
    ("Schimmel im Bad", ("in der Ecke über der Badewanne hat sich Schimmel gebildet.",)),
    ("Viele Grüße", ("nun ist alles in Ordnung, ich danke Ihnen sehr.",)),
    ("Broken light in the hallway", ("the light in the hallway on the second floor is broken.",)),
)
_FILLING = (
    "Wir wohnen nun seit acht Jahren in diesem Haus und waren bisher immer zufrieden.",
    "Bitte geben Sie mir kurz Bescheid, wann jemand vorbeikommen kann.",
    "Tagsüber bin ich unter meiner Nummer im Büro zu erreichen, abends ab 18 Uhr zu Hause.",
    "Meine Nachbarin hat dasselbe Problem, sie wird Ihnen gewiss auch noch schreiben.",
    "Schon im Frühjahr hatte ich deswegen angerufen, damals wurde mir Hilfe zugesagt.",
    "Für Ihre Mühe danke ich Ihnen im Voraus.",
    "Falls nötig, kann der Hausmeister den Schlüssel bei Familie Groß im Erdgeschoss abholen.",
    "Ich möchte ausdrücklich darauf hinweisen, dass ich die Frist für angemessen halte.",
    "Über die Feiertage sind wir verreist, ab dem zweiten Januar sind wir wieder da.",
    "Im Übrigen hat die Gegensprechanlage ein ähnliches Geräusch gemacht, bevor sie ausfiel.",
    "Das Foto habe ich heute Morgen gegen halb acht aufgenommen.",
    "Mein Mann meint, dass es mit dem Umbau im dritten Stock zu tun haben könnte.",
)
_CLOSINGS = ("Mit freundlichen Grüßen", "Viele Grüße", "Freundliche Grüße", "MfG")


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail and its return path; `content` has CRLF line ends."""

    mail_from: str
    content: bytes


def make(count: int = COUNT, seed: int = SEED) -> tuple[Mail, ...]:
    """Make `count` mails; the same arguments give the same bytes, and the first n are the same for any count."""
    return tuple(_mail(number, random.Random(f"{seed}/{number}")) for number in range(count))


def sizes(mails: Sequence[Mail]) -> tuple[float, int]:
    """The mean and the median size in bytes."""
    every = sorted(len(mail.content) for mail in mails)
    return sum(every) / len(every), every[len(every) // 2]


def _mail(number: int, rng: random.Random) -> Mail:
    name = f"{rng.choice(_FIRST_NAMES)} {rng.choice(_LAST_NAMES)}"
    known = rng.random() < _KNOWN_SHARE
    sender = rng.choice(_TENANTS) if known else f"person.{number}@{rng.choice(_HOSTS)}"
    subject, first = rng.choice(_MATTERS)
    text = _text(name, first, rng)
    is_reply = rng.random() < _REPLY_SHARE
    if is_reply:
        subject, text = f"Re: {subject}", text + _quote(text, rng)
    kind, body = _body(text, rng)
    if rng.random() < _FILE_SHARE:
        kind, body = _with_file(kind, body, number, rng)
    head = _head(number, name, sender, subject, rng) + (_thread(rng) if is_reply else [])
    return Mail(sender, _lines([*head, *kind, b""]) + body)


def _head(number: int, name: str, sender: str, subject: str, rng: random.Random) -> list[bytes]:
    """Headers as a mail has them after two hops."""
    host = sender.rpartition("@")[2]
    at = format_datetime(_FIRST_MAIL + timedelta(seconds=17 * number))
    text = f"""\
Return-Path: <{sender}>
Received: from mx.{host} (mx.{host} [192.0.2.{number % 250}])
\tby border.abc-hausverwaltung.example with ESMTPS id {number:08x}
\tfor <{INBOX}>; {at}
Received: from [198.51.100.{number % 250}] by mx.{host} with ESMTPSA id {rng.getrandbits(40):x};
\t{at}
DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d={host}; s=s2026;
\th=from:to:subject:date:message-id; bh=47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=;
\tb={_signature(rng)}
From: {_word(name)} <{sender}>
To: {INBOX}
Subject: {_word(subject)}
Date: {at}
Message-ID: <{number}.{rng.getrandbits(64):x}@{host}>
User-Agent: Mozilla Thunderbird
Content-Language: de-DE
MIME-Version: 1.0
"""
    return text.encode("ascii").splitlines()


def _signature(rng: random.Random) -> str:
    return base64.encodebytes(rng.randbytes(256)).decode().strip().replace("\n", "\n\t")


def _word(text: str) -> str:
    """An RFC 2047 encoded word where one is needed."""
    return text if text.isascii() else f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


def _thread(rng: random.Random) -> list[bytes]:
    parent = f"<{rng.getrandbits(64):x}@mail.example>"
    return [f"In-Reply-To: {parent}".encode(), f"References: {parent}".encode()]


def _text(name: str, first: Sequence[str], rng: random.Random) -> str:
    """What somebody writes: a matter, perhaps a place, and as many sentences as people need."""
    sentences = list(first)
    if rng.random() < _PLACE_SHARE:
        sentences.append(f"Es geht um {rng.choice(_PLACES)}.")
    wanted = _TEXT_MEDIAN_CHARS * rng.lognormvariate(0, _TEXT_SPREAD)
    while sum(map(len, sentences)) < wanted:
        sentences.append(rng.choice(_FILLING))
    paragraphs = [" ".join(sentences[start : start + 4]) for start in range(0, len(sentences), 4)]
    closing = f"{rng.choice(_CLOSINGS)}\n{name}\n\n-- \n{name}\nTel. 089 {rng.randrange(10**6, 10**7)}"
    return "\n\n".join(["Sehr geehrte Damen und Herren,", *paragraphs, closing]) + "\n"


def _quote(text: str, rng: random.Random) -> str:
    """An older mail below the new text."""
    intro = f"Am {rng.randrange(1, 29):02d}.11.2026 um 14:{rng.randrange(60):02d} schrieb ABC Hausverwaltung:"
    return "\n" + intro + "\n" + "".join(f"> {line}\n" for line in text[:1_500].splitlines())


def _body(text: str, rng: random.Random) -> tuple[list[bytes], bytes]:
    """Content headers and body, encoded as one of the usual programs would."""
    pick = rng.random()
    if pick < 0.3:
        return _part("text/plain; charset=utf-8", "8bit"), _wrapped(text).encode()
    if pick < 0.5:
        latin = text.encode("iso-8859-1", "replace")
        return _part("text/plain; charset=iso-8859-1", "quoted-printable"), _printable(latin)
    if pick < 0.65:
        return _part("text/plain; charset=utf-8", "base64"), _base64(text.encode())
    page = "".join(f"<p>{line}</p>\n" for line in text.split("\n\n"))
    html = f'<html><head><style>p {{ margin: 0 }}</style></head><body lang="de">\n{page}</body></html>\n'
    return _several(
        "alternative",
        f"alt-{rng.getrandbits(64):x}",
        [
            (_part("text/plain; charset=utf-8", "quoted-printable"), _printable(text.encode())),
            (_part("text/html; charset=utf-8", "quoted-printable"), _printable(html.encode())),
        ],
    )


def _with_file(kind: list[bytes], body: bytes, number: int, rng: random.Random) -> tuple[list[bytes], bytes]:
    content = rng.randbytes(rng.randrange(100_000, 300_000))
    name, mime = rng.choice([(f"scan-{number}.pdf", "application/pdf"), (f"foto-{number}.jpg", "image/jpeg")])
    file = [
        *_part(f'{mime}; name="{name}"', "base64"),
        f'Content-Disposition: attachment; filename="{name}"'.encode(),
    ]
    return _several("mixed", f"mix-{rng.getrandbits(64):x}", [(kind, body), (file, _base64(content))])


def _several(
    subtype: str, boundary: str, parts: list[tuple[list[bytes], bytes]]
) -> tuple[list[bytes], bytes]:
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + _lines([*head, b""]) + content + b"\r\n" for head, content in parts)
    return [f'Content-Type: multipart/{subtype}; boundary="{boundary}"'.encode()], body + mark + b"--\r\n"


def _part(mime: str, encoding: str) -> list[bytes]:
    return [f"Content-Type: {mime}".encode(), f"Content-Transfer-Encoding: {encoding}".encode()]


def _lines(lines: list[bytes]) -> bytes:
    return b"".join(line + b"\r\n" for line in lines)


def _crlf(content: bytes) -> bytes:
    return content.replace(b"\n", b"\r\n")


def _wrapped(text: str) -> str:
    """Lines of at most 76 characters, as programs send them that do not encode."""
    lines = []
    for line in text.splitlines():
        while len(line) > 76 and " " in line[:76]:
            cut = line.rindex(" ", 0, 76)
            lines.append(line[:cut])
            line = line[cut + 1 :]
        lines.append(line)
    return "\r\n".join(lines) + "\r\n"


def _printable(content: bytes) -> bytes:
    return _crlf(binascii.b2a_qp(content, istext=True))


def _base64(content: bytes) -> bytes:
    return _crlf(base64.encodebytes(content))
