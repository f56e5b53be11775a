"""Real people's data in the texts of a mail → invented data, the same for the same wherever it stands.

Names, e-mail addresses, telephone numbers, bank accounts and customer numbers go; places of ours stay. What cannot be told
from other words, such as a neighbour's first name, stays too: whoever keeps the text must read it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from mailroute.model.address import Address, address_key, domain_of
from mailroute.model.directory import Person
from mailroute.model.free_mail import is_free_mail
from mailroute.model.text import fold

# Names that are neither words of a matter nor parts of German streets, for fifty people in one mail.
_GIVEN = "Kim Alex Robin Toni Sascha Luca Mika Noa Jona Eike Bente Charlie Dominique Kai Maxime Nikola Quinn Rene Sidney Uli".split()
_SURNAMES = (
    "Anders Behrend Clausen Dittmer Ehlers Frerichs Gerdes Hansen Iversen Jepsen Knudsen Lorenzen Mommsen Nissen Ohlsen Petersen "
    "Quast Reimers Sievers Thomsen Ulrichs Vossen Wiebers Ydersen Zander"
).split()
# Belongs to a name without being one.
_NO_NAMES = frozenset(
    "frau herr herrn familie fam eheleute dr prof dipl ing mag med von van de der den dem zu zur und an la le mr mrs ms miss mx "
    "gmbh ag kg ohg gbr ug mbh co ev verein inc ltd".split()
)
_TITLE = re.compile(
    r"\b(?:Frau|Herrn?|Familie|Fam\.|Eheleuten?|Mrs?\.?|Ms\.?|Miss)\s+(?:(?:Dr|Prof)\.\s*){0,2}((?:[A-ZÄÖÜ][\w'’-]+)(?:\s+[A-ZÄÖÜ][\w'’-]+)?)"
)
_SAID = re.compile(
    r"(?:(?i:mein name ist|ich heiße|ich bin|my name is|i am))\s+((?:[A-ZÄÖÜ][\w'’-]+)(?:\s+[A-ZÄÖÜ][\w'’-]+){1,2})"
)
_CLOSING = re.compile(
    r"(?im:^[ \t]*(?:mit[^\n]{0,30}grü(?:ß|ss)en?|(?:viele|beste|liebe|herzliche|freundliche)\s+grü(?:ß|ss)e|gru(?:ß|ss)|mfg|lg|vg|"
    r"(?:kind|best|warm)?\s*regards|sincerely|cheers)[^\n]{0,30}\n\s*)((?:[A-ZÄÖÜ][\w.'’-]+)(?:[ \t]+(?:und[ \t]+)?[A-ZÄÖÜ][\w.'’-]+){0,3})[ \t]*$",
    re.M,
)
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MAIL = r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,6}"
_LINK = r"(?i:\b(?:https?://|www\.)\S+)"
_IBAN = r"\b[A-Z]{2}\d{2}(?:[ \xa0]?[0-9A-Z]{4}){2,7}(?:[ \xa0]?[0-9A-Z]{1,4})?\b"
_PHONE = r"(?<![\w.,/-])(?:\+\d{1,3}|00\d{1,3}|\(?0)[\d\s()/.–-]{5,22}\d(?!\w)"
_DATE = re.compile(r"\d{1,2}\.\s?\d{1,2}\.\s?(?:\d{4}|\d{2})?")
_PHONE_DIGITS = 7
_SHORTEST_NAME = 3


@dataclass(slots=True)
class Invented:
    """What stands for what. `tag` makes the addresses of one text different from those of another.

    `ours` are addresses that stay (inboxes, staff, partners), `domains` those that rules ask for, `numbers` those of contracts,
    `words` the folded words that must not change because places or rules have them too. `kept` collects the names that stay
    for that reason.
    """

    tag: str
    ours: frozenset[str]
    domains: frozenset[str]
    numbers: frozenset[str]
    words: frozenset[str]
    kept: set[str] = field(default_factory=set)
    names: dict[str, str] = field(default_factory=dict)
    addresses: dict[str, str] = field(default_factory=dict)
    others: dict[str, str] = field(default_factory=dict)
    _firms: dict[str, str] = field(default_factory=dict)

    # --- learning who is spoken of --------------------------------------------------------------------------

    def learn(self, text: str) -> None:
        """Note the names that the text itself shows to be names."""
        for pattern in (_TITLE, _SAID, _CLOSING):
            for found in pattern.finditer(text):
                self.name(found[1])

    def name(self, name: str) -> str:
        """The invented name of somebody."""
        last, comma, first = name.partition(",")
        words = [word for word in _WORD.findall(f"{first} {last}" if comma else name) if _is_name(word)]
        for word in words:
            self._name_word(word, _SURNAMES if word == words[-1] else _GIVEN)
        return self._replaced(name)

    def _name_word(self, word: str, pool: Sequence[str]) -> None:
        folded = _key(word)
        if folded in self.names:
            return
        if folded in self.words:
            self.kept.add(word)
            return
        taken = {*self.names, *self.words, *map(fold, self.names.values())}
        free = (one for one in pool if fold(one) not in taken)
        self.names[folded] = next(free, None) or f"Muster{_letters(len(self.names))}"

    def address(self, address: str, name: str = "") -> str:
        """The invented address of somebody; ours stay."""
        key = address_key(address)
        if key in self.ours:
            return key
        if key not in self.addresses:
            words = _WORD.findall(fold(self.name(name))) if name else []
            who = (
                ".".join(word for word in words if word not in _NO_NAMES)
                or f"person-{len(self.addresses) + 1}"
            )
            self.addresses[key] = self._free(f"{who}.{self.tag}@{self._domain(domain_of(key), who)}")
        return self.addresses[key]

    def _domain(self, domain: str, who: str) -> str:
        """Everybody of a firm gets one domain, everybody with a mailbox somewhere their own: neighbours by provider are none."""
        if any(domain == one or domain.endswith("." + one) for one in self.domains):
            return domain
        if is_free_mail(domain):
            return f"{who.replace('.', '-')}-{self.tag}.example"
        return self._firms.setdefault(domain, f"firma-{len(self._firms) + 1}-{self.tag}.example")

    def _free(self, address: str) -> str:
        name, _, domain = address.partition("@")
        tries = (address if n == 1 else f"{name}-{n}@{domain}" for n in count(1))
        return next(one for one in tries if one not in self.addresses.values())

    def person(self, person: Person) -> Person:
        """The same person under invented names and numbers."""
        name = self.name(person.name)
        addresses = (self.address(one.address, person.name) for one in person.addresses)
        return replace(
            person,
            name=name,
            addresses=tuple(Address(name, one) for one in addresses),
            numbers=tuple(self._other(one, _digits_like) for one in person.numbers),
            phones=tuple(self._other(one, _phone) for one in person.phones),
            ibans=tuple(self._other(one, _iban) for one in person.ibans),
        )

    def _other(self, written: str, invent: Callable[[str, int], str]) -> str:
        key = compact(written)
        if key in self.numbers:
            return written
        if key not in self.others:
            self.others[key] = invent(written, len(self.others) + 1)
        return self.others[key]

    # --- replacing ------------------------------------------------------------------------------------------

    def text(self, text: str) -> str:
        """The text with everything replaced that is known by now."""
        known = "|".join(_with_gaps(one) for one in sorted(self.others, key=len, reverse=True)) or r"(?!)"
        patterns = {
            "mail": _MAIL,
            "link": _LINK,
            "known": rf"(?i:(?<!\w)(?:{known})(?!\w))",
            "iban": _IBAN,
            "phone": _PHONE,
        }
        # In one go, so that nothing invented is taken for something real.
        numbers = re.compile("|".join(f"(?P<{name}>{pattern})" for name, pattern in patterns.items()))
        pieces, end = [], 0
        for found in numbers.finditer(text):
            pieces += [self._replaced(text[end : found.start()]), self._number(found)]
            end = found.end()
        return "".join((*pieces, self._replaced(text[end:])))

    def _number(self, found: re.Match[str]) -> str:
        written = found[0]
        match found.lastgroup:
            case "mail":
                return self.address(written)
            case "link":
                return "https://beispiel.example/"
            case "iban":
                return self._other(written, _iban)
            case "phone" if sum(map(str.isdigit, written)) < _PHONE_DIGITS or _DATE.match(written):
                return written
            case _:
                return self._other(written, _phone)

    def _replaced(self, text: str) -> str:
        return _WORD.sub(lambda found: self._word(found[0]), text)

    def _word(self, word: str) -> str:
        folded = _key(word)
        invented = self.names.get(folded)
        # Only a capital shows that "wolf" is meant as a name; what is shouted has only capitals.
        if invented is not None and not word.islower():
            return invented.upper() if word.isupper() else invented
        owner = self.names.get(folded[:-1]) if folded.endswith("s") and not word.islower() else None
        return word if owner is None else owner if owner.endswith("s") else owner + "s"


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The folded words of such texts, as `Invented.words` wants them."""
    return frozenset(word for text in texts for word in _WORD.findall(fold(text)))


