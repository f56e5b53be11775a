"""What holds for every request, whatever page it asks for: pure ASGI, so that nothing can slip past it.

The host must be ours, what changes anything must come from our own pages, bodies are bounded, and every answer tells
the browser to run nothing but our own files and to keep nothing private.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# More than the 35 MB that a message may have, so that somebody a little above hears it at the field, with their words kept.
BODY_BYTES = 72 * 1024 * 1024
_SAFE = ("GET", "HEAD", "OPTIONS")
_HERE = "127.0.0.1"

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": PAGE_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: with that browsers send `Origin: null` with our own forms.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "X-Robots-Tag": "noindex, nofollow",
    "Cache-Control": "no-store",
}


class Shield:
    """Refuses what is not meant for us, and puts the headers on every answer that does not bring its own."""

    def __init__(self, app: ASGIApp, *, url: str) -> None:
        self._app = app
        self._host = urlsplit(url).netloc.lower()
        self._origin = url.lower()
        self._headers = dict(_HEADERS)
        if url.startswith("https://"):
            self._headers["Strict-Transport-Security"] = "max-age=31536000"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at the head of the request, then let it pass or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        refused = self._refused(scope)
        app = self._app if refused is None else refused
        await app(scope, _bounded(receive), self._protected(send))

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.get("host", "").lower() != self._host:
            return PlainTextResponse("This address is not served here.\n", 421)
        if scope["method"] not in _SAFE and not self._is_from_our_pages(headers):
            return PlainTextResponse("This was not sent from one of our own pages.\n", 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length[:20]) > BODY_BYTES:
            return PlainTextResponse("This is more than 35 MB.\n", 413)
        return None

    def _is_from_our_pages(self, headers: Headers) -> bool:
        """Browsers say where a request comes from; those that do not say either are not believed."""
        site, origin = headers.get("sec-fetch-site"), headers.get("origin")
        if site is not None and site != "same-origin":
            return False
        return origin.lower() == self._origin if origin is not None else site is not None

    def _protected(self, send: Send) -> Send:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        return with_headers


class FromHere:
    """Whoever comes over a unix socket, where nobody has an address, comes from this machine.

    So of the addresses in `X-Forwarded-For` the one that the proxy itself saw counts there too, not what a client wrote
    before it.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Name the peer, then let the request pass."""
        if scope["type"] == "http" and scope.get("client") is None:
            scope["client"] = (_HERE, 0)
        await self._app(scope, receive, send)


def _bounded(receive: Receive) -> Receive:
    """A body without a length ends where it becomes too long: the client is as good as gone."""
    seen = 0

    async def counted() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b""))
        return message if seen <= BODY_BYTES else {"type": "http.disconnect"}

    return counted


def safe_path(wanted: str) -> str:
    """A path of ours to go on to, "/" for anything that could lead elsewhere (an open redirect)."""
    is_path = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    plain = wanted.isascii() and wanted.isprintable() and "\\" not in wanted
    return wanted if is_path and plain and len(wanted) <= 500 else "/"
