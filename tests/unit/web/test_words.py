"""The words of the pages: both languages say the same, and whatever a page says is there."""

import re
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest

from mailroute.flow.portal import Standing
from mailroute.model.change import Change, Status
from mailroute.model.grant import ContractStatus, Copies, Right, View
from mailroute.model.letter import LetterState
from mailroute.model.need import Need
from mailroute.routing.buttons import Button
from mailroute.store.portal import Shelf
from mailroute.store.rulesets import ActivationOutcome
from mailroute.web import words
from mailroute.web.words import LANGUAGES, all_words, language_of

WEB = Path(words.__file__).parent
USED = re.compile(r"""\bt\(\s*["']([a-z0-9.-]+)["']""")
AREAS = "|".join({key.partition(".")[0] for key in all_words("de")})
KEY = re.compile(rf"""["']((?:{AREAS})\.(?!html)[a-z0-9-]+)["']""")


def _sources() -> list[str]:
    pages = [path.read_text() for path in (*WEB.glob("pages/*.html"), *WEB.glob("*.py"))]
    return [text for text in pages if text != Path(words.__file__).read_text()]


def test_both_languages_have_the_same_keys_with_the_same_values_in_them() -> None:
    def shape(language: str) -> dict[str, set[str | None]]:
        return {
            key: {name for _, name, _, _ in Formatter().parse(text)} - {None}
            for key, text in all_words(language).items()
        }

    german, english = (shape(language) for language in LANGUAGES)
    assert german == english


def test_every_key_that_a_page_names_is_there() -> None:
    named = {key for text in _sources() for pattern in (USED, KEY) for key in pattern.findall(text)}

    assert len(named) > 20
    assert named <= set(all_words("de"))


def test_every_word_that_is_chosen_by_a_value_is_there() -> None:
    chosen = {
        "my-tickets.standing-": Standing,
        "my-tickets.": Shelf,
        "my-ticket.need-": Need,
        "my-contracts.status-": ContractStatus,
        "my-settings.copies-": Copies,
        "status.": set(Status) - {Status.NONE},
        "button.": set(Button) - {Button.SEND, Button.PICK},
        "letter.": LetterState,
        "right.": Right,
        "desk.outcome-": ActivationOutcome,
        "desk.grant-view-": View,
        "happened.": {str(one.__dataclass_fields__["kind"].default) for one in get_args(Change)},
    }
    wanted = {f"{begin}{one}" for begin, kind in chosen.items() for one in kind}
    assert wanted <= set(all_words("de"))


@pytest.mark.parametrize(
    ("accepts", "language"),
    [
        ("", "de"),
        ("en", "en"),
        ("en-GB,de;q=0.8", "en"),
        ("fr, de;q=0.3, en;q=0.5", "en"),
        ("fr;q=x, de;q=, en;q=nan", "de"),
        ("de;q=0,en;q=0", "de"),
        ("," * 5000, "de"),
    ],
)
def test_the_language_is_the_first_of_ours_that_a_browser_asks_for(accepts: str, language: str) -> None:
    assert language_of(accepts) == language
