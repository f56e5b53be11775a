import pytest

from mailroute.message.bodytext import best_text, html_to_text, unflow
from mailroute.message.structure import read_mail
from mailroute.model.limits import TEXT_CHARS


def text_of(content: str) -> str:
    return best_text(read_mail(content.encode())[1]).text


def alternative(plain: str, html: str) -> str:
    return (
        "Content-Type: multipart/alternative; boundary=b\n\n"
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{plain}\n"
        f"--b\nContent-Type: text/html; charset=utf-8\n\n{html}\n--b--\n"
    )


def test_plain_text_is_preferred_where_it_says_something() -> None:
    assert (
        text_of(alternative("Die Heizung ist kalt.", "<p>Die <b>Heizung</b> ist kalt.</p>"))
        == "Die Heizung ist kalt."
    )


@pytest.mark.parametrize(
    "stub", ["", " \n", "Diese Nachricht bitte im Browser anzeigen.", "This is an HTML message."]
)
def test_html_is_read_where_plain_text_is_a_stub(stub: str) -> None:
    assert text_of(alternative(stub, "<p>Die Heizung ist kalt.</p>")) == "Die Heizung ist kalt."


def test_html_in_a_part_that_calls_itself_plain_is_read_as_html() -> None:
    assert text_of("Subject: x\n\n<html><body><p>Kalt&auml;</p></body></html>") == "Kaltä"


def test_several_texts_of_a_mail_are_read_one_after_the_other() -> None:
    content = "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nEins\n--b\nContent-Type: image/png\n\nx\n--b\n\nZwei\n--b--"
    assert text_of(content) == "Eins\n\nZwei"


def test_a_text_file_is_no_text_of_the_mail() -> None:
    content = (
        "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nEins\n"
        "--b\nContent-Type: text/plain; name=liste.txt\n\nZwei\n"
        "--b\nContent-Disposition: attachment\n\nDrei\n--b--"
    )
    assert text_of(content) == "Eins"


def test_a_long_text_is_cut() -> None:
    body = best_text(read_mail(b"A: b\n\n" + b"x" * (TEXT_CHARS + 1))[1])
    assert (len(body.text), body.defects) == (TEXT_CHARS, ["text-cut"])
    body = best_text(read_mail(b"A: b\n\n" + b"x" * TEXT_CHARS)[1])
    assert (len(body.text), body.defects) == (TEXT_CHARS, [])


def test_hidden_parts_and_scripts_of_html_are_not_read() -> None:
    html = (
        "<head><title>T</title></head><body><p hidden>a</p><p style='color:red;display: none'>b</p><script>c</script>"
        "<style>d</style><p>Text</p></body>"
    )
    assert html_to_text(html) == "Text"


def test_quoted_blocks_of_html_become_marked_lines() -> None:
    html = '<p>neu</p><blockquote type="cite"><p>alt</p><blockquote type="cite">sehr alt</blockquote></blockquote><p>auch neu</p>'
    lines = [line for line in html_to_text(html).split("\n") if line.strip("> ")]
    assert lines == ["neu", "> alt", ">> sehr alt", "auch neu"]


def test_an_indented_block_of_html_is_no_quote() -> None:
    assert html_to_text("<p>a</p><blockquote>eingerückt</blockquote>").split() == ["a", "eingerückt"]


@pytest.mark.parametrize("html", ["", "<", "<!--", "\0", "<p", "&#0;&#xd800;", "<body>", "\ue0f0\ue0f1"])
def test_html_of_any_kind_gives_a_text(html: str) -> None:
    assert "\0" not in html_to_text(html)


def test_lists_nested_beyond_reason_stay_readable() -> None:
    text = html_to_text("<ul><li>a" * 5000 + "ende")
    assert text.endswith("ende")
    assert len(text) < 100_000


def test_flowed_lines_are_joined_but_quotes_keep_their_depth() -> None:
    flowed = "Erster Teil \nzweiter Teil.\n> alt \n> noch alt\n>> älter\n-- \nName"
    assert unflow(flowed, False) == "Erster Teil zweiter Teil.\n> alt noch alt\n>> älter\n-- \nName"


def test_delsp_joins_without_a_blank() -> None:
    assert unflow("Haus \ntür", True) == "Haustür"


def test_a_flowed_text_may_end_softly_and_may_be_stuffed() -> None:
    assert unflow(" From hier \n", False) == "From hier"
