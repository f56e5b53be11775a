"""What machines say of themselves in the text of a mail, in German and English. Never raises.

Only the unquoted text is asked, and only whole sentences of known programs count: a tenant who complains about an
automatic answer, or who is on holiday, is a person. A contact form passes on what a person wrote.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from mailroute.model.message import Automatic

_CHARS = 6_000
_SHORT_CHARS = 2_000
_BEGINNING_CHARS = 400

# At the beginning of a line or sentence, perhaps behind `Hinweis:` or stars.
_START = r"(?:^|[.!?]\s)[^\w\n]{0,6}(?:(?:hinweis|note|wichtig|achtung|info)\s?[:!-]\s{0,2})?"
_MAIL = r"(?:e-?mail|nachricht|mail|antwort|benachrichtigung|best[äa]tigung|antwortmail)"
_AUTOMATIC = re.compile(
    _START + r"(?:"
    r"(?:dies|das|hierbei|es) (?:ist|handelt es sich um) (?:nur )?eine[rn]? (?:rein )?(?:system)?automatisch(?:e|en)? ?(?:generierte?n?|erstellte?n?|erzeugte?n?|versandte?n?|versendete?n?)? ?"
    r"(?P<what>\w{0,20}(?:antwort|nachricht|e-?mail|mail|best[äa]tigung|benachrichtigung|mitteilung))"
    rf"|(?:diese|die) (?P<what2>{_MAIL}) (?:wurde|ist|wird) (?:vom system |maschinell |von unserem system )?(?:automatisch|automatisiert)[^.\n]{{0,30}} ?(?:generiert|erstellt|erzeugt|versandt|versendet|verschickt|gesendet)"
    r"|diese (?:automatische|automatisch (?:erstellte|generierte|erzeugte|versandte)) (?P<what3>e-?mail|nachricht|antwort)"
    r"|this is an? (?:auto(?:mated|matic|matically generated)|auto-?generated) (?P<what4>(?:e-?mail )?(?:reply|response|message|e-?mail|notification|acknowledgement|confirmation))"
    r"|this (?P<what5>e-?mail|message|reply|response) (?:was|is|has been) (?:automatically (?:generated|created|sent)|(?:generated|created|sent) automatically|auto-?generated)"
    r"|automatische antwort\s?:?\s*$|automatic reply\s?:?\s*$"
    r"|(?:diese e-?mail wurde von|this e-?mail was sent from) \"?rnp[0-9a-f]{6,}"
    r")",
    re.I | re.M,
)
_ANSWERS = re.compile(r"antwort|best[äa]tigung|reply|response|acknowledge|confirmation", re.I)
_FORM = re.compile(r"formular|\bform\b|eingabemaske|ihre? webseite|website", re.I)
_THANKS = re.compile(
    r"(?:vielen |herzlichen |besten )?dank f[üu]r (?:ihre|deine|eure|die) (?:e-?mail|nachricht|mail|anfrage|kontaktaufnahme)|"
    r"thank(?:s| you)(?: very much)? for your (?:e-?mail|message|mail)",
    re.I,
)
_AWAY = re.compile(
    r"(?:nicht (?:im (?:b[üu]ro|hause?|dienst)|an meinem arbeitsplatz|pers[öo]nlich erreichbar|erreichbar)|au(?:ß|ss)er haus|"
    r"abwesend|im urlaub|betriebs(?:ferien|urlaub)|in elternzeit|im mutterschutz|auf (?:dienst|gesch[äa]fts)reise|"
    r"(?:b[üu]ro|kanzlei|praxis|betrieb|gesch[äa]ft|werkstatt)[^\n]{0,60} geschlossen|out of (?:the )?office|on (?:annual |parental )?leave|"
    r"on (?:vacation|holiday))",
    re.I,
)
# What only an absent colleague's program says: who stands in, and that nobody reads this.
_STANDS_IN = re.compile(
    r"(?:e-?mail|nachricht|mail)s? (?:wird|werden) (?:in dieser zeit |w[äa]hrend meiner abwesenheit )?(?:leider )?(?:nicht|auch nicht)"
    r"(?: automatisch)? (?:weitergeleitet|gelesen|bearbeitet)|"
    r"in dringenden (?:f[äa]llen|angelegenheiten)|meine vertretung (?:ist|sind|hat|erreichen|[üu]bernimmt|erfolgt)|zur vertretung|vertritt mich|"
    r"wieder (?:f[üu]r sie )?(?:im (?:b[üu]ro|dienst|hause)|an meinem arbeitsplatz)|back in (?:the|my) office|"
    r"(?:will|does) not be (?:read|forwarded)|in urgent (?:cases|matters)|for urgent (?:matters|requests)|during my absence",
    re.I,
)
_RECEIPT = re.compile(
    r"(?:nachricht|message|e-?mail)\b[^\n]{0,300}(?:gelesen|angezeigt|gel[öo]scht|was read|displayed|deleted|opened)|"
    r"(?:dies ist eine|this is a) (?:empfangsbest[äa]tigung|lesebest[äa]tigung|return receipt)",
    re.I,
)
_NEWSLETTER = re.compile(
    r"(?:newsletter|mailing)[^\n]{0,60}(?:abbestellen|abmelden|abzumelden|k[üu]ndigen)|(?:vom newsletter abmelden|newsletter-abmeldung|hier abmelden)|"
    r"you (?:are receiving|received) this (?:e-?mail|newsletter) because|sie erhalten diese[n]? (?:e-?mail|newsletter|nachricht), weil|"
    r"\bunsubscribe\b",
    re.I,
)
_COMPLAINT = re.compile(r"\"notificationType\W{1,8}Complaint", re.I)
_HINT = re.compile(r"automat|auto-?generated|rnp[0-9a-f]{6}", re.I)


@dataclass(frozen=True, slots=True)
class Admission:
    """A text says that no person wrote it. `kind` is None where that is all: English footers say it below much."""

    kind: Automatic | None


def admits(own_text: str) -> Admission | None:
    """What the unquoted text of a mail says of its own making; None where it says nothing."""
    text = own_text[:_CHARS]
    lowered = text.lower()
    if ("auto" in lowered or "rnp" in lowered) and _HINT.search(text):
        for said in _AUTOMATIC.finditer(text):
            around = text[max(0, said.start() - 100) : said.end() + 200]
            if not _FORM.search(around):
                what = "".join(one for one in said.groupdict().values() if one) or said[0]
                if _ANSWERS.search(what) or _is_out_of_office(text):
                    return Admission(Automatic.AUTO_REPLIED)
                is_english = said["what4"] is not None or said["what5"] is not None
                return Admission(None if is_english else Automatic.AUTO_GENERATED)
    return Admission(Automatic.AUTO_REPLIED) if _is_out_of_office(text) else None


def _is_out_of_office(text: str) -> bool:
    """Thanks for the mail, somebody is not in the office, and who stands in: only programs say all three."""
    return (
        len(text) < _SHORT_CHARS
        and bool(_THANKS.search(text[:_BEGINNING_CHARS]))
        and bool(_AWAY.search(text))
        and bool(_STANDS_IN.search(text))
    )


def says_received(own_text: str) -> bool:
    """Whether a text is that of a read receipt; those of old servers have none."""
    return not own_text.strip() or bool(_RECEIPT.search(own_text[:_SHORT_CHARS]))


def offers_to_unsubscribe(text: str) -> bool:
    """Whether a text has the line at the end of a newsletter."""
    return bool(_NEWSLETTER.search(text[-_CHARS:]))


def is_complaint(text: str, sender: str) -> bool:
    """Whether a text is Amazon's report that somebody called a mail of ours spam."""
    return sender.endswith("@sns.amazonaws.com") and bool(_COMPLAINT.search(text[:_SHORT_CHARS]))
