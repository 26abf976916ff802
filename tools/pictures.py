"""The README's pictures, made from the running app: the built-in pack, the real engine, both languages.

Run ``python tools/pictures.py`` after the screens have changed; it needs Chromium, to turn Textual's SVG into PNG, and
fonts that have Japanese. Nothing is drawn by hand: the answers typed here are graded while the pictures are made.
"""

from __future__ import annotations

import asyncio
import html
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.cells import cell_len
from textual.pilot import Pilot

ROOT = Path(__file__).resolve().parent.parent
PICTURES = ROOT / "docs" / "pictures"
SIZE = (120, 36)
EXERCISE = "custom_loss/squared_error"
WRONG = "sum_reduction"
PATIENCE = 120.0
FONT = "'DejaVu Sans Mono', 'Noto Sans Mono CJK JP', monospace"
SCALE = 0.75


async def until(pilot: Pilot[Any], happened: Callable[[], object]) -> None:
    """Let the app work until ``happened()``."""
    async with asyncio.timeout(PATIENCE):
        while not happened():
            await pilot.pause()
            await asyncio.sleep(0.02)
    await pilot.pause()


async def take(language: str, home: Path, taken: Callable[[str, str], None]) -> None:
    """Walk through the app in ``language``, and hand each picture's name and SVG to ``taken``."""
    from tutor import locale
    from tutor.app import Choice
    from tutor.app.app import TutorApp
    from tutor.app.screens.exercise import ExerciseScreen
    from tutor.cli.start import open_session
    from tutor.cli.wiring import Wiring

    locale.use(language)
    folder = home / "torch-tutor"
    wiring = Wiring()
    app = TutorApp(
        lambda choice: open_session(choice, wiring),
        choice=Choice(language, folder),
        folder=folder,
        remember=lambda choice: None,
    )

    def screenshot(name: str) -> None:
        taken(f"{name}.{language}", app.export_screenshot(title="tutor"))

    async with app.run_test(size=SIZE) as pilot:
        await until(pilot, lambda: app.engine == "ready")
        screenshot("home")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, ExerciseScreen) and app.screen.ready)
        screen = app.screen
        assert isinstance(screen, ExerciseScreen)
        exercise = screen.exercise
        assert exercise.id == EXERCISE
        await until(pilot, lambda: exercise.key not in app.runs or app.runs[exercise.key].phase == "done")
        file = folder / f"{exercise.id}.py"
        answers = {
            "wrong": next(path for path in exercise.mistakes if path.stem == WRONG),
            "passed": exercise.solutions[0],
        }
        for name, answer in answers.items():
            # A mistake's first line names its question: nobody writes that.
            source = re.sub(r"\A# mistake:.*\n", "", answer.read_text(encoding="utf-8"))
            before = app.runs.get(exercise.key)
            file.write_text(source, encoding="utf-8")
            await until(
                pilot,
                # bound now: the loop goes on
                lambda before=before: (run := app.runs.get(exercise.key)) is not before and run and run.phase == "done",
            )
            if name == "wrong":
                screenshot(name)
                await pilot.press("2", "h", "h")
                await settled(pilot)
                screenshot("hint")
            else:
                await pilot.press("6")
                await settled(pilot)
                screenshot(name)


async def settled(pilot: Pilot[Any]) -> None:
    """Whatever a key has set off is painted."""
    for _turn in range(5):
        await pilot.pause()
        await asyncio.sleep(0.1)


def in_cells(svg: str) -> str:
    """Each character where the terminal puts it: Textual's export counts wide ones as one cell."""

    def placed(match: re.Match[str]) -> str:
        before, x, middle, length, after, shown = match.groups()
        text = html.unescape(shown)
        if cell_len(text) == len(text):
            return match[0]
        cell = float(length) / len(text)
        at = [float(x) + cell * cell_len(text[:index]) for index in range(len(text))]
        return f'<text{before} x="{" ".join(f"{one:.1f}" for one in at)}"{middle}{after}>{shown}</text>'

    return re.sub(r'<text([^>]*?) x="([\d.]+)"([^>]*?) textLength="([\d.]+)"([^>]*)>([^<]*)</text>', placed, svg)


def to_png(svg: str, target: Path, chromium: str) -> None:
    """Draw ``svg`` with fonts of this machine; what it names is elsewhere on the network."""
    svg = in_cells(svg)
    svg = re.sub(r"@font-face\s*\{.*?\}", "", svg, flags=re.S)
    svg = re.sub(r"font-family:[^;}]*", f"font-family: {FONT}", svg)
    found = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', svg)
    assert found is not None, "Textual's SVG has a viewBox"
    width, height = (round(SCALE * float(side)) for side in found.groups())
    with tempfile.TemporaryDirectory() as scratch:
        page = Path(scratch) / "page.html"
        page.write_text(
            "<!doctype html><meta charset='utf-8'><style>body{margin:0}svg{display:block;width:100vw}</style>" + svg,
            encoding="utf-8",
        )
        command = [
            *(chromium, "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-sync"),
            *("--no-first-run", "--disable-background-networking", "--disable-component-update"),
            *(
                f"--user-data-dir={scratch}/profile",
                f"--window-size={width},{height}",
                "--force-device-scale-factor=1.5",
            ),
            *("--default-background-color=00000000", f"--screenshot={target}", page.as_uri()),
        ]
        subprocess.run(command, check=True, capture_output=True, timeout=PATIENCE)


def main() -> None:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        sys.exit("tools/pictures.py needs Chromium: apt-get install chromium")
    PICTURES.mkdir(parents=True, exist_ok=True)
    for language in ("en", "ja"):
        with tempfile.TemporaryDirectory() as scratch:
            home = Path(scratch)
            os.environ.update(
                HOME=str(home),
                XDG_CACHE_HOME=str(home / "cache"),
                TUTOR_CONFIG=str(home / "config"),
                TUTOR_DATA=str(home / "data"),
            )
            for name in ("VISUAL", "EDITOR", "NO_COLOR", "TUTOR_WORKSPACE"):
                os.environ.pop(name, None)
            found: dict[str, str] = {}
            asyncio.run(take(language, home, found.__setitem__))
            for name, svg in found.items():
                to_png(svg, PICTURES / f"{name}.png", chromium)
                print(PICTURES / f"{name}.png")


if __name__ == "__main__":
    main()
