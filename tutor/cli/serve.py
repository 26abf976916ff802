"""``serve``: the app in a browser."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING

import click

from tutor.cli import paper
from tutor.cli.errors import Refusal
from tutor.cli.root import Command
from tutor.cli.wiring import Wiring
from tutor.locale import _

if TYPE_CHECKING:
    from tutor.web.server import Server

HOST = "127.0.0.1"
PORT = 8000
OF_THE_EXTRA = frozenset(("textual_serve", "aiohttp", "aiohttp_jinja2", "jinja2"))


def serve_command() -> click.Command:
    return Command(
        "serve",
        _serve,
        short=_("The app in a browser."),
        text=_(
            "Prints an address that opens it. Each page is a tutor of its own and ends when it is closed; ctrl+c ends "
            "all. From another machine: `ssh -L {port}:{host}:{port} NAME`, and open the address there."
        ).format(port=PORT, host=HOST),
        params=[
            click.Option(
                ["--host"],
                default=HOST,
                metavar="NAME",
                help=_("Where to listen; {host}, this machine alone, unless said otherwise.").format(host=HOST),
            ),
            click.Option(
                ["--port"],
                type=click.IntRange(0, 65535),
                default=PORT,
                metavar="N",
                help=_("The port; {port} unless said otherwise, and with 0 any that is free.").format(port=PORT),
            ),
        ],
    )


def _serve(wiring: Wiring, host: str, port: int) -> int:
    try:
        from tutor.web import server
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in OF_THE_EXTRA:
            raise
        raise Refusal(
            _(
                "`tutor serve` needs textual-serve, which is not installed here: "
                "`python -m pip install 'torch-tutor[serve]'`."
            )
        ) from error
    options = ["--lang", wiring.language_option] if wiring.language_option is not None else []
    if wiring.workspace_option is not None:
        options += ["--workspace", str(wiring.workspace_option)]
    serving = server.Server(server.app_command(options), host, port)
    return asyncio.run(_until_ended(serving, host, port))


async def _until_ended(serving: Server, host: str, port: int) -> int:
    try:
        await serving.start()
    except OSError as error:
        reason = error.strerror or str(error)
        said = _("The server cannot listen at {host}, port {port} ({reason}). `--port 0` takes any port that is free.")
        raise Refusal(said.format(host=host, port=port, reason=reason)) from error
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, ended.set)
    try:
        if not serving.private:
            paper.warn(
                _(
                    "Whoever can reach this machine and learns the address below runs code as you, and what passes "
                    "between the two can be read on the way. Without --host, only this machine is served; "
                    "`ssh -L` brings that to another one, safely."
                )
            )
        paper.say(_("Open {address}").format(address=serving.address))
        paper.say(_("The address is a secret: it lets anybody in. Ctrl+c ends the server and every page."))
        await ended.wait()
    finally:
        await serving.stop()
    paper.say(_("The server has ended."))
    return 0
