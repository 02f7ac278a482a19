"""Who may ask, and how much: a wrapper around the whole application.

The studio listens on the loopback interface only, yet other users of this machine reach it
there, and so do pages of other sites that are open in the same browser.  A request has to
bring the token of this start (`start_token`).  The `Host` must be a name of this machine (a
site that has its own name point here, "DNS rebinding", is refused), and the `Origin`, where the
browser says one, must be the studio's own page.  Browsers also say `Sec-Fetch-Site`, which
gives away requests without an `Origin`, such as those of images.

Bodies are cut off beyond a limit: a small one for everything but uploads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from html import escape
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drumnet.studio.errors import ForbiddenError, StrangerError, StudioError, TooLargeError
from drumnet.studio.web.start_token import Door, says_a_token, without_token

#: No request but an upload is larger.
MAX_JSON_BYTES = 16 * 2**20

_SECURITY_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; "
        "style-src 'self' 'unsafe-inline'; worker-src 'self' blob:; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}
_NOT_TOLD = (
    "open the address that drumnet studio has printed: since its start the studio answers only "
    "those who know it"
)
_HOST = re.compile(r"(\[[0-9a-fA-F:.]+\]|[\w.-]+)(?::\d{0,5})?", re.ASCII)


class Guard:
    """Answers what is refused, and hands on the rest.

    Args:
        api_prefix: of the paths that no other site may even link to.
    """

    def __init__(
        self, app: ASGIApp, api_prefix: str, upload_paths: tuple[str, ...], token: str
    ) -> None:
        self.app = app
        self._api_prefix = api_prefix
        self._upload_paths = upload_paths
        self._door = Door(token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":  # the studio has no web sockets
            await send({"type": "websocket.close"})
            return
        headers = Headers(scope=scope)

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = ((key.encode(), value.encode()) for key, value in _SECURITY_HEADERS.items())
                message = {**message, "headers": [*message.get("headers", []), *own]}
            await send(message)

        is_api = scope["path"].startswith(self._api_prefix)
        is_upload = scope["path"].endswith(self._upload_paths)
        try:
            check_sender(headers, is_api=is_api)
            if says_a_token(scope) and self._lets_in(scope, headers):
                await self._open(scope, headers, secured)
                return
            if not self._door.is_open_to(scope, headers):
                raise StrangerError(_NOT_TOLD)
            if not is_upload and _announced_bytes(headers) > MAX_JSON_BYTES:
                raise _too_large()
        except StudioError as fault:
            await (_refuse if is_api else _refuse_page)(fault, secured)
            return
        limited = receive if is_upload else _Limited(receive)
        await self.app(scope, limited, secured)

    def _lets_in(self, scope: Scope, headers: Headers) -> bool:
        return self._door.is_named_in(scope) or self._door.is_open_to(scope, headers)

    async def _open(self, scope: Scope, headers: Headers, send: Send) -> None:
        """Set the cookie and lead on to the page, so that the token stands nowhere."""
        place = without_token(scope)
        cookie = []
        if self._door.is_named_in(scope):
            cookie = [(b"set-cookie", self._door.cookie(scope).encode())]
        if headers.get("sec-fetch-site", "none") in ("same-origin", "none"):
            await _answer(303, "", "text/plain", send, [*cookie, (b"location", place.encode())])
            return
        # Where a link of another site led here, as in a terminal in the browser, the cookie is
        # not sent along when the browser is led on, but it is when our own page goes on.
        await _answer(200, _page(f'<meta http-equiv="refresh" content="0;url={escape(place)}">'),
                      "text/html", send, cookie)  # fmt: skip


class _Limited:
    """A body that may not grow beyond the limit, whatever was announced."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._left = MAX_JSON_BYTES

    async def __call__(self) -> Message:
        message = await self._receive()
        if message["type"] == "http.request":
            self._left -= len(message.get("body", b""))
            if self._left < 0:
                raise _too_large()
        return message


def check_sender(headers: Headers, *, is_api: bool) -> None:
    """Raises:
    ForbiddenError: the request comes from another site, or under another name.
    """
    host = headers.get("host", "")
    if not is_loopback(host):
        raise ForbiddenError(
            f"the studio answers on this machine only, not as '{host[:100]}': "
            "open http://127.0.0.1 with its port"
        )
    origin = headers.get("origin")
    if origin is not None and origin.lower() != f"http://{host}".lower():
        raise ForbiddenError(
            f"requests from '{origin[:100]}' are refused: use the studio's own page"
        )
    site = headers.get("sec-fetch-site", "none")
    if is_api and site not in ("same-origin", "none"):
        raise ForbiddenError("requests from another site are refused: use the studio's own page")


def is_loopback(host: str) -> bool:
    """Whether a `Host` is a name of this machine.

    >>> [is_loopback(host) for host in ("localhost:80", "127.0.0.1:8765", "[::1]:8765")]
    [True, True, True]
    >>> is_loopback("studio.example:8765"), is_loopback("[::1]evil"), is_loopback("")
    (False, False, False)
    """
    found = _HOST.fullmatch(host)
    if found is None:
        return False
    name = found[1].strip("[]").lower()
    if name == "localhost":
        return True
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return False


def _announced_bytes(headers: Headers) -> int:
    length = headers.get("content-length", "0")
    return int(length) if length.isascii() and length.isdecimal() else 0


def _too_large() -> TooLargeError:
    return TooLargeError(f"a request of more than {MAX_JSON_BYTES // 2**20} MB is not taken")


async def _refuse(fault: StudioError, send: Send) -> None:
    # The connection stays: the server reads what is still sent, so that the answer arrives.
    await _answer(fault.status, json.dumps({"error": str(fault)}), "application/json", send)


async def _refuse_page(fault: StudioError, send: Send) -> None:
    await _answer(fault.status, _page(f"<p>{escape(str(fault))}"), "text/html", send)


def _page(content: str) -> str:
    return f"<!doctype html><title>DrumNet studio</title>{content}"


async def _answer(
    status: int,
    text: str,
    media_type: str,
    send: Send,
    more: Sequence[tuple[bytes, bytes]] = (),
) -> None:
    body = text.encode()
    headers = [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *more,
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
