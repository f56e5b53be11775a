"""What came with a mail: its files as downloads, and its HTML in a frame of its own.

Neither asks who is there: an address is signed and good for some minutes, and only a page that has looked whether its
reader may see the ticket gives it out (`file_address`, `frame_address`). So no answer here depends on a cookie, and
nothing that a stranger sent is ever part of a page of ours.

    Route("/tickets/{number:int}/files/{intake:int}/{part:int}", …)   # the area looks whether one may, then
    return RedirectResponse(file_address(request, organisation, intake, part), 303)
    <iframe sandbox="allow-popups allow-popups-to-escape-sandbox" class="mail" src="{{ frame }}" title="…"></iframe>
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from urllib.parse import quote

from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from mailroute.errors import Broken
from mailroute.message.as_html import html_of
from mailroute.message.files import attachment_bytes
from mailroute.message.parse import parse
from mailroute.model import tokens
from mailroute.model.message import Attachment
from mailroute.store.mails import content_of_intake
from mailroute.web.backroom import backroom, now, read
from mailroute.web.mail_html import harmless
from mailroute.web.pages import static

# Long enough to press a button, and for a picture to be loaded again when somebody goes back.
_GOOD_FOR = timedelta(minutes=10)
# What browsers may show by themselves where a page of ours asks for it; everything else is only a file.
_SHOWN = frozenset(("image/gif", "image/jpeg", "image/png", "image/webp"))
_NAME_CHARS = 120


def file_address(request: Request, organisation: str, intake: int, part: int) -> str:
    """The address of a file for the next ten minutes. Give it only to who may see it."""
    until = _until(request)
    return f"/files/{organisation}/{intake}/{part}/{until}/{_signed(request, 'file', organisation, intake, part, until)}"


def frame_address(request: Request, organisation: str, intake: int) -> str:
    """The address of a mail's HTML for the next ten minutes. Give it only to who may see it."""
    until = _until(request)
    return f"/mail/{organisation}/{intake}/{until}/{_signed(request, 'mail', organisation, intake, 0, until)}"


async def file(request: Request) -> Response:
    """One file of a mail, as a download."""
    organisation, intake, part = _asked(request, "file")
    content = await _content(request, organisation, intake)
    found = await run_in_threadpool(_file, content, part, backroom(request).site().keys)
    if found is None:
        raise HTTPException(404)
    attachment, data = found
    kind = attachment.type if attachment.type in _SHOWN else "application/octet-stream"
    headers = {
        "Content-Disposition": f"attachment; {_names(attachment.name)}",
        "Content-Security-Policy": "default-src 'none'; sandbox; frame-ancestors 'none'",
        # The frame of a mail has an origin of its own, which must be let to show the pictures of that mail.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    return Response(data, media_type=kind, headers=headers)


async def mail(request: Request) -> Response:
    """A mail as its author saw it, its HTML harmless, as a page of its own that only our pages may frame."""
    organisation, intake, _ = _asked(request, "mail")
    content = await _content(request, organisation, intake)
    url = backroom(request).url

    def picture(part: int) -> str:
        return f"{url}{file_address(request, organisation, intake, part)}"

    body = await run_in_threadpool(_body, content, backroom(request).site().keys, picture)
    text = Markup(
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>Mail</title>'
        '<link rel="stylesheet" href="{}"></head><body>{}</body></html>\n'
    ).format(f"{url}{static('mail.css')}", Markup(body))  # noqa: S704 - `harmless` has made it so
    policy = f"default-src 'none'; img-src {url}/files/; style-src {url}/static/; frame-ancestors 'self'; "
    policy += "base-uri 'none'; form-action 'none'; sandbox allow-popups allow-popups-to-escape-sandbox"
    return HTMLResponse(text, headers={"Content-Security-Policy": policy})


# --- signing --------------------------------------------------------------------------------------------------


def _until(request: Request) -> int:
    """Whole minutes since 1970, so that a page that is loaded again finds the same addresses."""
    return int((now(request) + _GOOD_FOR).timestamp()) // 60


def _signed(request: Request, what: str, organisation: str, intake: int, part: int, until: int) -> str:
    keyring = backroom(request).site().keyring
    return tokens.sign(keyring, f"web-{what}", organisation, str(intake), str(part), str(until))


def _asked(request: Request, what: str) -> tuple[str, int, int]:
    """Organisation, mail and file that an address names. Raises 404 unless it is ours and still good."""
    given = request.path_params
    organisation, intake, part = str(given["organisation"]), int(given["intake"]), int(given.get("part", 0))
    until, keyring = int(given["until"]), backroom(request).site().keyring
    parts = (organisation, str(intake), str(part), str(until))
    if not tokens.verify(keyring, str(given["token"]), f"web-{what}", *parts):
        raise HTTPException(404)
    if until * 60 < now(request).timestamp():
        raise HTTPException(404)
    return organisation, intake, part


# --- reading --------------------------------------------------------------------------------------------------


async def _content(request: Request, organisation: str, intake: int) -> bytes:
    try:
        return await read(request, lambda conn: content_of_intake(conn, organisation, intake))
    except Broken:
        raise HTTPException(404) from None


def _file(content: bytes, part: int, keys: tuple[bytes, ...]) -> tuple[Attachment, bytes] | None:
    found = next((one for one in parse(content, keys=keys).attachments if one.part == part), None)
    data = attachment_bytes(content, part, keys) if found is not None else None
    return None if found is None or data is None else (found, data)


def _body(content: bytes, keys: tuple[bytes, ...], address: Callable[[int], str]) -> str:
    """The HTML of a mail made harmless; of one without HTML all of its text."""
    html = html_of(content, keys)
    if html is None:
        return Markup("<pre>{}</pre>").format(parse(content, keys=keys).text)

    def picture(name: str) -> str | None:
        part = html.pictures.get(name)
        return address(part) if part is not None else None

    return harmless(html.source, picture)


def _names(name: str) -> str:
    """The file's name for old and new browsers (RFC 6266 §4.3, RFC 8187)."""
    clean = "".join(one for one in name if one.isprintable() and one not in '/\\"').strip(" .")[:_NAME_CHARS]
    plain = clean.encode("ascii", "replace").decode("ascii").replace("?", "_").replace("%", "_")
    return f"filename=\"{plain or 'file'}\"; filename*=UTF-8''{quote(clean or 'file', safe='')}"


ROUTES = (
    Route("/files/{organisation}/{intake:int}/{part:int}/{until:int}/{token}", file, methods=["GET"]),
    Route("/mail/{organisation}/{intake:int}/{until:int}/{token}", mail, methods=["GET"]),
)
