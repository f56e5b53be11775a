"""The words of a mail as a learned model sees them: each once, folded, without those that stand in every mail."""

from __future__ import annotations

import re

from mailroute.model.message import Message
from mailroute.model.text import fold

WORDS_READ = 400

_WORD = re.compile(r"[a-z]{4,30}")
# Words of every mail, which decide nothing.
_EVERYDAY = frozenset(
    "anfrage anliegen betreff dienstag donnerstag freitag gestern heute mail mittwoch montag morgen samstag seit sonntag "
    "telefon vorgestern vorhin wieder woche wochen today yesterday tomorrow week weeks "
    "aber alle allen alles also auch beim bereits besten bitte bitten damen dann dass deren diese diesem diesen dieser "
    "dieses doch eine einem einen einer eines einfach etwas fragen freundlichen geehrte geehrter gern gerne gruesse "
    "gruessen guten habe haben hallo hatte herr herrn herren hier ihnen ihre ihrem ihren ihrer immer jetzt kann keine "
    "koennen koennte leider mein meine meinem meinen meiner mehr melden mich mieter mieterin mittlerweile moechte muss "
    "nachricht nicht noch oder schon sehr seit sich sind sowie ueber unser unsere unserem unseren unserer viele vielen "
    "waere weil wenn werde werden wieder wird wohnung wollen wollte worden wurde wuerde zwei dank danke frau about been "
    "dear from good have hello kind need please regards thank thanks that their there they this with would your".split()
)


def words_of(message: Message) -> tuple[str, ...]:
    """The telling words of subject and new text, in the order of the mail; at most WORDS_READ."""
    spoken = _WORD.findall(fold(f"{message.subject}\n{message.new_text}"))
    return tuple(one for one in dict.fromkeys(spoken) if one not in _EVERYDAY)[:WORDS_READ]
