"""A web server on which every page that is opened is a tutor of its own.

textual-serve carries the terminal to the browser and back. What it leaves open is closed here: a secret in the address,
because whoever reaches the page runs code as the learner; the names under which the page may be asked for, so that no
other site's page can; a page that fetches nothing from elsewhere, and cannot; processes that end with their page.
"""

from __future__ import annotations

import asyncio
import contextlib
import html
import json
import os
import secrets
import signal
import string
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Awaitable, Callable, Sequence
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

import textual_serve
from aiohttp import WSMsgType, web
from textual_serve.app_service import AppService
from textual_serve.download_manager import DownloadManager

from tutor.locale import _, current

DRIVER = "tutor.app.browser:BrowserDriver"
PATIENCE = 10.0
"""Seconds that a tutor has to end when its page is closed: its engine needs one or two."""
MOST_CELLS = 1000
"""Columns or lines of a page, whatever a browser claims."""
FONT_SIZES = range(6, 49)
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; font-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "Referrer-Policy": "no-referrer",  # the address is the secret
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Tab(AppService):
    """The tutor behind one page."""

    def __init__(self, command: Sequence[str], socket: web.WebSocketResponse) -> None:
        async def close() -> None:
            await socket.close()

        super().__init__(
            "",
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=close,
            download_manager=DownloadManager(),
        )
        self._words = list(command)

    async def _open_app_process(self, width: int = 80, height: int = 24) -> Process:
        # Without a shell, and in a session of its own: ctrl-c in the server's terminal is the server's alone to answer.
        environment = self._build_environment(width=width, height=height) | {"TEXTUAL_DRIVER": DRIVER}
        self._process = await asyncio.create_subprocess_exec(
            *self._words, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment, start_new_session=True
        )
        self._stdin = self._process.stdin
        return self._process

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            with contextlib.suppress(ConnectionError, RuntimeError):
                await self.remote_close()  # a tutor that died said no goodbye

    async def stop(self) -> None:
        """End the tutor, whatever state it is in."""
        process = self._process
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(super().stop(), PATIENCE)
        if process is None:
            return
        try:
            await asyncio.wait_for(process.wait(), PATIENCE / 10)
        except TimeoutError:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()


