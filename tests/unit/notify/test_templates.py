"""Templates: found in the right order, checked before they are used, harmless whatever is written in them."""

from pathlib import Path

import pytest

from mailroute.errors import Broken
from mailroute.model.letter import Template
from mailroute.notify.samples import FULL
from mailroute.notify.templates import Templates, load
from tests.support.letters import SHIPPED, a_notice, shipped_templates, write


def a_site(folder: Path, files: dict[str, str]) -> Templates:
    """Templates of a site before ours."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return load((folder, SHIPPED), "de")


def test_our_own_templates_have_no_mistakes() -> None:
    assert shipped_templates().lint() == ()


@pytest.mark.parametrize("language", ["de", "en"])
@pytest.mark.parametrize("template", list(Template), ids=str)
def test_every_letter_is_there_in_both_languages(template: Template, language: str) -> None:
    assert (SHIPPED / language / f"{template}.txt").is_file()


def test_a_site_s_text_comes_before_ours_and_without_our_html(tmp_path: Path) -> None:
    templates = a_site(tmp_path, {"de/reminder.txt": "Subject: Hallo {{ number }}\n\nBitte melden.\n"})
    rendered, faults = templates.render(Template.REMINDER, FULL)
    assert (rendered.subject, rendered.text, rendered.html, faults) == (
        "Hallo T-10428",
        "Bitte melden.\n",
        "",
        (),
    )


def test_a_site_s_layout_dresses_our_letters(tmp_path: Path) -> None:
    templates = a_site(tmp_path, {"layout.html": "<p>Firma</p>{% block content %}{% endblock %}"})
    assert templates.render(Template.NOTIFICATION, FULL)[0].html.startswith("<p>Firma</p>")


def test_a_language_without_the_letter_falls_back_to_the_organisation_s(tmp_path: Path) -> None:
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "reminder.txt").write_text("Subject: nur deutsch\n\nText\n")
    rendered, _ = load((tmp_path,), "de").render(Template.REMINDER, FULL)
    assert (rendered.subject, rendered.language) == ("nur deutsch", "de")


def test_a_failing_template_of_a_site_gives_way_to_ours_and_is_reported(tmp_path: Path) -> None:
    templates = a_site(tmp_path, {"de/reminder.txt": "Subject: x\n\nHallo\n{{ nummer }}\n"})
    composed = write(a_notice(Template.REMINDER), templates=templates)
    assert "Erinnerung" in composed.letters[0].subject
    (fault,) = composed.faults
    assert (fault.file, fault.line) == (f"{tmp_path.name}/de/reminder.txt", 4)
    assert "nummer" in fault.message


def test_no_template_at_all_is_a_bug_of_ours(tmp_path: Path) -> None:
    with pytest.raises(Broken):
        load((tmp_path,), "de").render(Template.REMINDER, FULL)


@pytest.mark.parametrize(
    ("name", "text", "line", "says"),
    [
        ("de/reminder.txt", "Betreff: x\n\ny\n", 1, "first line"),
        ("de/reminder.txt", "Subject: \n\ny\n", 1, "first line"),
        ("de/reminder.txt", "Subject: x\ny\n", 2, "second line"),
        ("de/reminder.txt", "Subject: {{ wer }}\n\ny\n", 1, "wer"),
        ("de/reminder.txt", "Subject: x\n\ny\n{% if %}\n", 4, ""),
        ("de/reminder.txt", "Subject: x\n\ny\n{{ number|attr('x') }}\n", 4, "filter"),
        ("de/reminder.txt", "Subject: x\n\n{{ number.__class__ }}\n", 3, "cannot read"),
        ("de/reminder.txt", "Subject: x\n\n{{ number.upper() }}\n", 3, "can call nothing"),
        ("de/reminder.txt", "Subject: x\n\n{{ 'a' * 100000000 }}\n", 3, "cannot calculate"),
        ("de/reminder.txt", "Subject: x\n\n{{ '%1000000000d' % 1 }}\n", 3, "cannot calculate"),
        ("de/reminder.txt", "Subject: x\n\n{{ number + 1 }}\n", 3, ""),
        ("de/reminder.txt", "Subject: x\n\n{% include '/etc/passwd' %}\n", 3, "passwd"),
        ("de/reminder.txt", "Subject: x\n\n{% include '../en/reminder.txt' %}\n", 3, "reminder"),
        ("de/reminder.txt", "Subject: x\n\n{{ reporter.telefon }}\n", 3, "telefon"),
        ("de/remainder.txt", "Subject: x\n\ny\n", 0, "no letter is called"),
        ("fr/reminder.txt", "Subject: x\n\ny\n", 0, "language"),
    ],
)
def test_lint_says_where_and_what(tmp_path: Path, name: str, text: str, line: int, says: str) -> None:
    (found,) = a_site(tmp_path, {name: text}).lint()
    assert (found.file, found.line) == (f"{tmp_path.name}/{name}", line)
    assert says in found.message


def test_html_without_its_text_is_a_mistake(tmp_path: Path) -> None:
    (found,) = a_site(tmp_path, {"de/reminder.html": "<p>x</p>"}).lint()
    assert "text of this letter is missing" in found.message


def test_a_letter_that_grows_without_end_is_stopped(tmp_path: Path) -> None:
    loops = "{% for a in text %}" * 5 + "x" * 10_000 + "{% endfor %}" * 5
    (found,) = a_site(tmp_path, {"de/reminder.txt": f"Subject: x\n\n{loops}\n"}).lint()
    assert "characters" in found.message


def test_customer_s_text_is_never_a_template() -> None:
    (letter,) = write(a_notice(Template.NOTIFICATION, text="{{ 7 * 7 }} {% include 'layout.html' %}")).letters
    assert b"{{ 7 * 7 }} {% include" in letter.content
