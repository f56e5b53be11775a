"""The words that mail programs put around quoted and forwarded mails, in the languages seen in real mail.

Only tables and the recognisers that `quotes` and `forwards` share. Everything is anchored at a line of bounded
length, so reading a text costs time in proportion to its length.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

_LINE_CHARS = 400
_BLOCK_LINES = 14  # five fields, wrapped lists of addresses, blank lines of HTML between them
_ATTRIBUTION_LINES = 5
_ATTRIBUTION_CHARS = 400
_ATTRIBUTION_START_CHARS = 80

_LABELS = {
    "from": "von from de da od fra från van lähettäjä feladó saatja от отправитель від|кого від от|кого gönderen kimden "
    "šalje nadawca remitente absender expéditeur mittente afzender expeditor de|la από nuo "
    "差出人 送信元 送信者 发件人 寄件者 寄件人 보낸사람 보낸|사람",
    "date": "gesendet date sent datum dato fecha data dátum päivämäärä kuupäev дата отправлено надіслано enviado "
    "enviada|em enviado|el envoyé inviato verzonden skickat sendt odesláno lähetetty elküldve gönderildi tarih gönderme|tarihi gönderilme|tarihi verschickt "
    "wysłano poslano odoslané изпратено στάλθηκε ημερομηνία išsiųsta trimis dată gesendet|am sent|at saadetud envoyé|le "
    "message|du 日付 送信日時 送信日 日時 发送时间 发送日期 日期 時間 寄件日期 보낸날짜 날짜 보낸|날짜",
    "to": "an to a à pour para komu do до προς kam adresat til till aan címzett vastaanottaja kime alıcı кому pro prima către catre "
    "saaja empfänger destinataire destinatario za mottagare "
    "宛先 送信先 收件人 收件者 받는사람 받는|사람",
    "cc": "cc kopie kopia kopi kopio cópia másolat másolatot|kap копия копія bilgi dw kópia blindkopie bcc copie|à copie "
    "copia 抄送 副本 참조",
    "subject": "betreff subject objet asunto assunto oggetto tárgy předmět predmet emne ämne onderwerp aihe konu "
    "тема относно θέμα zadeva tema temat teema subiect sujet ogg 件名 主题 主旨 主題 제목",
    "other": "antwort|an reply-to priorität wichtigkeit importance anlagen attachments anhang réf",
}
LABELS = {word.replace("|", " "): kind for kind, words in _LABELS.items() for word in words.split()}

_LABEL_LINE = re.compile(
    r"[\s*_|>\ufeff]{0,12}([^\W\d_][^\s:\uff1a*|]{0,20}(?: [^\s:\uff1a*|]{1,12})?)[ \xa0]?[*_]{0,3}[ \xa0]?[:\uff1a][*_]{0,3}[ \xa0\t]{0,4}(.*)"
)
_UNKNOWN_LABEL = re.compile(r"[^\W\d_][\w-]{2,14}: \S")
_QUOTE_MARKS = re.compile(r"[ \t]{0,3}(?:>[ \t]?)+")
# Where the mark of a quoted line stands, if anywhere.
_MARKED = 4
_QUOTED = re.compile(r"[ \t]{0,3}(?:>|\|[ ]|\|-{5,}\+-{5,})")  # Notes draws a table
_DASHED = re.compile(r"\s{0,8}[-_=*]{2,}\s*([^-_=*\n][^\n]{2,120}?)\s*[-_=*]{2,}\s*(.*)")
_DASHES = str.maketrans("‐‑‒–—", "-----")
_DRAWN_WITH = tuple("-_=*‐‑‒–—")
_INDENTED = 9
_RULE_ONLY = re.compile(r"\s*[-_=*]{5,}\s*")
_FORWARD_STEM = re.compile(
    r"weitergeleitet|weiterleitung|forward|fwd message|transf[ée]r|réexpédi|reenviad|inoltrat|przekazan|przekazywan|przesłan|"
    r"iletil|doorgestuurd|videresend|vidarebefordr|přepos|prepos|továbbít|välitetty|lähetetty viesti|edastatud|"
    r"пересыл|пересла|перенаправ|переадрес|prosljeđ|encaminhad|redirecționat|redirec[tţ]ionat|転送|转发|轉寄|전달",
    re.I,
)
_ORIGINAL_STEM = re.compile(
    r"urspr[üu]e?ngliche|original[ -]?(?:nachricht|message|appointment)|original mess?age|message d.origine|"
    r"original(?:e-mail|meldung)|mensaje original|mensagem original|messaggio originale|oorspronkelijk|oryginalna|alkuperäinen|"
    r"opprinnelig|oprindelig|ursprungligt|orijinal|исходное|původní|pôvodná|eredeti",
    re.I,
)
_END_OF_ORIGINAL = re.compile(r"\b(?:end of|ende der) (?:original|urspr)", re.I)
_FORWARD_SUBJECT = re.compile(
    r"\s*(?:\[[^\]:]{1,20}\]\s*)?\[?(?:wg|fwd?|weitergeleitet|weiterleitung|wtr|i|vs|tr|rv|enc|doorst|pd|"
    r"továbbítás|fs|vb|vl|[iİ]̇?lt|prosl[ij]+eđeno|redirec\w{0,8}|fyi|videresendt?|vidarebefordrat|välitetty|edastatud|"
    r"přeposláno|preposlané|inoltro|reenviado|переслано?|пересл|转发|転送|전달|轉寄)\s?[:：]",
    re.I,
)
_REPLY_SUBJECT = re.compile(
    r"\s*(?:\[[^\]]{1,20}\]\s*)?(?:re|aw|antw|antwort|sv|odp|réf?|rif|res|ynt|vá)(?:\[\d{1,3}\])?\s?:", re.I
)

_STARTS = re.compile(
    r"[\s\"'«„*_>\ufeff-]{0,8}(?:am|on|le|il|el|op|em|den|dnia|dne|w dniu|pe|vào|zitat von|quoting|"
    r"wiadomość napisana|mo|di|mi|do|fr|sa|so|mon|tue|wed|thu|fri|sat|sun|στις|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|в|\d{4}[./-])\b",
    re.I,
)
_VERB = re.compile(
    r"\b(?:schrieb|schreibt|hat geschrieben|geschrieben|wrote|writes|a écrit|écrit|ha scritto|escribió|"
    r"escreveu|schreef|geschreven|skrev|napisała?|napisana|napsala?|napísala?|pisze|yazdı|şunu yazdı|написал|написала|"
    r"написав|пише|пишет|kirjoitti|írta|a scris|έγραψε|napisao je|napisala je|zitat von|quoting)\b",
    re.I,
)
# A person tells who wrote what. Programs name a sender, and in his own capitals.
_TOLD_ME = re.compile(
    r"\b(?:schrieb|wrote)\s+(?:mir|uns|ich|er|sie|wir|me|us|to me|that|dass|(?-i:der|die|ein|eine|mein|meine|unser|unsere))\b|"
    r"\ban (?:alle|mich|uns)\b[^\n]{0,30}:\s*\Z|"
    r"^\s*(?:der|die|das|eine?|meine?|unsere?|herr|frau|the|my|our)\b(?=[^@]*\Z)",
    re.I,
)
_TIME = re.compile(r"\b\d{1,2}[:.]\d{2}\b|@")
_YOU_WROTE = re.compile(r"\d.{0,40}\b(?:you wrote|schrieben sie|schriebst du)\s?:\s*\Z", re.I)
_CLOCK = re.compile(r"(?<!\d)\d{1,2}[:.]\d{2}\b")  # Chinese sets no blank before it
_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
# In languages and programs that we do not know: a moment, an address, and little between that and the colon.
_ADDRESS_THEN_COLON = re.compile(
    r"[^<>\n]{0,200}<\s?[^<>\s@]{1,64}@[^<>\s]{1,255}\s?>[,;]?(?: \S{1,20}){0,2}(?: ?\[[^\]\n]{6,40}\])?\s?[:\uff1a]\s*"
)
_SOMEBODY_WROTE = re.compile(
    r"\s*(?:\S{1,40} ){1,5}(?:schrieb|wrote|a écrit|ha scritto)(?: \S{1,20}){0,3}\s?:?\s*", re.I
)
_QUOTE_ON_THE_SAME_LINE = re.compile(
    r"<\s?[^<>\s@]{1,64}@[^<>\s]{1,255}\s?>(?:\s?(?:wrote|schrieb))?\s?:\s+\S"
)
# `>>> ab >>>` is the shortest.
_FOREIGN_CHARS = 8
_GROUPWISE = re.compile(r"\s?>>> ?[^>\s][^>\n]{2,120}(?:<[^<>\n]{3,100}>[^>\n]{0,60})? ?>>>\s*")
# Nextcloud sets the moment behind the address and no colon.
_ADDRESS_THEN_MOMENT = re.compile(
    r"[^<>\n]{0,120}<[^<>\s@]{1,64}@[^<>\s]{1,255}> [-–—] [^\n]{6,60}\d{1,2}:\d{2}\s*"
)
_ANSWER_ABOVE = re.compile(
    r"\W{0,8}(?:please )?(?:type your )?(?:reply|respond|write)[^\n]{0,20} above this line\b[^\n]{0,40}|"
    r"\W{0,8}(?:bitte )?(?:geben sie ihre |ihre )?antwort(?:en sie)?[^\n]{0,20} (?:über|oberhalb) dieser (?:zeile|linie)\b[^\n]{0,40}",
    re.I,
)
_GREETING = re.compile(
    r"\s*(?:sehr geehrte[rn]?|guten? (?:tag|morgen|abend)|hallo|hi|hey|liebe[rs]?|moin|servus|gr[üu](?:ß|ss)\w{0,2} gott|dear|hello|good \w{3,9}|"
    r"bonjour|buongiorno|gentile|dzień dobry|merhaba|sayın)\b[^,:?!\n]{0,60}[,!.]?\s*|\s*in (?:article |message |<|\S{3,60}@)[^\n]{0,90},\s*",
    re.I,
)
_GREETING_CHARS = 100
_END_OF_ATTRIBUTION = re.compile(r">\s?(?:(?:wrote|schrieb)\s?)?:\s*", re.I)
_GMAIL_OLD = re.compile(
    r"\s{0,3}\d{4}-\d{2}-\d{2} \d{1,2}:\d{2} GMT[+-]\d{2}:\d{2} .{1,200}<\s?[^<>\s]{3,200}\s?>:\s*"
)


@dataclass(frozen=True, slots=True)
class Block:
    """The header lines of a quoted mail: values by kind, and the first line behind them."""

    fields: dict[str, str]
    end: int


def is_forward_subject(subject: str) -> bool:
    """Whether a subject says that the mail was forwarded."""
    return bool(_FORWARD_SUBJECT.match(subject))


def is_reply_subject(subject: str) -> bool:
    """Whether a subject says that the mail is an answer."""
    return bool(_REPLY_SUBJECT.match(subject))


def unquoted(line: str) -> str:
    """A line without its `>` marks."""
    found = _QUOTE_MARKS.match(line) if ">" in line[:_MARKED] else None
    return line[found.end() :] if found else line


def label_of(line: str) -> tuple[str, str] | None:
    """(kind, value) if a line is `Von: …`, `*Gesendet:* …` or its like."""
    if ":" not in line[:60] and "\uff1a" not in line[:60]:
        return None
    found = _LABEL_LINE.match(line[: 4 * _LINE_CHARS])
    if not found:
        return None
    kind = LABELS.get(found[1].casefold())
    return (kind, found[2].strip(" \t*_")) if kind else None


def header_block(lines: Sequence[str], at: int, least: int = 3) -> Block | None:
    """Read the header lines of a quoted mail that begin at line `at`: From and at least `least` kinds in all."""
    if label_of(lines[at]) is None:
        return None
    fields: dict[str, str] = {}
    last = ""
    end = at
    blanks = 0
    for number in range(at, min(at + _BLOCK_LINES, len(lines))):
        line = unquoted(lines[number])
        label = label_of(line)
        if label is not None and label[0] not in fields:
            last = label[0]
            fields[last] = label[1]
            end, blanks = number + 1, 0
        elif label is None and not blanks and fields and "other" not in fields and _UNKNOWN_LABEL.match(line):
            fields["other"] = ""  # a field of a language or program that we do not know
            end = number + 1
        elif not line.strip(" \t\ufeff"):
            blanks += 1
            if blanks > 1:
                break
        elif not blanks and last and _goes_on(last, fields[last], line):
            fields[last] += " " + line.strip()
            end = number + 1
        elif not blanks and last and not fields[last] and label is None:
            fields[last] = line.strip()
            end = number + 1
        else:
            break
    known = len(fields) - ("other" in fields)
    return Block(fields, end) if "from" in fields and known >= least else None


def _goes_on(kind: str, value: str, line: str) -> bool:
    """Whether a line belongs to the field above: a list of addresses goes on, or an address was torn apart."""
    if kind not in ("from", "to", "cc"):
        return False
    if kind != "from" and (line[:1] in " \t" or value.endswith((",", ";"))):
        return True
    return value.rfind("[") > value.rfind("]") or value.rfind("<") > value.rfind(">")


def bare_block(lines: Sequence[str], at: int) -> Block | None:
    """Read header lines without colons (`Von "Petra" <…>`), as eM Client writes them behind its separator."""
    fields: dict[str, str] = {}
    for number in range(at, min(at + _BLOCK_LINES, len(lines))):
        word, _, value = unquoted(lines[number]).strip().partition(" ")
        kind = LABELS.get(word.casefold())
        if kind is None or kind in fields or not value:
            return Block(fields, number) if "from" in fields and len(fields) >= 3 else None
        fields[kind] = value
    return None


def is_end_of_forwarded(line: str) -> bool:
    """Whether a line below a forwarded mail, or again below its header, is only drawn around it."""
    if _RULE_ONLY.fullmatch(line):
        return True
    separator = separator_of(line)
    return separator is not None and (separator[0] == "forward" or bool(_END_OF_ORIGINAL.search(line)))


def may_introduce(line: str) -> bool:
    """Whether a line can be a separator, a label, an announcement or an attribution: nearly none has a colon or dashes."""
    return ":" in line or "\uff1a" in line or line[:_INDENTED].lstrip().startswith(_DRAWN_WITH)


def separator_of(line: str) -> tuple[str, str] | None:
    """("forward" or "original" or "", rest of the line) if a line is dashes, words, dashes."""
    if not line[:_INDENTED].lstrip().startswith(_DRAWN_WITH):
        return None  # nearly every line
    found = _DASHED.match(line[:_LINE_CHARS].translate(_DASHES))
    if not found:
        return None
    if _FORWARD_STEM.search(found[1]):
        return "forward", found[2]
    return ("original" if _ORIGINAL_STEM.search(found[1]) or _is_attribution(found[1]) else ""), found[2]


def names_original(line: str) -> bool:
    """Whether a line says `Originalnachricht` and nothing else."""
    words = line[:_LINE_CHARS].split()
    return len(words) <= 2 and bool(_ORIGINAL_STEM.match(" ".join(words)))


def is_quoted(line: str) -> bool:
    """Whether a line is marked as quoted. The last line of a wrapped attribution (`>:`) is not."""
    begin = line[:_MARKED]
    if ">" not in begin and "|" not in begin:
        return False  # nearly every line
    return bool(_QUOTED.match(line)) and not _END_OF_ATTRIBUTION.fullmatch(line)


def _is_attribution(words: str) -> bool:
    """Zoho puts its attribution between dashes."""
    return bool(_VERB.search(words) and _STARTS.match(words))


def announces_forward(line: str) -> bool:
    """Whether a line is Apple's `Anfang der weitergeleiteten Nachricht:` or its like."""
    line = line.strip() if ":" in line else ""
    return len(line) < 80 and line.endswith(":") and bool(_FORWARD_STEM.search(line))


