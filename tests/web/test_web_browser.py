"""`tutor serve` in a real browser: from the first start to a pass, with nothing but the page."""

from __future__ import annotations

import os
import re
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Keys
from web_browser import PATIENCE, Browser, started

from tutor.web.server import app_command

SEARCHING = re.compile("^ /")
"""The line in which one types what to search for is there."""
UNWRITTEN = "raise NotImplementedError"
"""What the stub ends in."""
WRONG = "return (input - target).square().sum()"
RIGHT = "return (input - target).square().mean()"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with started() as browser:
        yield browser


class Serving:
    """`tutor serve` for a learner who has only a browser."""

    def __init__(self, home: Path, *options: str) -> None:
        environment = os.environ | {"HOME": str(home)}
        for name in ("VISUAL", "EDITOR", "NO_COLOR", "COLORTERM"):
            environment.pop(name, None)
        self.process = subprocess.Popen(
            [*app_command(options), "serve", "--port", "0"], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert self.process.stdout is not None
        (self.address,) = re.findall(r"http://\S+/", self.process.stdout.readline())

    def end(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode


@pytest.fixture
def serving(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Serving]:
    serving = Serving(tmp_path, *getattr(request, "param", ()))
    yield serving
    if serving.process.poll() is None:
        serving.process.kill()
        serving.process.communicate()


def stays_at_home(browser: Browser, serving: Serving) -> None:
    """Make sure that the page has asked nobody but its own server, and that the browser had nothing to complain of."""
    own = urlsplit(serving.address)
    asked = [urlsplit(address) for address in browser.requests()]
    assert {(part.scheme, part.netloc) for part in asked} <= {("http", own.netloc), ("ws", own.netloc), ("data", "")}
    # The log is not empty because nothing was logged:
    assert {own.path, f"{own.path}static/js/textual.js", f"{own.path}ws"} <= {part.path for part in asked}
    assert browser.complaints() == []


def test_from_the_first_start_to_a_pass(browser: Browser, serving: Serving, tmp_path: Path) -> None:
    browser.open(serving.address)
    browser.wait_for("Welcome to torch-tutor")
    browser.press("s", holding=Keys.CONTROL)  # not the browser's own "save this page"
    browser.wait_for(re.compile(r"0 of \d+ passed"))
    browser.press("/")
    browser.wait_for(SEARCHING)
    browser.press("squared_error")
    browser.wait_for("Your first loss: mean squared error")
    browser.press(Keys.ENTER)
    browser.wait_for("Ready: waiting for you to save")

    file = tmp_path / "torch-tutor" / "custom_loss" / "squared_error.py"
    stub = file.read_text(encoding="utf-8")
    assert stub.rstrip().endswith(UNWRITTEN)
    browser.press("e")
    browser.wait_for("Leave editor")
    # To the end of the last line. Letters are typed only once the screen shows that the other keys have been obeyed.
    browser.press(*[Keys.ARROW_DOWN] * (len(stub.splitlines()) - 1), Keys.END)
    browser.press(*[Keys.BACKSPACE] * len(UNWRITTEN))
    browser.wait_for(re.compile("^ *18 {50}"))
    browser.press(WRONG)
    browser.wait_for(WRONG)
    browser.press("s", holding=Keys.CONTROL)
    browser.wait_for("Not yet: 2 of 6 passed")
    assert file.read_text(encoding="utf-8") == stub.replace(UNWRITTEN, WRONG)

    browser.press(*[Keys.BACKSPACE] * len("sum()"))
    browser.wait_for(re.compile(r"^ *18 .*square\(\)\. {9}"))
    browser.press("mean()")
    browser.wait_for(RIGHT)
    browser.press("s", holding=Keys.CONTROL)
    browser.wait_for("Passed: all 6 requirements")
    assert file.read_text(encoding="utf-8") == stub.replace(UNWRITTEN, RIGHT)

    browser.click("Lesson")
    browser.wait_for("A loss turns")
    assert browser.colours() > 10  # what stands in the terminal is painted, too
    stays_at_home(browser, serving)
    browser.press(Keys.ESCAPE)
    browser.press("q", holding=Keys.CONTROL)
    browser.wait_until_closed()
    assert "This tutor has ended." in browser.page_text()
    assert serving.end() == 0


@pytest.mark.parametrize("serving", [("--lang", "ja")], indirect=True)
def test_japanese_is_written_with_an_input_method(browser: Browser, serving: Serving) -> None:
    browser.open(serving.address)
    browser.wait_for("言語")
    browser.press("s", holding=Keys.CONTROL)
    browser.wait_for(re.compile(r"\d+ 件中 0 件合格"))
    browser.press("/")
    browser.wait_for(SEARCHING)
    browser.compose("n", "に", "にじょう", "二乗")
    browser.wait_for(re.compile(r"^ /二乗 .*\d+ 件中 \d+ 件"))
    browser.wait_for("平均二乗誤差")
    stays_at_home(browser, serving)
