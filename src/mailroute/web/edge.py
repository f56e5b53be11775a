"""The edge of the web application: whatever happens behind it, a person gets a page that says what to do."""

from __future__ import annotations

import traceback
from http import HTTPStatus
from urllib.parse import quote

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mailroute import log
from mailroute.errors import TryLater
from mailroute.web.pages import page

# Those that a page has words of its own for; every other one says that something went wrong.
_TOLD = (400, 403, 404, 405, 413, 429, 503)


class Edge:
    """Turns what nobody caught into a page, and logs it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the request pass; answer it here if that fails before the answer has begun."""
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = begun or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            # They have gone, a phone in a tunnel, or sent more than there may be: no mistake of ours.
            if not begun:
                await error_page(Request(scope), 413)(scope, receive, send)
        except Exception as error:  # noqa: BLE001 - the edge of the web application (design §11)
            status = _noted(error)
            if not begun and scope["type"] == "http":
                await error_page(Request(scope), status)(scope, receive, send)


def _noted(error: Exception) -> int:
    if isinstance(error, TryLater):
        log.emit("store-unavailable", error=type(error).__name__)
        return 503
    frame = traceback.extract_tb(error.__traceback__)[-1]
    log.emit(
        "web-fault", error=type(error).__name__, at=f"{frame.filename.rpartition('/')[2]}:{frame.lineno}"
    )
    return 500


def error_page(request: Request, status: int) -> Response:
    """What somebody sees where there is nothing to see."""
    key = status if status in _TOLD else 500
    response = page(request, "error.html", status, key=key)
    if status in (429, 503):
        response.headers["Retry-After"] = "60"
    return response


async def answer_refusal(request: Request, error: Exception) -> Response:
    """A page for what a handler refused: 404 and its like."""
    assert isinstance(error, HTTPException)
    response = error_page(request, error.status_code)
    response.headers.update(error.headers or {})
    return response


async def lead_to_sign_in(request: Request, _: Exception) -> Response:
    """Nobody is signed in: off to the sign-in page, and back to a page that can simply be looked at."""
    wanted = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    back = f"?next={quote(wanted, safe='/')}" if request.method == "GET" and wanted != "/" else ""
    return RedirectResponse(f"/sign-in{back}", HTTPStatus.SEE_OTHER)