def attribution(lines: Sequence[str], at: int) -> int:
    """If line `at` ends an attribution (`Am … schrieb …:`), the number of lines it has, else 0.

    Programs wrap it over up to four lines. A sentence of a person (`schrieb mir der Hausmeister`) is none.
    """
    line = lines[at].rstrip(" \t\xa0*_")
    if not line.endswith((":", "\uff1a")) or len(line) > _LINE_CHARS:
        return 0
    if _ADDRESS_THEN_COLON.fullmatch(line) and _CLOCK.search(line) and _YEAR.search(line):
        return 1
    window = "\n".join(lines[max(0, at - _ATTRIBUTION_LINES) : at + 1])[-2 * _ATTRIBUTION_CHARS :]
    if "GMT" not in window and not _holds_verb(window):
        return 0
    joined = ""
    for count in range(1, min(_ATTRIBUTION_LINES, at + 1) + 1):
        above = lines[at - count + 1]
        if not above.strip() and joined.startswith("<"):  # the address was set off by a blank line
            continue
        if not above.strip() or len(joined) + len(above) > _ATTRIBUTION_CHARS:
            return 0
        joined = above.strip() + " " + joined
        kind = _kind_of(joined)
        if kind == "starts" or (count <= 2 and kind == "gmail"):
            return count
        if count <= 2 and kind == "time" and not _starts_above(lines, at, count):
            return count
    return 0


