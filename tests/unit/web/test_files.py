"""Files and HTML of mails leave only by signed addresses, and never as part of a page of ours (reliability §5)."""

import re
from collections.abc import Iterator
from datetime import timedelta
from email import policy
from email.message import EmailMessage

import pytest
from starlette.requests import Request

from mailroute.web.files import file_address, frame_address
from tests.support.web import URL, Pages, open_pages

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40
EVIL_NAME = 'über "alles"\r\nX-Evil: 1/../../etc/passwd.html'


def the_mail() -> bytes:
    """Text, HTML with a picture of its own, a PDF with a hostile name, an HTML file."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "mueller@mieter.example", "service@abc-hausverwaltung.example"
    mail["Subject"], mail["Message-ID"] = "Foto", "<foto@mieter.example>"
    mail.set_content("Guten Tag, anbei ein Foto.")
    html = "<p>Guten Tag, <script>alert(1)</script><img src='cid:bild@x'><img src='https://evil.example/p.png'></p>"
    mail.add_alternative(html, subtype="html")
    related = mail.get_payload()[1]  # type: ignore[index]  # the HTML part
    related.add_related(PNG, "image", "png", cid="<bild@x>", filename="bild.png")  # type: ignore[union-attr]
    mail.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="Rechnung März.pdf")
    mail.add_attachment(b"<script>alert(1)</script>", maintype="text", subtype="html", filename="x.html")
    return mail.as_bytes(policy=policy.SMTP)


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        opened.take(the_mail())
        yield opened


@pytest.fixture(scope="module")
def request_(pages: Pages) -> Request:
    """What a page of ours has in hand when it gives an address out."""
    app = pages.stranger().client.app
    return Request({"type": "http", "app": app, "headers": [], "method": "GET", "path": "/"})


def parts(pages: Pages) -> dict[str, int]:
    """The files of the mail by their names."""
    from mailroute.message.parse import parse

    return {one.name: one.part for one in parse(the_mail()).attachments}


def test_a_file_is_a_download_and_nothing_else(pages: Pages, request_: Request) -> None:
    address = file_address(request_, "abc", 1, parts(pages)["x.html"])

    answer = pages.stranger().get(address)

    assert answer.content == b"<script>alert(1)</script>"
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox; frame-ancestors 'none'"
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


def test_a_file_keeps_its_name_in_old_and_new_browsers(pages: Pages, request_: Request) -> None:
    answer = pages.stranger().get(file_address(request_, "abc", 1, parts(pages)["Rechnung März.pdf"]))

    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"Rechnung M_rz.pdf\"; filename*=UTF-8''Rechnung%20M%C3%A4rz.pdf"
    )


def test_a_picture_may_be_shown_by_a_page_of_ours(pages: Pages, request_: Request) -> None:
    answer = pages.stranger().get(file_address(request_, "abc", 1, parts(pages)["bild.png"]))

    assert (answer.headers["content-type"], answer.content) == ("image/png", PNG)


def test_an_address_is_dead_after_some_minutes_and_no_other_can_be_made_of_it(
    pages: Pages, request_: Request
) -> None:
    stranger = pages.stranger()
    address = file_address(request_, "abc", 1, parts(pages)["bild.png"])
    _, kind, org, intake, part, until, token = address.split("/")
    others = [
        (kind, org, "2", part, until, token),
        (kind, org, intake, "0", until, token),
        (kind, "other", intake, part, until, token),
        (kind, org, intake, part, str(int(until) + 1), token),
        (kind, org, intake, part, until, token[:-1]),
        (kind, org, "9" * 30, part, until, token),
        ("mail", org, intake, until, token),
    ]

    assert stranger.get(address).status_code == 200
    assert {stranger.get("/".join(("", *one))).status_code for one in others} == {404}
    pages.clock.advance(timedelta(minutes=12))
    assert stranger.get(address).status_code == 404


def test_a_file_that_is_not_there_is_not_there(pages: Pages, request_: Request) -> None:
    stranger = pages.stranger()

    assert stranger.get(file_address(request_, "abc", 1, 999)).status_code == 404
    assert stranger.get(file_address(request_, "abc", 999, 1)).status_code == 404
    assert stranger.get(frame_address(request_, "abc", 999)).status_code == 404


def test_the_html_of_a_mail_is_a_page_of_its_own_that_can_do_nothing(pages: Pages, request_: Request) -> None:
    answer = pages.stranger().get(frame_address(request_, "abc", 1))

    assert "Guten Tag" in answer.text
    assert "script" not in answer.text
    assert "evil" not in answer.text
    policy_ = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy_
    assert "script-src" not in policy_
    assert "sandbox allow-popups allow-popups-to-escape-sandbox" in policy_
    assert "unsafe" not in policy_
    assert "'self'" in policy_.partition("frame-ancestors")[2]


def test_the_pictures_that_came_with_a_mail_are_shown_in_it(pages: Pages, request_: Request) -> None:
    frame = pages.stranger().get(frame_address(request_, "abc", 1))

    [picture] = re.findall(rf'<img src="{re.escape(URL)}(/files/[^"]+)"', frame.text)
    answer = pages.stranger().get(picture)
    assert answer.content == PNG
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
