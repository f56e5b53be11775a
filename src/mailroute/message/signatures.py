"""What stands below the words of a mail without being said in it: closings, names, disclaimers, taglines.

Every pattern is anchored at a line of bounded length. When in doubt a line is no signature: see `quotes`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_SIGNATURE_LINES = 15
_LONG_WORDS = 12
_DRAWN_LINE = 25
_CARD_LINES = 10
_LINE_CHARS = 400
_TAGLINE_CHARS = 160
_CLOSING_CHARS = 80
_TAIL_CHARS = 6000
# A shorter line is no disclaimer and no tagline. A page of two megabytes has a hundred thousand of them.
_SHORT_CHARS = 8


def _any_of(*patterns: str) -> str:
    return "(?:" + "|".join(patterns) + ")"


RULE = re.compile(r"\s*[-_=*~–—]{5,}\s*")
_SHORT_RULE = re.compile(r"\s*[-_=*~]{3,}\s*")
_DELIMITER = re.compile(r"\s?(?:--|—|––)[ \xa0]?")
_GREETINGS = r"gr[üu]e?(?:ß|ss)(?:en?)?"
_CLOSING = re.compile(
    r"\s*(?:(?:(?:vielen|besten|herzlichen|lieben|sch[öo]nen) )?danke?(?: ihnen| dir| euch)?(?: im voraus| vorab)?(?: und|,| &|) )?"
    + _any_of(
        r"(?:ich verbleibe |wir verbleiben )?mit\s+(?:den\s+|recht\s+)?(?:freundlich|best|herzlich|lieb|nett|vielen|sonnig|kollegial|"
        rf"hochachtungsvoll)\w*\s+(?:und\s+\w+\s+)?{_GREETINGS}",
        rf"(?:viele|beste|liebe|herzliche|freundliche|sch[öo]e?ne|sonnige)\s+(?:liebe\s+)?{_GREETINGS}",
        rf"(?:lieben|sch[öo]e?nen|besten|freundlichen|herzlichen)\s+{_GREETINGS}",
        _GREETINGS,
        r"mit (?:den )?besten (?:empfehlungen|w[üu]nschen)|herzlichst|es gr[üu]e?(?:ß|ss)e?(?:t|en) (?:sie |dich |euch )?(?:\w{3,12} )?\w{3,12}",
        r"m\.?f\.?g\.?|m\.? ?b\.? ?g\.?|mfg|[lvb]g|hochachtungsvoll",
        r"(?:(?:ich |wir )?w[üu]nsche[n]?[^\n]{0,20} )?(?:noch )?(?:einen|ein) sch[öo]e?ne[ns] (?:tag|abend|wochenende|woche|feierabend)"
        r"(?: noch)?(?: w[üu]nsch(?:e|en|t)(?: ihnen| dir| euch)?)?",
        r"(?:bien |très )?cordialement|(?:meilleures |sincères |cordiales )?salutations(?: distinguées)?",
        r"(?:cordiali|distinti) saluti|un cordiale saluto",
        r"(?:serdecznie )?pozdrawiam(?: serdecznie)?|z poważaniem",
        r"saygılarımla|saygılarımızla|iyi çalışmalar",
        r"(?:met )?(?:vriendelijke|hartelijke) groet(?:en)?|mvg|(?:un (?:cordial )?saludo|saludos(?: cordiales)?|atentamente)",
        r"(?:com os melhores )?cumprimentos|atenciosamente|s (?:přátelským |úctou a )?pozdrav(?:em|om)|с уважением|з повагою",
    )
    + r"(?:\s+(?:aus|von)\s+(?:der\s+|dem\s+)?\w+|\s+und\s+(?:noch )?(?:ein|einen|eine) (?:sch[öo]|gut|angenehm)\w{1,4} \w{3,12})?\s*[,.!]{0,3}\s*",
    re.I,
)
_CLOSING_WITH_NAME = re.compile(
    rf"\s*(?:mfg|[lvb]g|gru(?:ß|ss)|(?:viele|liebe|beste|freundliche) {_GREETINGS}|mit (?:freundlich|lieb|best)e[nm] {_GREETINGS})"
    r"[, ]{1,3}"
    r"(?!an\b|to\b|auch\b|und\b|aus\b|ist\b)(?-i:[A-ZÄÖÜ]|(?<=[lL][gG] )[a-zäöü](?=\w{2,12}\s*\Z))[\w.\-]{0,25}"
    r"(?: (?:und |u\. |& |\+ )?(?-i:[A-ZÄÖÜ])[\w.\-]{0,25}){0,3}\s*",
    re.I,
)
_HALF_CLOSING = re.compile(r"\s*mit\s+(?:freundlich|best|herzlich)e[nm]\s*", re.I)
_DEVICE = r"[^.\n]{2,60}"
_TAGLINE = re.compile(
    r"\s*[(\[]?"
    + _any_of(
        r"(?:diese nachricht wurde |diese e-?mail wurde |die nachricht wurde )?(?:von|mit) (?:meine[mnr](?:/meine[mnr])?|einem|der|dem) "
        rf"{_DEVICE}(?:gesendet|versendet|geschickt|verschickt)",
        r"(?:von unterwegs|mobil|vom handy|vom smartphone) (?:gesendet|geschickt|geschrieben)",
        r"gesendet (?:von|mit|über) [^\n]{2,80}|versendet von meine[mr] [^\n]{2,60}|gesendet[ ]?:?\s*von (?:unterwegs|mobil)[^\n]{0,40}",
        r"(?:diese nachricht|diese e-?mail) wurde (?:von|mit) [^\n]{2,80}gesendet",
        r"von (?:samsung|yahoo|outlook|aol|proton|gmx|web\.de|telekom|t-online|freenet|blue ?mail|spark|k-9|thunderbird)[^\n]{2,40} gesendet",
        r"holen sie sich outlook für [^\n]{2,60}|outlook für (?:ios|android)[^\n]{0,60}(?:beziehen|herunterladen)?",
        r"sent (?:from|via|with|by|using) (?:my |the |a )?[^\n]{2,60}",
        r"get (?:outlook|blue ?mail|aqua ?mail|typeapp|my ?mail) for [^\n]{2,40}",
        r"yahoo mail[^\n]{0,12}: (?:search, organize, conquer|suchen, organisieren, erobern)[^\n]{0,40}",
        r"envoyé (?:de mon|depuis|à partir de|avec) [^\n]{2,60}",
        r"(?:télécharger|obtenir|scarica|ottieni|pobierz)[^\n]{0,12} outlook [^\n]{2,40}|outlook (?:pour|per|dla) (?:ios|android)",
        r"inviato (?:da|dal|con|tramite) [^\n]{2,60}",
        r"wysłan[aeoy] (?:ze?|przy|za) [^\n]{2,60}",
        r"(?:iphone|ipad)'?\w{0,6} gönderildi|[^\n]{2,50}(?:telefonumdan|cihazımdan) gönderildi|[^\n]{2,20} için outlook[^\n]{0,30}",
        r"enviado (?:desde mi|do meu) [^\n]{2,40}|(?:verzonden|verstuurd) (?:vanaf|met) [^\n]{2,40}",
        r"(?:sendt|skickat|lähetetty) (?:fra|från|med|via) (?:min|mit)?[^\n]{2,40}|az [^\n]{2,20} készülékemről küldve",
        r"trimis de pe [^\n]{2,40}|poslano (?:s|sa|z|iz) [^\n]{2,40}|odesláno z [^\n]{2,40}|odoslané z [^\n]{2,40}",
        r"(?:отправлено (?:с|из|от)|надіслано (?:з|із)) [^\n]{2,40}",
        r"(?:<https?://[^\s>]{1,200}>\s?)?(?:virenfrei|virus-free|sans virus|privo di virus|wolne od wirusów)\.\s?(?:www\.avast\.com)?[^\n]{0,60}|<#[0-9a-f-]{36}>",
    )
    + r"(?:(?:[.,!]| [-–]) [^.\n]{0,60}(?:tippfehler|k[üu]rze|brevity|typos|entschuldig)[^.\n]{0,60})?[.)\]!]?\s*",
    re.I,
)
_LINK_ONLY = re.compile(r"\s*<?(?:https?://|www\.)\S{1,200}>?\s*", re.I)
_VERB = re.compile(r",? \b(?:is|was|are|ist|war)\b ", re.I)
_DISCLAIMER = re.compile(
    r"\s*(?:[*_]{0,3}|p )"
    + _any_of(
        r"(?:diese|die in dieser|der inhalt dieser) (?:e-?mail|nachricht|mail)(?: und[^.\n]{1,60})? (?:enth[äa]e?lt|ist|sind|kann|enthaltene|"
        r"k[öo]e?nnte)\b[^\n]{0,80}(?:vertraulich|rechtlich gesch[üu]tzt|ausschlie)",
        r"(?:der inhalt|die informationen) (?:dieser|in dieser) (?:e-?mail|nachricht)[^\n]{0,80}",
        r"(?:wichtiger |rechtlicher |allgemeiner )?hinweis ?:? ?(?:diese|der inhalt|die in dieser)[^\n]{0,60}(?:vertraulich|nur für|ausschlie|bestimmt)",
        r"(?:vertraulichkeitshinweis|haftungsausschluss|rechtlicher hinweis)\b",
        r"(?:falls|wenn|sollten|sofern) sie nicht der (?:richtige |beabsichtigte |vorgesehene |angegebene )?(?:empf[äa]nger|adressat)",
        r"(?:datenschutz(?:hinweise?|erkl[äa]rung|information)?|(?:unsere |weitere )?(?:hinweise|informationen) zu[mr]? (?:datenschutz|verarbeitung (?:ihrer|personenbezogener)))"
        r"\b[^\n]{0,100}(?:https?://|www\.|finden sie|unter|abrufbar)",
        r"diese e-?mail wurde von avast",
        r"this (?:e-?mail|message)(?: and[^.\n]{1,60})? (?:is|are|contains?|may contain)\b[^\n]{0,80}(?:confidential|privileged|intended)",
        r"the (?:information|contents?)(?: contained)? (?:in|of) this (?:e-?mail|message)[^\n]{0,80}(?:confidential|intended|privileged)",
        r"if you (?:are not the intended recipient|have received this (?:e-?mail|message) in error)",
        r"(?:confidentiality notice|disclaimer)\b",
        r"ce (?:message|courriel)[^\n]{0,60} (?:est|sont|peut|contient)\b[^\n]{0,60}confidentiel",
        r"(?:questo messaggio|le informazioni contenute)[^\n]{0,80}(?:riservat|confidenzial)",
        r"(?:niniejsza wiadomość|treść tej wiadomości)[^\n]{0,80}(?:poufn|zastrzeżon)",
        r"(?:bitte denken sie|denken sie|bitte pr[üu]fen sie)[^\n]{0,60}(?:umwelt|ausdruck|drucken)[^\n]{0,60}(?:drucken|druck|erforderlich|mail)",
        r"bitte pr[üu]fen sie[^\n]{0,40}mail[^\n]{0,30}(?:ausdruck|ausgedruckt|drucken)",
        r"please consider the environment",
    ),
    re.I,
)
# What Mailman writes below every mail of a list.
_LIST_NAME = re.compile(
    r"\S{1,80} (?:mailing list|mailingliste|liste de diffusion|mailinglist)(?: -- .*)?", re.I
)
_LIST_PAGE = re.compile(r"https?://\S{1,200}/(?:listinfo|postorius|lists)/?\S{0,200}", re.I)
_AFTERTHOUGHT = re.compile(r"\s*(?:p\.?\s?s\.?|n\.?b\.?|nachtrag|ps)\s*[:.\-– ]", re.I)
_CONTACT = re.compile(r"\b(?:tel|fon|telefon|phone|mobil|mobile|fax|handy)\b\.?|@|www\.|https?://", re.I)


def without_signature(lines: list[str], at_top: bool) -> list[str]:
    """Cut a segment at its signature delimiter, disclaimer or closing; taglines go wherever they stand.

    `at_top` says that nothing stands above the segment: a line drawn there begins no signature.
    """
    kept: list[str] = []
    number = 0
    has_text = False
    while number < len(lines):
        line = lines[number]
        if not line or line.isspace():
            kept.append(line)
            number += 1
            continue
        if _ends_here(lines, number, has_text or not at_top):
            break
        if _is_tagline(line):
            number += 1
            if number < len(lines) and _LINK_ONLY.fullmatch(lines[number]):  # of the program that wrote it
                number += 1
            continue
        closing = _closing_lines(lines, number) if has_text else 0
        if closing:
            number = _end_of_signature(lines, number + closing)
            continue
        kept.append(line)
        has_text = True
        number += 1
    return kept


def _ends_here(lines: Sequence[str], number: int, has_text: bool) -> bool:
    """Whether a delimiter, a disclaimer or a line drawn above a card stands here: nothing below is text."""
    line = lines[number]
    if _is_delimiter(lines, number, has_text):
        return True
    if len(line) > _SHORT_CHARS and _DISCLAIMER.match(line[:_LINE_CHARS]) and _is_tail(lines, number):
        return True
    return bool(_SHORT_RULE.fullmatch(line)) and (
        _boilerplate_follows(lines, number + 1) or _is_card(lines, number, has_text)
    )


def _closing_lines(lines: Sequence[str], number: int) -> int:
    """How many lines the closing has that begins here: none, one, or two where a program wrapped it."""
    line = lines[number].strip("*_ ")
    if not 1 < len(line) < _CLOSING_CHARS:
        return 0
    if _CLOSING.fullmatch(line) or _CLOSING_WITH_NAME.fullmatch(line):
        return 1
    if (
        _HALF_CLOSING.fullmatch(line)
        and number + 1 < len(lines)
        and _CLOSING.fullmatch(lines[number + 1].strip("*_ "))
    ):
        return 2
    return 0


def _is_tagline(line: str) -> bool:
    """Whether a line is what a telephone writes below every mail; a sentence of a person has a verb."""
    return (
        _SHORT_CHARS < len(line) < _TAGLINE_CHARS
        and bool(_TAGLINE.fullmatch(line))
        and not _VERB.search(line)
    )


def _is_delimiter(lines: Sequence[str], number: int, has_text: bool) -> bool:
    """The signature delimiter `-- ` (RFC 3676 §4.3). Without its blank it may be a line drawn above more text."""
    line = lines[number]
    if not _DELIMITER.fullmatch(line):
        return False
    if line == "-- ":
        return True
    return _boilerplate_follows(lines, number + 1) or (
        has_text and sum(bool(one.strip()) for one in lines[number : number + 60]) <= _DRAWN_LINE
    )


def _is_card(lines: Sequence[str], number: int, has_text: bool) -> bool:
    """Whether a drawn line has nothing below it but a name and how to reach it."""
    below = [line for line in lines[number + 1 : number + 2 + 2 * _CARD_LINES] if line.strip()]
    return (
        has_text
        and 0 < len(below) <= _CARD_LINES
        and len(lines) <= number + 2 + 2 * _CARD_LINES
        and not any(_is_prose(line) for line in below)
        and any(_CONTACT.search(line[:_LINE_CHARS]) for line in below)
    )


def _is_tail(lines: Sequence[str], number: int) -> bool:
    """A disclaimer stands at the end; the same words above a long text are part of it."""
    return sum(len(line) for line in lines[number:]) < _TAIL_CHARS and number > 0


def _boilerplate_follows(lines: Sequence[str], number: int) -> bool:
    following = next((line[:_LINE_CHARS] for line in lines[number : number + 4] if line.strip()), "")
    if _LIST_NAME.fullmatch(following) and any(
        _LIST_PAGE.search(line) for line in lines[number : number + 6]
    ):
        return True
    return bool(_DISCLAIMER.match(following) or _is_tagline(following))


def _end_of_signature(lines: Sequence[str], number: int) -> int:
    """First line behind the names, functions and numbers that follow a closing.

    An afterthought (`PS:`) or a paragraph of prose is text again: people do write below their name.
    """
    new_paragraph = False
    for at in range(number, min(number + _SIGNATURE_LINES, len(lines))):
        line = lines[at]
        if not line.strip():
            new_paragraph = True
            continue
        if _DELIMITER.fullmatch(line) or _DISCLAIMER.match(line) or RULE.fullmatch(line):
            return at
        if _AFTERTHOUGHT.match(line) or (new_paragraph and _is_prose(line)):
            return at
    return min(number + _SIGNATURE_LINES, len(lines))


def _is_prose(line: str) -> bool:
    """Whether a line reads like a sentence rather than like an address or a function."""
    words = line.split()
    if len(words) >= _LONG_WORDS:
        return True
    return len(words) >= 5 and line.rstrip().endswith((".", "?", "!")) and "@" not in line