# Every line is asked about twice, for the end of the new text and for what stands between quotes.
@lru_cache(maxsize=512)
def _holds_verb(text: str) -> bool:
    return bool(_VERB.search(text))


@lru_cache(maxsize=512)
def _kind_of(joined: str) -> str:
    """What speaks for an attribution in lines put together, "" for nothing."""
    told = _holds_verb(joined) and not _TOLD_ME.search(joined)
    if told and _STARTS.match(joined):
        return "starts"
    if _GMAIL_OLD.fullmatch(joined):
        return "gmail"
    return "time" if told and _TIME.search(joined) else ""


def introduces_marked_quote(line: str) -> bool:
    """Whether a line above a marked quote introduces it. Looser than `attribution`: the marks speak too."""
    if len(line) > _LINE_CHARS:
        return False
    if _ADDRESS_THEN_COLON.fullmatch(line) or (_SOMEBODY_WROTE.fullmatch(line) and not _TOLD_ME.search(line)):
        return True
    if _ADDRESS_THEN_MOMENT.fullmatch(line):
        return True
    if line.rstrip().endswith(":") and "@" in line and _CLOCK.search(line) and _YEAR.search(line):
        return True
    if not _STARTS.match(line) or not _CLOCK.search(line):
        return False
    return bool(_VERB.search(line)) or line.rstrip().endswith(":")


