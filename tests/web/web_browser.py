"""A real browser, without a window, and what it shows of a page of `tutor serve`."""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from PIL import Image
from selenium.common.exceptions import TimeoutException
from selenium.webdriver import ActionChains, Chrome, ChromeOptions, ChromeService

PATIENCE = 100.0
"""Seconds after which what has not happened will not happen."""
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
OPTIONS = (
    "--headless=new",
    "--no-sandbox",  # which root and many containers cannot have; no page but the tutor's is opened
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--force-device-scale-factor=1",
    "--window-size=1280,800",
    # Whatever asked for another machine would be seen in the log; here it would not be answered either.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
FIND_TERMINAL = """
window.theTerminal = new Promise((found) => {
    // textual.js keeps its xterm.js terminal to itself, as `this.terminal`.
    Object.defineProperty(Object.prototype, "terminal", {
        configurable: true,
        set(value) {
            Object.defineProperty(this, "terminal", {value, writable: true, configurable: true, enumerable: true});
            if (value && value.onWriteParsed) found(value);
        },
    });
});
window.readTerminal = (terminal) => {
    const buffer = terminal.buffer.active, lines = [];
    for (let row = 0; row < terminal.rows; row++) lines.push(buffer.getLine(row)?.translateToString(true) ?? "");
    return lines.join("\\n");
};
"""
"""Runs before the page's own scripts."""
READ = "window.theTerminal.then((terminal) => arguments[0](window.readTerminal(terminal)));"
WAIT = """
const [wanted, done] = arguments, pattern = new RegExp(wanted, "m");
window.theTerminal.then((terminal) => {
    let listener = null;
    const look = () => {
        const text = window.readTerminal(terminal);
        if (!pattern.test(text)) return false;
        listener?.dispose();
        done(text);
        return true;
    };
    if (!look()) listener = terminal.onWriteParsed(look);
});
"""
CLASSES = """
const [wanted, done] = arguments;
const look = () => document.body.classList.contains(wanted) && (done(true), true);
if (!look()) new MutationObserver((_, observer) => look() && observer.disconnect())
    .observe(document.body, {attributes: true, attributeFilter: ["class"]});
"""
PLACE = """
const [text, done] = arguments;
window.theTerminal.then((terminal) => {
    const lines = window.readTerminal(terminal).split("\\n");
    const row = lines.findIndex((line) => line.includes(text)), column = lines[row].indexOf(text);
    const box = document.querySelector(".xterm-screen").getBoundingClientRect();
    done([box.x + (column + 1.5) * box.width / terminal.cols, box.y + (row + 0.5) * box.height / terminal.rows]);
});
"""


def programs() -> tuple[str, str] | None:
    """A browser and its driver; None where one of them is not here."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    driver = shutil.which("chromedriver")
    return (browser, driver) if browser and driver else None


@contextlib.contextmanager
def started() -> Iterator[Browser]:
    """A browser for as long as it is needed. Skips the test where there is none, unless it must not be skipped."""
    found = programs()
    if found is None:
        missing = "needs Chromium and chromedriver on the PATH (Debian: apt-get install chromium chromium-driver)"
        if os.environ.get("TUTOR_BROWSER") == "required":
            pytest.fail(f"{missing}, and TUTOR_BROWSER=required forbids to skip it")
        pytest.skip(missing)
    options = ChromeOptions()
    options.binary_location = found[0]
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    for option in OPTIONS:
        options.add_argument(option)
    with tempfile.TemporaryDirectory(prefix="browser", ignore_cleanup_errors=True) as home:
        # A HOME of its own: the tests' own one may be gone before the browser.
        service = ChromeService(found[1], env={**os.environ, "HOME": home})
        driver = Chrome(options, service)
        try:
            driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": FIND_TERMINAL})
            driver.set_script_timeout(PATIENCE)
            driver.set_page_load_timeout(PATIENCE)
            yield Browser(driver)
        finally:
            driver.quit()


class Browser:
    """What a person does with a page, and what there is to see."""

    def __init__(self, driver: Chrome) -> None:
        self._driver = driver

    def open(self, address: str) -> None:
        """Open a page, and forget what was logged of the one before."""
        self._driver.get("about:blank")
        for name in ("performance", "browser"):
            self._driver.get_log(name)
        self._driver.get(address)

    def leave(self) -> None:
        """Close the page."""
        self._driver.get("about:blank")

    # What a person does

    def press(self, *keys: str, holding: str | None = None) -> None:
        """Type ``keys`` into whatever has the focus, as a keyboard does."""
        chain = ActionChains(self._driver, duration=0)
        if holding is not None:
            chain.key_down(holding)
        chain.send_keys(*keys)
        if holding is not None:
            chain.key_up(holding)
        chain.perform()

    def compose(self, *steps: str) -> None:
        """Write as with an input method: ``steps`` are shown one after the other, and the last one is taken."""
        for step in steps:
            at = {"text": step, "selectionStart": len(step), "selectionEnd": len(step)}
            self._driver.execute_cdp_cmd("Input.imeSetComposition", at)
        self._driver.execute_cdp_cmd("Input.insertText", {"text": steps[-1]})

    def click(self, text: str) -> None:
        """Click on the second cell of ``text``, where it stands first."""
        x, y = self._run(PLACE, text)
        chain = ActionChains(self._driver, duration=0)
        chain.w3c_actions.pointer_action.move_to_location(round(x), round(y)).click()
        chain.perform()

    # What there is to see

    def text(self) -> str:
        """What stands in the terminal."""
        return str(self._run(READ))

    def wait_for(self, wanted: str | re.Pattern[str]) -> str:
        """Wait until the terminal shows ``wanted``; all that it shows then."""
        pattern = re.sub(r"[$()*+.?[\\\]^{|}]", r"\\\g<0>", wanted) if isinstance(wanted, str) else wanted.pattern
        with contextlib.suppress(TimeoutException):
            return str(self._run(WAIT, pattern))
        self._driver.set_script_timeout(5)
        shown = "(no terminal)"
        with contextlib.suppress(TimeoutException):
            shown = self.text()
        pytest.fail(f"{wanted!r} did not come:\n{shown}\n{self.complaints()}")

    def wait_until_closed(self) -> None:
        """Wait until the page says that its tutor has ended."""
        self._run(CLASSES, "-closed")

    def page_text(self) -> str:
        """The text of the page around the terminal, as far as it is to be seen."""
        return self._driver.find_element("tag name", "body").text

    def colours(self) -> int:
        """How many colours are really painted."""
        picture = Image.open(io.BytesIO(self._driver.get_screenshot_as_png())).convert("RGB")
        return len(picture.getcolors(picture.width * picture.height) or ())

    def requests(self) -> Sequence[str]:
        """Every address that was asked for since the page was opened, web sockets too."""
        asked = []
        for entry in self._driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            match message["method"]:
                case "Network.requestWillBeSent":
                    asked.append(message["params"]["request"]["url"])
                case "Network.webSocketCreated" | "Network.webTransportCreated":
                    asked.append(message["params"]["url"])
        return asked

    def complaints(self) -> Sequence[str]:
        """What the browser's console says is wrong, such as a breach of the page's policy."""
        return [entry["message"] for entry in self._driver.get_log("browser") if entry["level"] == "SEVERE"]

    def _run(self, script: str, *arguments: object) -> Any:
        return self._driver.execute_async_script(script, *arguments)
