"""A template that would never end, or fill the memory, is a mistake with its place; ours go out meanwhile (issue 7)."""

from pathlib import Path

import pytest

from mailroute import shipped
from mailroute.model.letter import Template
from mailroute.notify.samples import SAMPLES
from mailroute.notify.templates import Templates, load
from tests.support.effort import is_quick

LONG = "x" * 5000
# An end of five lines in each: nothing here may need more than a moment.
ENDLESS = {
    "loops in loops that print nothing": "{% set s = '" + LONG + "' %}"
    + "{% for a in s %}{% for b in s %}{% for c in s %}{% endfor %}{% endfor %}{% endfor %}",
    "loops in loops that print": "{% set s = '" + LONG + "' %}{% for a in s %}{% for b in s %}y{% endfor %}{% endfor %}",
    "a macro that calls itself": "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "a macro that calls itself twice": "{% macro f(s) %}{% if s %}{{ f(s[1:]) }}{{ f(s[1:]) }}{% endif %}{% endmacro %}{{ f('"
    + "x" * 60 + "') }}",
    "a text that doubles": "{% set a = 'xxxxxxxxxx' %}" + "{% set a = a ~ a %}" * 60,
    "a sum that doubles": "{% set a = ['x'] %}" + "{% set a = a + a %}" * 60,
    "a block that doubles": "{% set a %}xxxxxxxxxx{% endset %}" + "{% set a %}{{ a }}{{ a }}{% endset %}" * 60,
    "a macro that doubles": "{% macro f(s) %}{{ s }}{{ s }}{% endmacro %}{% set a = 'xxxxxxxxxx' %}" + "{% set a = f(a) %}" * 60,
    "a template that includes itself": "{% include 'notification.txt' %}",
}  # fmt: skip


def site_with(tmp_path: Path, text: str) -> Templates:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "notification.txt").write_text(f"Subject: Neu\n\n{text}\n")
    return load([tmp_path, shipped.path("templates")], "de")


@pytest.mark.parametrize("text", ENDLESS.values(), ids=list(ENDLESS))
def test_a_template_without_end_gives_way_to_ours_at_once(tmp_path: Path, text: str) -> None:
    templates = site_with(tmp_path, text)
    values = next(one for one in SAMPLES if one.language == "de")
    rendered = []
    assert is_quick(lambda: rendered.append(templates.render(Template.NOTIFICATION, values)), 5)
    letter, problems = rendered[0]
    assert (
        letter.text == load([shipped.path("templates")], "de").render(Template.NOTIFICATION, values)[0].text
    )
    [one] = problems
    assert (one.code, one.file) == ("MR700", f"{tmp_path.name}/de/notification.txt")


def test_what_a_letter_needs_is_allowed(tmp_path: Path) -> None:
    text = (
        "{% set total = 1 + 2 %}{{ total ~ ' Zeilen' }}{% for a in ['x', 'y'] %}{{ loop.index }}/{{ loop.length }}{{ a }}"
        "{% if not loop.last %}, {% endif %}{% endfor %}{% set b %}Block {{ total }}{% endset %}{{ b }}"
    )
    values = next(one for one in SAMPLES if one.language == "de")
    letter, problems = site_with(tmp_path, text).render(Template.NOTIFICATION, values)
    assert problems == ()
    assert letter.text == "3 Zeilen1/2x, 2/2yBlock 3\n"
