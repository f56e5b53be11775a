"""What holds for every request: where it comes from, where it leads, what browsers are told (reliability §4, §5)."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from mailroute.store.mails import unfinished
from mailroute.store.signing_in import open_requests
from mailroute.web.security import BODY_BYTES, safe_path
from tests.support.web import KLARA, OFFICE, Pages, open_pages


@pytest.fixture(scope="module")
def pages() -> Iterator[Pages]:
    with open_pages() as opened:
        yield opened


@pytest.fixture(scope="module")
def secure() -> Iterator[Pages]:
    with open_pages(url="https://portal.abc-hausverwaltung.example") as opened:
        yield opened


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/sent", "/sign-in/unknown", "/nothing", "/"])
def test_every_page_tells_the_browser_to_run_nothing_but_our_files_and_to_keep_nothing(
    pages: Pages, path: str
) -> None:
    headers = pages.visit(KLARA).get(path).headers

    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    policy = dict(one.strip().split(" ", 1) for one in headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["content-security-policy"]


def test_no_page_has_a_style_or_a_script_of_its_own(pages: Pages) -> None:
    text = pages.stranger().get("/sign-in").text

    assert "style=" not in text
    assert "<style" not in text
    assert "onclick" not in text
    assert text.count("<script") == text.count("<script src=")


@pytest.mark.parametrize(
    "host",
    ["evil.example", "", "mailroute.example.evil.example", "mailroute.example:81", "evil@mailroute.example"],
)
def test_another_host_is_not_served(pages: Pages, host: str) -> None:
    answer = pages.stranger().get("/sign-in", headers={"Host": host, "X-Forwarded-Host": "mailroute.example"})

    assert answer.status_code == 421
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
        {"Sec-Fetch-Site": "same-site", "Origin": "http://evil.mailroute.example"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {"Sec-Fetch-Site": "SAME-ORIGIN"},
    ],
)
def test_what_another_site_sends_changes_nothing(pages: Pages, headers: dict[str, str]) -> None:
    klara = pages.visit(KLARA)

    assert klara.client.post("/sign-out", data={"csrf": klara.csrf}, headers=headers).status_code == 403
    assert klara.get("/").headers["location"] == "/tickets"


def test_a_browser_that_says_nothing_of_where_a_form_comes_from_is_not_believed(pages: Pages) -> None:
    client = pages.stranger().client
    del client.headers["origin"], client.headers["sec-fetch-site"]

    assert client.post("/sign-in", data={"address": KLARA}).status_code == 403
    assert (
        client.post(
            "/sign-in", data={"address": KLARA, "next": "/"}, headers={"Origin": pages.backroom.url}
        ).status_code
        == 303
    )


@pytest.mark.parametrize("token", [None, "", "0" * 32, "ü"])
def test_a_form_without_the_token_of_its_session_changes_nothing(pages: Pages, token: str | None) -> None:
    klara = pages.visit(KLARA)
    fields = {} if token is None else {"csrf": token}

    assert klara.client.post("/sign-out", data=fields).status_code == 403
    assert klara.get("/").headers["location"] == "/tickets"


def test_one_s_token_does_not_serve_another_session(pages: Pages) -> None:
    evil, klara = pages.visit("buero@musterfirma.example"), pages.visit(KLARA)

    assert klara.client.post("/sign-out", data={"csrf": evil.csrf}).status_code == 403


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/a\r\nSet-Cookie: x", "", "tickets", "/ü", "/" + "a" * 600, "/\t/evil.example"],
)  # fmt: skip
def test_nothing_leads_to_another_site(pages: Pages, wanted: str) -> None:
    assert safe_path(wanted) == "/"
    answer = pages.stranger().post(pages.link_for(KLARA, next_=wanted))
    assert answer.headers["location"] == "/"


@pytest.mark.parametrize("wanted", ["/", "/tickets/10001", "/search?q=a%20b&page=2"])
def test_our_own_paths_are_kept(wanted: str) -> None:
    assert safe_path(wanted) == wanted


def test_too_much_is_refused_before_it_is_read(pages: Pages) -> None:
    answer = pages.stranger().client.post(
        "/sign-in", content=b"x", headers={"Content-Length": str(BODY_BYTES + 1)}
    )

    assert answer.status_code == 413


def test_of_a_stranger_no_more_is_read_than_they_can_have_to_say(pages: Pages) -> None:
    """Five hundred at once could put 36 GB into the temporary directory, with a cookie that anybody can make up."""
    stranger = pages.stranger()
    for cookies in ({}, {"mailroute": "made-up"}):
        stranger.client.cookies.update(cookies)
        fields = {"csrf": stranger.csrf, "address": "endless@muster.example"}
        files = [("files", ("a.jpg", b"x" * 100_000, "image/jpeg"))]
        assert stranger.client.post("/sign-in", data=fields, files=files).headers["location"] == "/sign-in"
        endless = stranger.client.post("/sign-in", content=iter([b"address=endless@muster.example"]))
        assert endless.headers["location"] == "/sign-in"
    with pages.store.read() as conn:
        assert "endless@muster.example" not in [one.address for one in open_requests(conn)]


def test_of_a_customer_large_forms_are_read_only_where_there_is_something_to_write(pages: Pages) -> None:
    klara = pages.visit(KLARA)
    big = [("files", ("a.jpg", b"x" * 100_000, "image/jpeg"))]

    assert klara.post("/settings", files=big, copies="daily").status_code == 413
    assert klara.post("/message", files=big).status_code == 422


def test_one_customer_cannot_fill_the_books_with_messages(pages: Pages) -> None:
    """Thirty in a quarter of an hour; what is refused is not read, and nobody else has to wait."""
    pages.backroom.codes.forgive()
    pages.backroom.messages.forgive()
    klara, office = pages.visit(KLARA), pages.visit(OFFICE)
    sent = [klara.post("/message", text=f"Nachricht {n}").status_code for n in range(31)]
    with pages.store.read() as conn:
        kept = unfinished(conn)

    assert sent == [303] * 30 + [429]
    assert kept == 30
    assert klara.post("/settings").status_code == 303
    assert office.post("/message", text="Auch eine").status_code == 303
    pages.clock.advance(timedelta(minutes=16))
    assert klara.post("/message", text="Noch eine").status_code == 303


@pytest.mark.parametrize("body", [b"--x\r\nbroken", b"", b"\x00\xff" * 100])
def test_a_mangled_form_is_an_error_of_the_sender(pages: Pages, body: bytes) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    assert pages.stranger().client.post("/sign-in", content=body, headers=headers).status_code in (400, 422)


@pytest.mark.parametrize(
    "charset",
    ["undefined", "punycode", "unicode_escape", "utf-7", "utf-16", '"u\0"', "utf-8; charset=idna", "utf-8x"],
)
def test_nobody_chooses_a_codec_that_fails_on_a_form(pages: Pages, charset: str) -> None:
    """Such a form was a fault of ours in the log, and could bring half of a character past the parser."""
    body = b'--x\r\nContent-Disposition: form-data; name="address"\r\n\r\n\\ud800 +2AA-\r\n--x--\r\n'
    headers = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}

    assert pages.stranger().client.post("/sign-in", content=body, headers=headers).status_code == 400


@pytest.mark.parametrize("told", ["", ";charset=UTF-8", '; charset="utf-8"'])
def test_a_form_may_say_that_it_is_in_the_encoding_of_our_pages(pages: Pages, told: str) -> None:
    headers = {"Content-Type": f"application/x-www-form-urlencoded{told}"}
    answer = pages.stranger().client.post("/sign-in", content=f"address={KLARA}", headers=headers)

    assert answer.headers["location"] == "/sign-in/sent"


def test_over_https_cookies_are_bound_to_this_host_and_the_browser_stays_with_https(secure: Pages) -> None:
    answer = secure.stranger().post(secure.link_for(KLARA))

    cookie = next(one for one in answer.headers.get_list("set-cookie") if one.startswith("__Host-mailroute="))
    assert {"HttpOnly", "Secure", "SameSite=lax", "Path=/"} <= set(cookie.split("; "))
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


def test_a_page_that_is_not_there_says_so_in_the_reader_s_language(pages: Pages) -> None:
    german, english = pages.stranger(), pages.stranger(headers={"Accept-Language": "en"})

    assert "Das gibt es hier nicht" in german.get("/nothing").text
    assert "There is nothing here" in english.get("/nothing").text
    assert german.get("/nothing").status_code == 404