def _is_name(word: str) -> bool:
    return len(word) >= _SHORTEST_NAME and fold(word) not in _NO_NAMES and not word.islower()


def _key(word: str) -> str:
    """Aydın and AYDIN are one name."""
    return fold(word).replace("ı", "i")


def _with_gaps(number: str) -> str:
    """A pattern for a number, however it is grouped."""
    return r"[\s()/.–-]{0,2}".join(map(re.escape, number))


def compact(written: str) -> str:
    """A number without blanks and strokes."""
    return re.sub(r"[\s()/.–-]", "", written).upper()


def _letters(number: int) -> str:
    """0 → A, 26 → BA."""
    rest, last = divmod(number, 26)
    return (_letters(rest) if rest else "") + chr(ord("A") + last)


def _phone(written: str, n: int) -> str:
    """A number of the range that the Bundesnetzagentur keeps for films."""
    return f"030 23125 {n:03}"


def _iban(written: str, n: int) -> str:
    """A German account with right check digits, of a bank code that no bank has."""
    account = f"10000000{n:010}"
    check = 98 - int(account + "131400") % 97
    whole = f"DE{check:02}{account}"
    return " ".join(whole[i : i + 4] for i in range(0, len(whole), 4))


def _digits_like(written: str, n: int) -> str:
    """Other digits in the same form."""
    digits = sum(map(str.isdigit, written))
    if not digits:
        return f"{written[:1]}{n}"
    new = iter(f"9{n:0{max(digits - 1, 1)}}"[:digits])
    return "".join(next(new, "0") if one.isdigit() else one for one in written)