class Server:
    """Pages at ``address``, each with a process that runs ``command``."""

    def __init__(self, command: Sequence[str], host: str, port: int) -> None:
        self.token = secrets.token_urlsafe(24)
        self._command = command
        self._host = host
        self._port = port
        self._tabs: set[Tab] = set()
        self._runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=PATIENCE)

    @property
    def tabs(self) -> int:
        """How many tutors are running."""
        return len(self._tabs)

    @property
    def private(self) -> bool:
        """Whether only this machine can ask."""
        return _is_loopback(self._host)

    @property
    def address(self) -> str:
        """Where the page is, with the secret that opens it. Only once it is running."""
        port = self._runner.addresses[0][1]
        return f"http://{_in_url(self._host)}:{port}/{self.token}/"

    async def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken, or the host is none of this machine's.
        """
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self._port).start()
        except BaseException:
            await self._runner.cleanup()
            raise

    async def stop(self) -> None:
        """End every tutor, then the server."""
        await asyncio.gather(*(tab.stop() for tab in self._tabs), return_exceptions=True)
        await self._runner.cleanup()

    def _application(self) -> web.Application:
        library = Path(textual_serve.__file__).parent / "static"
        application = web.Application(middlewares=[self._guard])
        application.router.add_get("/{token}", self._whole)
        application.router.add_get("/{token}/", self._page)
        application.router.add_get("/{token}/ws", self._socket)
        application.router.add_get("/{token}/own/{name}", self._own)
        application.router.add_get("/favicon.ico", self._icon)
        application.router.add_static(f"/{self.token}/static", library)
        return application

    # Who may ask

    @web.middleware
    async def _guard(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        refusal = self._refusal(request)
        if refusal is not None:
            return web.Response(status=403, text=refusal + "\n", headers=HEADERS)
        try:
            response = await handler(request)
        except web.HTTPException as error:
            error.headers.update(HEADERS)
            raise
        if not response.prepared:
            response.headers.update(HEADERS)
        return response

    def _refusal(self, request: web.Request) -> str | None:
        """Why ``request`` is not answered; None if it is."""
        name = urlsplit(f"//{request.host}").hostname or ""
        if self.private and not _is_loopback(name):
            # A site that gives its own name this machine's address would otherwise read the page as its own.
            return _("Open this page as localhost or 127.0.0.1, not as {name}.").format(name=repr(name))
        if request.path == "/favicon.ico":
            return None
        given = request.path.partition("/")[2].partition("/")[0]
        if not secrets.compare_digest(given.encode("utf-8", "replace"), self.token.encode()):
            return _("Open the whole address that `tutor serve` printed: the part after the port is what lets you in.")
        if request.path == f"/{self.token}/ws":
            origin = urlsplit(request.headers.get("Origin", ""))
            if origin.netloc != request.host:
                return _("The tutor can only be used from its own page.")
        return None

    # What they get

    async def _whole(self, request: web.Request) -> web.Response:
        raise web.HTTPFound(f"/{self.token}/")

    async def _page(self, request: web.Request) -> web.Response:
        try:
            size = int(request.query.get("fontsize", "16"))
        except ValueError:
            size = 16
        words = {
            "language": current(),
            "noscript": _("The tutor needs JavaScript."),
            "starting": _("Starting the tutor…"),
            "ended": _("This tutor has ended. Your files and your progress are kept."),
            "again": _("Start it again"),
            "font_size": str(min(max(size, FONT_SIZES[0]), FONT_SIZES[-1])),
        }
        page = string.Template(_read("page.html").decode())
        text = page.substitute({name: html.escape(word) for name, word in words.items()})
        return web.Response(text=text, content_type="text/html")

    async def _own(self, request: web.Request) -> web.Response:
        kinds = {"page.css": "text/css", "page.js": "text/javascript", "icon.svg": "image/svg+xml"}
        name = request.match_info["name"]
        if name not in kinds:
            raise web.HTTPNotFound
        return web.Response(body=_read(name), content_type=kinds[name])

    async def _icon(self, request: web.Request) -> web.Response:
        return web.Response(body=_read("icon.svg"), content_type="image/svg+xml")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=15)
        await socket.prepare(request)
        tab = Tab(self._command, socket)
        self._tabs.add(tab)
        try:
            await tab.start(_cells(request.query.get("width"), 80), _cells(request.query.get("height"), 24))
            await _carry(socket, tab)
        finally:
            await asyncio.shield(self._end(tab))
        return socket

    async def _end(self, tab: Tab) -> None:
        try:
            await tab.stop()
        finally:
            self._tabs.discard(tab)


async def _carry(socket: web.WebSocketResponse, tab: Tab) -> None:
    """Hand on what the page says, until it is closed. What it should not say ends it."""
    async for message in socket:
        if message.type != WSMsgType.TEXT:
            continue
        try:
            match json.loads(message.data):
                case ["stdin", str(data)]:
                    await tab.send_bytes(data.encode("utf-8", "replace"))
                case ["resize", {"width": int(width), "height": int(height)}]:
                    await tab.set_terminal_size(_cells(width, 80), _cells(height, 24))
                case ["ping", data]:
                    await socket.send_json(["pong", data])
                case ["blur"]:
                    await tab.blur()
                case ["focus"]:
                    await tab.focus()
        except (ValueError, RecursionError):
            break


def _cells(value: str | int | None, default: int) -> int:
    try:
        return min(max(int(value if value is not None else default), 1), MOST_CELLS)
    except ValueError:
        return default


def _is_loopback(host: str) -> bool:
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _in_url(host: str) -> str:
    """The name by which a browser asks for ``host``."""
    if host in ("0.0.0.0", "::", ""):
        import socket

        return socket.gethostname()
    return f"[{host}]" if ":" in host else host


def _read(name: str) -> bytes:
    return (files("tutor.web") / name).read_bytes()


def app_command(options: Sequence[str]) -> list[str]:
    """The command of the app, by the interpreter that runs this."""
    return [sys.executable, "-P", "-m", "tutor", *options]
