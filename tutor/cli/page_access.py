"""Who may open the tutor in a browser, and what a page of it may do.

Three checks stand before every address: the request was meant for this server (its ``Host``), no other page has sent it
(its ``Origin``), and its sender knows the token, which only the server's own terminal has shown. The token comes
once in the address and from then on in a cookie.
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
"""The request's key for the word that lets a page's own scripts run."""

REFERRER = "referrer"
"""The request's key for whom its page may tell its address, where that is not nobody."""

NO_TOKEN = (
    "This tutor opens only with the address that `tutor serve` has printed, the token in it included. "
    "Copy that address, or ask for it whoever started the server."
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
    """Return whether a host is named by its number."""
    try:
        ip_address(name)
    except ValueError:
        return False
    return True


@dataclass(frozen=True)
class Access:
    """The rules of one server. Without a ``token`` everybody who can connect may come in. With ``any_host`` any
    ``Host`` is right: for a socket in a folder that only its owner can open, behind a proxy that knows who is there."""

    host: str
    port: int
    public_url: str
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    any_host: bool = False

    @property
    def cookie(self) -> str:
        """The cookie's name. Browsers send a cookie to every port of a host: each server has its own."""
        return f"tutor-{self.port}"

    @property
    def address(self) -> str:
        """Where a browser opens the tutor."""
        return f"{self.public_url}/?token={self.token}" if self.token else self.public_url

    def _is_ours(self, host: str) -> bool:
        """Return whether a request was meant for this server (a name that was made to point here was not)."""
        try:
            name = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        known = {self.host.strip("[]"), "localhost", "127.0.0.1", "::1", urlsplit(self.public_url).hostname or ""}
        return bool(name) and (name in known or (not is_local(self.host) and is_address(name)))

    def refuse_strangers(self, request: web.Request) -> None:
        """Raise ``HTTPForbidden`` for a request that was meant for another host, or that another page has sent."""
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
        """Return whether a request has the token, in its address or its cookie."""
        return not self.token or self._has_token(request) or self._knows(request.cookies.get(self.cookie, ""))

    def _has_token(self, request: web.Request) -> bool:
        return self._knows(request.query.get("token", ""))

    def _remember(self, request: web.Request) -> web.Response:
        """Take the token out of the address, where it would be seen, and give it to the browser as a cookie."""
        kept = [(name, value) for name, value in request.query.items() if name != "token"]
        response = web.HTTPSeeOther(str(request.rel_url.with_query(kept)))
        is_secure = urlsplit(self.public_url).scheme == "https"
        response.set_cookie(self.cookie, self.token, httponly=True, samesite="Lax", secure=is_secure, path="/")
        return response

    @web.middleware
    async def middleware(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        """Stand before every address, and tell the browser what its page may do."""
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
    """Return what a page may do: run its own scripts, talk to its own server, stand in no frame, tell nobody its
    address."""
    nonce = request[NONCE]
    policy = (
        "default-src 'none'",
        f"script-src 'self' 'nonce-{nonce}'",
        "style-src 'self' 'unsafe-inline'",  # the terminal writes its own styles
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
