"""Who may ask, and how much: a wrapper around the whole application.

The studio listens on the loopback interface only, yet a page of another site,
open in the same browser, can send requests there.  Two things stop it: the
`Host` must be a name of this machine (a site that has its own name point here,
"DNS rebinding", is refused), and the `Origin`, where the browser says one, must
be the studio's own page.  Browsers also say `Sec-Fetch-Site`, which gives away
requests without an `Origin`, such as those of images.

Bodies are cut off beyond a limit: a small one for everything but uploads.
"""

from __future__ import annotations

import json
from ipaddress import ip_address
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from drumnet.studio.errors import ForbiddenError, StudioError, TooLargeError

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


class Guard:
    """Answers what is refused, and hands on the rest.

    Args:
        api_prefix: of the paths that no other site may even link to.
    """

    def __init__(self, app: ASGIApp, api_prefix: str, upload_paths: tuple[str, ...]) -> None:
        self.app = app
        self._api_prefix = api_prefix
        self._upload_paths = upload_paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                own = ((key.encode(), value.encode()) for key, value in _SECURITY_HEADERS.items())
                message = {**message, "headers": [*message.get("headers", []), *own]}
            await send(message)

        try:
            check_sender(headers, is_api=scope["path"].startswith(self._api_prefix))
            is_upload = scope["path"].endswith(self._upload_paths)
            if not is_upload and _announced_bytes(headers) > MAX_JSON_BYTES:
                raise _too_large()
        except StudioError as fault:
            await _refuse(fault, secured)
            return
        limited = receive if is_upload else _Limited(receive)
        await self.app(scope, limited, secured)


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
    >>> is_loopback("studio.example:8765"), is_loopback("127.0.0.1.example"), is_loopback("")
    (False, False, False)
    """
    try:
        parts = urlsplit(f"//{host}")
        name, _ = parts.hostname, parts.port
    except ValueError:
        return False
    if name is None or parts.netloc != host or "@" in host or parts.path or parts.query:
        return False
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
    body = json.dumps({"error": str(fault)}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": fault.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
