"""The token of a start: who was not told the studio's address is not answered.

Everybody who has an account on this machine reaches the loopback interface, so the address that
the studio prints when it starts has a word in it that nobody can guess.  Opening it sets a
cookie; each request has to bring it.  No page can read it (`HttpOnly`), and no other site's
request brings it (`SameSite=Strict`).

The word is another at every start, and is stored nowhere.  A cookie knows no ports: a page that
was left open asks again and again, and shows its cookie to whoever takes the port when the
studio has ended.  What is learned that way opens nothing.

Source: HTTP State Management Mechanism, RFC 6265, 8.5; SameSite, RFC 6265bis.
"""

from __future__ import annotations

import secrets
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.types import Scope

HOST = "127.0.0.1"
_NAME = "token"
_NUM_BYTES = 32


def new_token() -> str:
    """For one start."""
    return secrets.token_urlsafe(_NUM_BYTES)


def first_address(port: int, token: str, **query: str) -> str:
    """The address that opens the studio."""
    return f"http://{HOST}:{port}/?{urlencode({**query, _NAME: token})}"


def cookie_name(port: int) -> str:
    """Of the studio on a port: another studio of the same user has another.

    >>> cookie_name(8765)
    'drumnet-8765'
    """
    return f"drumnet-{port}"


class Door:
    """Knows who has the token."""

    def __init__(self, token: str) -> None:
        self._token = token.encode()

    def is_open_to(self, scope: Scope, headers: Headers) -> bool:
        """Whether a request brings the cookie."""
        cookies = (part for line in headers.getlist("cookie") for part in line.split(";"))
        named = (cookie.strip().partition("=") for cookie in cookies)
        return any(self._is_right(value) for name, _, value in named if name == _cookie_of(scope))

    def is_named_in(self, scope: Scope) -> bool:
        """Whether the address of a request says the token."""
        return any(name == _NAME and self._is_right(value) for name, value in _query(scope))

    def cookie(self, scope: Scope) -> str:
        """What sets it, until the browser is closed."""
        name, value = _cookie_of(scope), self._token.decode()
        return f"{name}={value}; Path=/; HttpOnly; SameSite=Strict"

    def _is_right(self, value: str) -> bool:
        return secrets.compare_digest(value.encode(), self._token)


def says_a_token(scope: Scope) -> bool:
    """Whether a request is for the first address of some start."""
    return scope["path"] == "/" and any(name == _NAME for name, _ in _query(scope))


def without_token(scope: Scope) -> str:
    """The path of a first address, and what else it says."""
    query = urlencode([(name, value) for name, value in _query(scope) if name != _NAME])
    return f"/?{query}" if query else "/"


def _cookie_of(scope: Scope) -> str:
    return cookie_name(scope["server"][1])


def _query(scope: Scope) -> list[tuple[str, str]]:
    return parse_qsl(scope["query_string"].decode("latin-1"))
