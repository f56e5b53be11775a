"""A stranger's HTML made harmless: nothing runs, nothing is fetched from elsewhere, nothing pretends to be our page."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import unquote

import nh3

_TEXT = """
    a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del dfn div dl dt
    em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark ol p pre q s samp section
    small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr
"""
_TAGS = set(_TEXT.split())
_ATTRIBUTES = {
    "*": {"dir", "lang", "title"},
    "a": {"href"},
    "img": {"alt", "height", "src", "width"},
    "td": {"align", "colspan", "rowspan", "valign"},
    "th": {"align", "colspan", "rowspan", "scope", "valign"},
    "ol": {"start", "type"},
}
# With these their words go too.
_GONE = {
    "head",
    "noscript",
    "object",
    "script",
    "select",
    "style",
    "svg",
    "textarea",
    "title",
    "math",
    "template",
}
_LEADS = ("http://", "https://", "mailto:", "tel:")


def harmless(source: str, picture: Callable[[str], str | None]) -> str:
    """The same text without styles, scripts, forms, frames and foreign pictures.

    `picture` gives the address of a picture that came with the mail by its Content-ID, or None. Links keep their
    aim, and open elsewhere without saying where they came from.
    """

    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            scheme, _, name = value.strip().partition(":")
            return picture(unquote(name).lower()) if scheme.lower() == "cid" else None
        if attribute == "href":
            return value if value.strip().lower().startswith(_LEADS) else None
        return value

    return nh3.clean(
        source,
        tags=_TAGS,
        clean_content_tags=_GONE,
        attributes=_ATTRIBUTES,
        attribute_filter=keep,
        url_schemes={"cid", "http", "https", "mailto", "tel"},
        link_rel="noopener noreferrer nofollow",
        set_tag_attribute_values={"a": {"target": "_blank"}},
    )
