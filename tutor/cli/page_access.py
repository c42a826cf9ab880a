"""Decide who may open the tutor in a browser, and what its pages may do.

Every request passes three checks: it was meant for this server (its ``Host``), no other page has sent it (its
``Origin``), and its sender knows the token, which only the server's terminal has shown. The token is in the address
once, and in a cookie from then on.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

NONCE = "nonce"
"""The key in the request for the nonce that lets a page's own scripts run."""

REFERRER = "referrer"
"""The key in the request for the page's referrer policy, if it is not ``no-referrer``."""

NO_TOKEN = (
    "This tutor opens only with the complete address that `tutor serve` has printed, including its token. "
    "Copy that address, or ask the person who started the server for it."
)


def is_local(host: str) -> bool:
    """Return whether only this computer can reach a host."""
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def is_address(name: str) -> bool:
    """Return whether a host is an IP address."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Access:
    """The rules of one server. With an empty ``token`` everybody who can connect is admitted.

    ``any_host`` accepts any ``Host``, for a socket in a folder that only its owner can open, behind a proxy that
    identifies users.
    """

    host: str
    port: int
    public_url: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    any_host: bool = False

    @property
    def cookie(self) -> str:
        """The name of the cookie, different for each port, because browsers send a cookie to every port of a host."""
        return f"tutor-{self.port}"

    @property
    def address(self) -> str:
        """The address at which a browser opens the tutor."""
        return f"{self.public_url}/?token={self.token}" if self.token else self.public_url

    def _is_ours(self, host: str) -> bool:
        """Return whether a request was meant for this server, and not for a foreign name that points here."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        known = {self.host.strip("[]"), "localhost", "127.0.0.1", "::1", urlsplit(self.public_url).hostname or ""}
        return bool(name) and (name in known or (not is_local(self.host) and is_address(name)))

    def refuse_strangers(self, request: web.Request) -> None:
        """Refuse a request that was meant for another host, or that another page has sent.

        Raises:
            HTTPForbidden: It is such a request.
        """
        if not self.any_host and not self._is_ours(request.host):
            raise web.HTTPForbidden(text="This tutor is not at that address.")
        origin = request.headers.get("Origin")
        if origin is None:
            return
        hosts = {request.host, urlsplit(self.public_url).netloc, request.headers.get("X-Forwarded-Host", request.host)}
        try:
            named = urlsplit(origin).netloc
        except ValueError:
            named = ""
        if named not in hosts:
            raise web.HTTPForbidden(text="Another page may not open this tutor.")

    def _knows(self, given: str) -> bool:
        return hmac.compare_digest(given.encode("utf-8", "replace"), self.token.encode())

    def admits(self, request: web.Request) -> bool:
        """Return whether a request has the token in its address or its cookie."""
        return not self.token or self._has_token(request) or self._knows(request.cookies.get(self.cookie, ""))

    def _has_token(self, request: web.Request) -> bool:
        return self._knows(request.query.get("token", ""))

    def _remember(self, request: web.Request) -> web.Response:
        """Move the token from the address, where it would be visible, to a cookie."""
        kept = [(name, value) for name, value in request.query.items() if name != "token"]
        return self.see_other(str(request.rel_url.with_query(kept)), self.token)

    def see_other(self, address: str, cookie: str) -> web.Response:
        """Send a browser to an address, and have it keep a cookie."""
        response = web.HTTPSeeOther(address)
        is_secure = urlsplit(self.public_url).scheme == "https"
        response.set_cookie(self.cookie, cookie, httponly=True, samesite="Lax", secure=is_secure, path="/")
        return response

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Check every request, and add headers that tell the browser what the page may do."""
        request[NONCE] = secrets.token_urlsafe(16)
        try:
            self.refuse_strangers(request)
            if not request.path.startswith("/static/") and not self.admits(request):
                raise web.HTTPForbidden(text=NO_TOKEN)
            if self.token and request.path == "/" and self._has_token(request):
                response: web.StreamResponse = self._remember(request)
            else:
                response = await handler(request)
        except web.HTTPException as refused:
            refused.headers.update(_headers(request))
            raise
        if not response.prepared:
            response.headers.update(_headers(request))
        return response


def _headers(request: web.Request) -> dict[str, str]:
    """Return headers that let a page run its own scripts and talk to its own server only.

    They forbid showing it in a frame and sending its address elsewhere.
    """
    nonce = request[NONCE]
    policy = (
        "default-src 'none'",
        f"script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'unsafe-inline'",  # the terminal in the page writes styles
        "font-src 'self'",
        "img-src 'self' data: blob:",
        f"connect-src 'self' ws://{request.host} wss://{request.host}",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "X-Frame-Options": "DENY",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": request.get(REFERRER, "no-referrer"),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        **({} if request.path.startswith("/static/") else {"Cache-Control": "no-store"}),
    }
