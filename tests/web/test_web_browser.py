"""`tutor serve` in a real browser: from the first start to a pass, with nothing but the page."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from selenium.webdriver import Keys
from web_browser import PATIENCE, Browser, started

from tutor.catalog import builtin_pack, load_pack
from tutor.locale import use
from tutor.web.server import app_command

FOR_LEARNER = "raise NotImplementedError"
"""What the stub ends in."""
WRONG, RIGHT = "return (input - target).square().sum()", "mean()"


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
        self.address = self.process.stdout.readline().split()[-1]

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


def test_from_the_first_start_to_a_pass(browser: Browser, serving: Serving, tmp_path: Path) -> None:
    browser.open(serving.address)
    browser.wait_for("Welcome to torch-tutor")
    browser.press("s", holding=Keys.CONTROL)  # not the browser's own "save this page"
    browser.wait_for("Your first loss: mean squared error")
    browser.press(Keys.ENTER)
    browser.wait_for("Ready: waiting for you to save")

    file = tmp_path / "torch-tutor" / "custom_loss" / "squared_error.py"
    stub = file.read_text(encoding="utf-8")
    assert stub.rstrip().endswith(FOR_LEARNER)
    browser.press("e")
    browser.wait_for("^z")  # the keys of the editor
    browser.press(Keys.PAGE_DOWN, Keys.PAGE_DOWN, Keys.ARROW_UP, Keys.END)
    browser.press(*[Keys.BACKSPACE] * len(FOR_LEARNER), WRONG)
    browser.wait_for(WRONG)
    browser.press("s", holding=Keys.CONTROL)
    browser.wait_for("Not yet: 2 of 6 passed")
    assert file.read_text(encoding="utf-8") == stub.replace(FOR_LEARNER, WRONG)

    browser.press("2")
    browser.press("e")
    browser.press(*[Keys.BACKSPACE] * len("sum()"), RIGHT)
    browser.press("s", holding=Keys.CONTROL)
    browser.wait_for("Passed: all 6 requirements")
    assert file.read_text(encoding="utf-8") == stub.replace(FOR_LEARNER, WRONG.replace("sum()", RIGHT))

    assert browser.colours() > 10  # and it is painted
    browser.press(Keys.ESCAPE)
    browser.press("q", holding=Keys.CONTROL)
    browser.wait_until_closed()
    assert "This tutor has ended." in browser.page_text()

    own = urlsplit(serving.address)
    asked = [urlsplit(address) for address in browser.requests()]
    outside = [parts.geturl() for parts in asked if parts.scheme not in ("data", "blob") and parts.netloc != own.netloc]
    assert outside == []
    assert f"{own.path}ws" in {parts.path for parts in asked if parts.scheme == "ws"}  # the log is not empty
    assert {"document", "script"} <= {"document" if parts.path == own.path else "script" for parts in asked}
    assert browser.complaints() == []
    assert serving.end() == 0
