"""`tutor serve`: who is let in, what a page is given, and that no tutor outlives its page."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import textwrap
import tomllib
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import aiohttp
import pytest
import pytest_asyncio
import textual_serve

from tutor.locale import use
from tutor.web import server as web_server
from tutor.web.server import Server, app_command

PATIENCE = 120.0
ELSEWHERE = re.compile(rb"""(?:src|href)\s*=\s*["']?(?:https?:)?//|url\(\s*["']?(?:https?:)?//|@import|\bimport\(""")

TUTOR = """
import json, os, sys
from pathlib import Path

notes = Path(sys.argv[1])
os.write(1, b"__GANGLION__\\n")


def say(kind, payload):
    os.write(1, kind + len(payload).to_bytes(4, "big") + payload)


def take(count):
    data = b""
    while len(data) < count:
        more = os.read(0, count - len(data))
        if not more:
            sys.exit(3)
        data += more
    return data


(notes / str(os.getpid())).write_text("")
say(b"D", (" ".join([os.environ["TEXTUAL_DRIVER"], os.environ["COLUMNS"], os.environ["ROWS"]]) + "\\r\\n").encode())
while True:
    kind, payload = take(1), take(int.from_bytes(take(4), "big"))
    if kind == b"D" and payload == b"die":
        sys.exit(1)
    if kind == b"D" and payload == b"q":
        say(b"M", json.dumps({"type": "exit"}).encode())
        break
    if kind == b"M" and json.loads(payload)["type"] == "quit":
        if sys.argv[2:] == ["deaf"]:
            continue
        break
    say(b"D", kind + payload)
"""
"""What the server takes for the app: it says back what it hears, and leaves a note that it was there."""


def listening(tmp_path: Path, *arguments: str, host: str = "127.0.0.1") -> Server:
    program = tmp_path / "program.py"
    program.write_text(TUTOR)
    (tmp_path / "notes").mkdir(exist_ok=True)
    return Server([sys.executable, str(program), str(tmp_path / "notes"), *arguments], host, 0)


def gone(tmp_path: Path) -> bool:
    """Whether every tutor that there was has ended."""
    return not any(Path("/proc", note.name).exists() for note in (tmp_path / "notes").iterdir())


async def until(happened: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not happened():
            await asyncio.sleep(0.01)


@pytest_asyncio.fixture
async def server(tmp_path: Path) -> AsyncIterator[Server]:
    server = listening(tmp_path)
    await server.start()
    yield server
    await server.stop()
    assert gone(tmp_path)


@pytest_asyncio.fixture
async def client() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as client:
        yield client


def origin(server: Server) -> dict[str, str]:
    return {"Origin": server.address.rpartition(f"/{server.token}")[0]}


def page(client: aiohttp.ClientSession, server: Server, query: str = "?width=90&height=30") -> object:
    return client.ws_connect(f"{server.address}ws{query}", headers=origin(server))


class TestWhoIsLetIn:
    async def test_the_whole_address_opens_the_page(self, server: Server, client: aiohttp.ClientSession) -> None:
        async with client.get(server.address) as answer:
            assert answer.status == 200
            assert "Starting the tutor" in await answer.text()
        async with client.get(server.address.rstrip("/")) as answer:
            assert (answer.status, str(answer.url)) == (200, server.address)

    @pytest.mark.parametrize(
        "path", ["/", "/wrong/", "/wrong/ws", "/wrong/static/js/textual.js", "/static/js/textual.js"]
    )
    async def test_without_the_secret_nothing_is_to_be_had(
        self, server: Server, client: aiohttp.ClientSession, path: str
    ) -> None:
        base = origin(server)["Origin"]
        async with client.get(base + path, headers=origin(server)) as answer:
            assert answer.status == 403
            assert "`tutor serve` printed" in await answer.text()
            assert server.token not in await answer.text()

    async def test_every_server_has_a_secret_of_its_own(self, tmp_path: Path) -> None:
        tokens = {listening(tmp_path).token for _ in range(5)}
        assert len(tokens) == 5
        assert min(map(len, tokens)) >= 32

    @pytest.mark.parametrize("name", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "192.0.2.1"])
    async def test_no_other_name_leads_here(self, server: Server, client: aiohttp.ClientSession, name: str) -> None:
        """A site whose name suddenly means this machine must not get to read the page."""
        async with client.get(server.address, headers={"Host": name}) as answer:
            assert answer.status == 403
            assert "localhost" in await answer.text()

    @pytest.mark.parametrize("name", ["localhost", "127.0.0.1:9999", "[::1]:8000", "tutor.localhost"])
    async def test_a_tunnel_may_lead_here(self, server: Server, client: aiohttp.ClientSession, name: str) -> None:
        async with client.get(server.address, headers={"Host": name}) as answer:
            assert answer.status == 200

    @pytest.mark.parametrize(
        "headers", [{}, {"Origin": "null"}, {"Origin": "http://evil.example"}, {"Origin": "http://127.0.0.1:1"}]
    )
    async def test_another_sites_page_gets_no_socket(
        self, server: Server, client: aiohttp.ClientSession, headers: dict[str, str], tmp_path: Path
    ) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(f"{server.address}ws", headers=headers)
        assert refused.value.status == 403
        assert server.tabs == 0

    async def test_refusals_speak_the_language(self, server: Server, client: aiohttp.ClientSession) -> None:
        use("ja")
        async with client.get(origin(server)["Origin"] + "/") as answer:
            assert "アドレス" in await answer.text()

    def test_only_a_loopback_address_is_private(self) -> None:
        hosts = ["127.0.0.1", "127.9.9.9", "localhost", "::1", "0.0.0.0", "::", "192.168.1.2", "example.org"]
        assert [Server(["x"], host, 0).private for host in hosts] == [True] * 4 + [False] * 4


class TestThePage:
    async def everything(self, server: Server, client: aiohttp.ClientSession) -> dict[str, tuple[str, bytes]]:
        """All that the server gives away, by its path: policy and body."""
        static = Path(textual_serve.__file__).parent / "static"
        paths = [f"static/{file.relative_to(static).as_posix()}" for file in static.rglob("*") if file.is_file()]
        found = {}
        for path in ("", "own/page.css", "own/page.js", "own/icon.svg", "../favicon.ico", *paths):
            async with client.get(server.address + path) as answer:
                assert answer.status == 200, path
                found[path] = (answer.headers["Content-Security-Policy"], await answer.read())
        return found

    async def test_nothing_is_fetched_from_elsewhere(self, server: Server, client: aiohttp.ClientSession) -> None:
        for path, (policy, body) in (await self.everything(server, client)).items():
            assert not ELSEWHERE.search(body), path
            assert "default-src 'none'" in policy
            assert not re.search(r"https?:|\*", policy)

    async def test_what_the_page_names_is_there(self, server: Server, client: aiohttp.ClientSession) -> None:
        everything = await self.everything(server, client)
        named = re.findall(r'(?:href|src)="([^"]+)"', everything[""][1].decode())
        named += [f"own/{name}" for name in re.findall(r'url\("([^"]+)"', everything["own/page.css"][1].decode())]
        assert len(named) == 7
        assert {name.replace("own/../", "") for name in named} <= set(everything)

    async def test_it_speaks_the_language(self, server: Server, client: aiohttp.ClientSession) -> None:
        use("ja")
        async with client.get(server.address) as answer:
            text = await answer.text()
        assert '<html lang="ja">' in text
        assert "を起動しています" in text

    @pytest.mark.parametrize(("asked", "given"), [("20", "20"), ("9000", "48"), ("-1", "6"), ("x", "16"), ("", "16")])
    async def test_the_size_of_its_font_is_up_to_the_address(
        self, server: Server, client: aiohttp.ClientSession, asked: str, given: str
    ) -> None:
        async with client.get(server.address, params={"fontsize": asked}) as answer:
            assert f'data-font-size="{given}"' in await answer.text()

    @pytest.mark.parametrize("path", ["own/server.py", "own/..%2fserver.py", "static/../server.py", "static/", "x"])
    async def test_there_is_nothing_else(self, server: Server, client: aiohttp.ClientSession, path: str) -> None:
        async with client.get(server.address + path) as answer:
            assert answer.status in (403, 404)
            assert "Content-Security-Policy" in answer.headers


class TestTutors:
    async def test_what_is_typed_reaches_the_tutor_and_what_it_paints_comes_back(
        self, server: Server, client: aiohttp.ClientSession
    ) -> None:
        async with page(client, server) as socket:  # type: ignore[attr-defined]
            assert await socket.receive_bytes() == b"tutor.app.browser:BrowserDriver 90 30\r\n"
            await socket.send_json(["stdin", "課題"])
            assert await socket.receive_bytes() == b"D" + "課題".encode()
            await socket.send_json(["resize", {"width": 10**9, "height": 20}])
            assert await socket.receive_bytes() == b'M{"type": "resize", "width": 1000, "height": 20}'
            await socket.send_json(["ping", "1"])
            assert await socket.receive_json() == ["pong", "1"]

    async def test_two_pages_are_two_tutors_and_each_ends_with_its_page(
        self, server: Server, client: aiohttp.ClientSession, tmp_path: Path
    ) -> None:
        async with page(client, server) as first:  # type: ignore[attr-defined]
            await first.receive_bytes()
            async with page(client, server) as second:  # type: ignore[attr-defined]
                await second.receive_bytes()
                assert server.tabs == len(list((tmp_path / "notes").iterdir())) == 2
            await until(lambda: server.tabs == 1)
            await first.send_json(["stdin", "still here"])
            assert await first.receive_bytes() == b"Dstill here"
        await until(lambda: server.tabs == 0)
        assert gone(tmp_path)

    @pytest.mark.parametrize("typed", ["q", "die"])
    async def test_a_tutor_that_ends_closes_its_page(
        self, server: Server, client: aiohttp.ClientSession, typed: str
    ) -> None:
        async with page(client, server) as socket:  # type: ignore[attr-defined]
            await socket.receive_bytes()
            await socket.send_json(["stdin", typed])
            assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        await until(lambda: server.tabs == 0)

    @pytest.mark.parametrize("nonsense", ["{", "[" * 100_000, '["stdin", 5]', "[]", '{"a": 1}', '["resize", {}]'])
    async def test_nonsense_harms_nobody(self, server: Server, client: aiohttp.ClientSession, nonsense: str) -> None:
        async with page(client, server, "?width=x&height=-5") as socket:  # type: ignore[attr-defined]
            assert (await socket.receive_bytes()).endswith(b" 80 1\r\n")
            await socket.send_str(nonsense)
        await until(lambda: server.tabs == 0)
        async with page(client, server) as socket:  # type: ignore[attr-defined]
            await socket.receive_bytes()

    async def test_a_tutor_that_does_not_end_is_ended(
        self, client: aiohttp.ClientSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(web_server, "PATIENCE", 0.1)
        server = listening(tmp_path, "deaf")
        await server.start()
        async with page(client, server) as socket:  # type: ignore[attr-defined]
            await socket.receive_bytes()
        await until(lambda: server.tabs == 0)
        assert gone(tmp_path)
        await server.stop()

    async def test_when_the_server_ends_all_tutors_do(self, client: aiohttp.ClientSession, tmp_path: Path) -> None:
        server = listening(tmp_path)
        await server.start()
        sockets = [await page(client, server) for _ in range(3)]  # type: ignore[misc]
        for socket in sockets:
            await socket.receive_bytes()
        await server.stop()
        assert gone(tmp_path)
        assert server.tabs == 0

    async def test_a_command_that_cannot_be_run_closes_the_page(self, client: aiohttp.ClientSession) -> None:
        server = Server(["/no/such/program"], "127.0.0.1", 0)
        await server.start()
        async with page(client, server) as socket:  # type: ignore[attr-defined]
            assert (await socket.receive()).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)
        assert server.tabs == 0
        await server.stop()


class Serving:
    """`tutor serve` as a process of its own."""

    def __init__(self, *arguments: str, program: str | None = None) -> None:
        command = [sys.executable, "-P", "-c", program] if program else app_command([])
        self.process = subprocess.Popen(
            [*command, "serve", *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )

    def line(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline()


class TestTheCommand:
    @pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
    def test_it_says_where_and_ends_at_a_signal(self, number: signal.Signals) -> None:
        serving = Serving("--port", "0")
        assert re.fullmatch(r"Open http://127\.0\.0\.1:\d+/[\w-]{32}/\n", serving.line())
        serving.process.send_signal(number)
        out, err = serving.process.communicate(timeout=PATIENCE)
        assert serving.process.returncode == 0
        assert out.endswith("The server has ended.\n")
        assert err == ""

    def test_an_open_host_is_warned_about(self) -> None:
        serving = Serving("--port", "0", "--host", "0.0.0.0")
        assert serving.line().startswith("Open http://")
        serving.process.terminate()
        _out, err = serving.process.communicate(timeout=PATIENCE)
        assert "runs code as you" in err
        assert "ssh -L" in err

    async def test_a_taken_port_is_said(self, server: Server) -> None:
        port = server.address.split(":")[2].partition("/")[0]
        _out, err = Serving("--port", port).process.communicate(timeout=PATIENCE)
        assert f"port {port}" in err
        assert "--port 0" in err
        assert "Traceback" not in err

    def test_what_is_missing_is_said(self) -> None:
        program = textwrap.dedent("""
            import sys
            sys.modules["textual_serve"] = None
            from tutor.cli import main
            main()
        """)
        serving = Serving(program=program)
        _out, err = serving.process.communicate(timeout=PATIENCE)
        assert serving.process.returncode == 2
        assert "python -m pip install 'torch-tutor[serve]'" in err

    def test_the_extra_holds_what_is_imported(self, repository: Path) -> None:
        project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
        extras = project["optional-dependencies"]
        assert {re.match(r"[\w-]+", entry)[0] for entry in extras["serve"]} == {"aiohttp", "textual-serve"}  # type: ignore[index]
        (own,) = (entry for entry in extras["test"] if entry.startswith("torch-tutor["))
        assert "serve" in re.findall(r"[\w-]+", own.partition("[")[2])


async def test_the_app_ends_when_its_server_was_killed(tmp_path: Path) -> None:
    """Nobody tells it: it finds that nobody listens any more."""
    environment = os.environ | {"TEXTUAL_DRIVER": web_server.DRIVER, "TUTOR_WORKSPACE": str(tmp_path / "files")}
    for how in ("its input ends", "its output has no reader"):
        app = await asyncio.create_subprocess_exec(
            *app_command([]), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
        )
        assert app.stdin is not None
        assert app.stdout is not None
        assert app.stderr is not None
        assert await app.stdout.readline() == b"__GANGLION__\n"
        await app.stdout.readexactly(1000)  # it is painting
        if how == "its input ends":
            app.stdin.close()
        else:
            app._transport.get_pipe_transport(1).close()  # type: ignore[attr-defined]
            app.stdin.write(b"D\0\0\0\1l")  # paint something
        async with asyncio.timeout(PATIENCE):
            if how == "its input ends":
                await app.stdout.read()
            assert await app.stderr.read() == b"", how
            assert await app.wait() == 1, how