def introduces_over_two_lines(above: str, line: str) -> bool:
    """The same of an introduction in any language that was wrapped once: it holds an address and a year."""
    joined = f"{above[-_LINE_CHARS:].strip()} {line[:_LINE_CHARS]}"
    return bool(above.strip() and _YEAR.search(joined) and _ADDRESS_THEN_COLON.fullmatch(joined))


def is_greeting(line: str) -> bool:
    """Whether a line greets and says nothing, or is what news programs write above their introduction."""
    return len(line) < _GREETING_CHARS and bool(_GREETING.fullmatch(line))


def holds_attribution_and_quote(line: str) -> bool:
    """Whether a line is an attribution with the first words of the quote behind it, as Yahoo's telephones write."""
    return bool(
        _QUOTE_ON_THE_SAME_LINE.search(line[:_LINE_CHARS])
        and _STARTS.match(line)
        and _VERB.search(line[:_LINE_CHARS])
        and _CLOCK.search(line[:_LINE_CHARS])
    )


def begins_foreign_quote(line: str) -> bool:
    """Whether a line is GroupWise's `>>> Name date >>>` or another ticket system's `reply above this line`."""
    return _FOREIGN_CHARS < len(line) < _LINE_CHARS and bool(
        _GROUPWISE.fullmatch(line) or _ANSWER_ABOVE.fullmatch(line.strip("> "))
    )


def _starts_above(lines: Sequence[str], at: int, count: int) -> bool:
    """Whether the attribution begins further up: the line above is its first, or opens the address."""
    for number in range(at - count, max(-1, at - _ATTRIBUTION_LINES), -1):
        above = lines[number].strip()
        if not above or len(above) > _LINE_CHARS:
            return False
        if above.endswith("<") or (_STARTS.match(above) and len(above) < _ATTRIBUTION_START_CHARS):
            return True
    return False


def has_moment_or_address(text: str) -> bool:
    """Whether an attribution names a time of day or an address, or says that the reader wrote it."""
    return bool(_TIME.search(text) or _YOU_WROTE.search(text))


_GLUED = re.compile(
    "(" + "|".join(re.escape(w.capitalize()) for w in sorted(LABELS, key=len, reverse=True)) + "|CC): "
)


def unglue(line: str) -> list[str]:
    """Yahoo writes the whole header of a forwarded mail into one line; cut it at the labels."""
    return _GLUED.sub(r"\n\1: ", line[: 4 * _LINE_CHARS]).strip().split("\n")
