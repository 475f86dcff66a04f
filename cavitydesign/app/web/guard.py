"""Who may speak to the explorer: the browser of this machine, from its own page, with the token;
others hear no.
"""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from ...texts import visible

# A design is some kB; measured outlines and spectra stay in files, which requests only name.
MOST_BODY_BYTES = 256 * 1024
# A loopback body comes at once; a sender slower than this holds a connection on purpose.
SLOWEST_BODY_SECONDS = 20.0
# A browser whose upload is cut off reports a broken connection instead of the refusal; a body
# beyond this size nobody sends by mistake.
_MOST_DISCARDED_BYTES = 8 * 1024 * 1024
# Of the size that web servers usually allow; a browser sends 1 to 2 kB.
_MOST_HEADER_BYTES = 16 * 1024
# A request nests its design six levels deep; Python gives up at about a thousand.
_DEEPEST_JSON = 12
# Far beyond every quantity of a design, and small enough that its products stay finite in floats
# (found by fuzzing).
_LARGEST_NUMBER = 1e15

SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class RequestRefused(Exception):
    """A request that gets a 4xx and one line."""

    def __init__(self, status: int, reason: str) -> None:
        self.status, self.reason = status, " ".join(reason.split())[:1000]
        super().__init__(self.reason)


# what the page may ask for in vain in the course of work: a newer request came, the design is not
# possible, its script has not been agreed to, too many wait
_EXPECTED = (409, 422, 428, 429)


def refusal(status: int, reason: str) -> PlainTextResponse:
    """The one line of a refusal."""
    text = visible(reason) + "\n"
    return PlainTextResponse(text, status_code=status, headers=SECURITY_HEADERS)


def told_refusal(request: Request, status: int, reason: str) -> PlainTextResponse:
    """A refusal as the one who asked understands it.

    The explorer's own page asks for refusals of its work as answers (`X-Refusal: told`), because
    browsers write every 4xx into their console as an error: it gets the status in the header
    `X-Refused`. Everybody else gets the status.
    """
    if status in _EXPECTED and request.headers.get("x-refusal") == "told":
        headers = {**SECURITY_HEADERS, "X-Refused": str(status)}
        return PlainTextResponse(visible(reason) + "\n", status_code=200, headers=headers)
    return refusal(status, reason)


@dataclass(frozen=True)
class Guard:
    """ASGI middleware that checks Host, Origin, token and the size of the body before anything else
    runs.

    The token is the first segment of every path: it never leaves in a query string, and relative
    links keep it.

    Parameters
    ----------
    app : ASGI application
        Sees the path without the token.
    token : str
    port : int
    """

    app: ASGIApp
    token: str
    port: int

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a good request on, answer a bad one."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # no websockets here: the connection closes
        refused = self._refused(scope)
        if refused is not None:
            if (
                refused.status_code == 413
                and int(Headers(scope=scope)["content-length"]) <= _MOST_DISCARDED_BYTES
            ):
                await _discarded(receive)
            await refused(scope, receive, send)
            return
        _, _, rest = str(scope["path"])[1:].partition("/")
        inner = {**scope, "path": "/" + rest, "raw_path": None, "root_path": ""}
        try:
            await self.app(inner, receive, send)
        except asyncio.CancelledError:
            # The command ends while this is at work: no fault, and no traceback.
            await refusal(503, "the explorer has ended")(scope, receive, send)

    def _refused(self, scope: Scope) -> PlainTextResponse | None:
        headers = Headers(scope=scope)
        if headers.getlist("host") not in ([f"127.0.0.1:{self.port}"], [f"localhost:{self.port}"]):
            return refusal(403, "wrong Host: the explorer answers to 127.0.0.1 only")
        origin = headers.get("origin")
        if origin is not None and origin not in (
            f"http://127.0.0.1:{self.port}",
            f"http://localhost:{self.port}",
        ):
            return refusal(403, "wrong Origin: another site may not use the explorer")
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            # The file that opens the page leads here from outside; so may a link that has the
            # token.
            opened = (headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest"))
            whole = scope["method"] == "GET" and scope["path"] == f"/{self.token}/"
            if not whole or opened != ("navigate", "document"):
                return refusal(403, "another site may not use the explorer")
        if sum(len(name) + len(value) for name, value in scope["headers"]) > _MOST_HEADER_BYTES:
            return refusal(431, f"headers larger than {_MOST_HEADER_BYTES // 1024} kB")
        first, slash, _ = str(scope["path"])[1:].partition("/")
        if not secrets.compare_digest(first.encode("utf-8", "replace"), self.token.encode()):
            return refusal(403, "no token: open the address that `cavitydesign view` printed")
        if not slash:
            return refusal(404, "the address ends in /")
        length = headers.get("content-length", "0")
        if not length.isdecimal():
            return refusal(400, "Content-Length is not a number")
        if int(length) > MOST_BODY_BYTES:
            return refusal(413, f"body larger than {MOST_BODY_BYTES // 1024} kB")
        return None


async def _discarded(receive: Receive) -> None:
    """Read a body that is too large to its end, so that its sender hears the refusal."""
    more = True
    while more:
        message = await receive()
        more = message["type"] == "http.request" and message.get("more_body", False)


def _no_constant(name: str) -> float:
    raise RequestRefused(400, f"{name} is not a number that JSON knows")


def _check_plain(value: Any, level: int = 0) -> None:
    """Refuse what no design holds: deep nesting, numbers beyond floats, letters that cannot be
    written.
    """
    if level > _DEEPEST_JSON:
        raise RequestRefused(400, "the body is nested too deeply")
    if isinstance(value, Mapping):
        for name, inner in value.items():
            _check_plain(name, level + 1)
            _check_plain(inner, level + 1)
    elif isinstance(value, list):
        for inner in value:
            _check_plain(inner, level + 1)
    elif isinstance(value, str):
        if any(0xD800 <= ord(letter) <= 0xDFFF for letter in value):
            raise RequestRefused(400, "the body holds half a character (a lone surrogate)")
    elif isinstance(value, int | float) and not abs(value) <= _LARGEST_NUMBER:
        raise RequestRefused(400, "the body holds a number too large")


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_BODY_BYTES:
            raise RequestRefused(413, f"body larger than {MOST_BODY_BYTES // 1024} kB")
    return bytes(body)


async def read_object(request: Request) -> dict[str, Any]:
    """The JSON object in a request's body.

    Raises
    ------
    RequestRefused
        For another type, a body too large, or anything that is not one plain JSON object of finite
        numbers.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
        raise RequestRefused(415, "the body must be application/json")
    try:
        body = await asyncio.wait_for(_body(request), SLOWEST_BODY_SECONDS)
    except TimeoutError:
        raise RequestRefused(408, "the body did not come in time") from None
    except ClientDisconnect:
        raise RequestRefused(400, "who asked has left") from None
    try:
        content = json.loads(body.decode("utf-8"), parse_constant=_no_constant)
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise RequestRefused(400, "the body is not JSON") from None
    if not isinstance(content, dict):
        raise RequestRefused(400, "the body must be a JSON object")
    _check_plain(content)
    return content
