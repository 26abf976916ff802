"""Pages as they are read in the app: drawn, scrolled, selected and copied from."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from app_pilot import MakeApp, open_exercise, page, tutor, until
from textual.app import App, ComposeResult
from textual.geometry import Offset
from textual.pilot import Pilot
from textual.selection import SELECT_ALL, Selection

from tutor.app import wrapping
from tutor.app.widgets.page_pane import PagePane
from tutor.app.widgets.page_text import LOOKS, PageText
from tutor.cli.paper import LOOKS as PRINTED_LOOKS
from tutor.pages.colouring import LOOKS as KINDS

EVERYTHING = {
    "en": Path(__file__).parent.parent / "pages" / "everything.md",
    "ja": Path(__file__).parent.parent / "pages" / "everything.ja.md",
}
PAGE = """# Title

A **first** paragraph that is long enough to be wrapped somewhere, whatever the width of the terminal.

* one `item`
* two

```python
def f(x):
    return x
```

日本語の段落は、どこでも折り返されます。句読点は行頭に来ません。

```python
y = 2
```
"""


class PageApp(App[None]):
    """A page and nothing else."""

    CSS = "PagePane { padding: 0 1; }"

    def __init__(self, read: Callable[[], str]) -> None:
        super().__init__()
        wrapping.install()
        self._read = read

    def compose(self) -> ComposeResult:
        yield PagePane(self._read, id="page")

    @property
    def pane(self) -> PagePane:
        return self.query_one(PagePane)

    @property
    def text(self) -> PageText:
        return self.query_one(PageText)


async def shown(pilot: Pilot[Any], app: PageApp) -> PagePane:
    await until(pilot, app.text.lines)
    await pilot.pause()
    return app.pane


def seen(app: PageApp) -> list[str]:
    """The lines on the screen, from the top of the pane."""
    top = round(app.pane.scroll_y)
    return [app.text.render_line(y).text.rstrip() for y in range(top, top + app.pane.size.height)]


class TestDrawing:
    async def test_a_page_is_one_widget(self) -> None:
        app = PageApp(lambda: PAGE)
        async with app.run_test(size=(42, 30)) as pilot:
            await shown(pilot, app)
            assert len(list(app.pane.walk_children())) == 1
            assert seen(app)[:9] == [
                "Title",
                "",
                "A first paragraph that is long enough",
                "to be wrapped somewhere, whatever the",
                "width of the terminal.",
                "",
                "• one item",
                "• two",
                "",
            ]

    async def test_a_file_that_is_gone_is_said(self) -> None:
        def read() -> str:
            raise FileNotFoundError(2, "No such file", "lesson.md")

        app = PageApp(read)
        async with app.run_test(size=(60, 10)) as pilot:
            await shown(pilot, app)
            assert "No such file: 'lesson.md'" in seen(app)[0]

    async def test_lines_are_never_too_long_to_read(self) -> None:
        app = PageApp(lambda: "word " * 200)
        async with app.run_test(size=(180, 20)) as pilot:
            await shown(pilot, app)
            assert {len(line) for line in seen(app)[:5]} == {99}

    def test_every_look_has_its_colours(self) -> None:
        kinds = {look for _token, look in KINDS}
        assert kinds <= set(LOOKS)
        assert set(LOOKS) == set(PRINTED_LOOKS)

    async def test_another_theme_gives_other_colours(self) -> None:
        app = PageApp(lambda: PAGE)
        async with app.run_test(size=(40, 30)) as pilot:
            await shown(pilot, app)
            dark = [segment.style for segment in app.text.render_line(0)]
            app.theme = "textual-light"
            await pilot.pause()
            assert [segment.style for segment in app.text.render_line(0)] != dark

    async def test_what_is_dim_is_darker_than_the_rest(self) -> None:
        """Textual's own ``$text-muted`` is white in a style within a text: this notices where somebody falls for it."""
        app = PageApp(lambda: "words [here](https://example.org)")
        async with app.run_test(size=(60, 10)) as pilot:
            await shown(pilot, app)
            words, _link, address, *_rest = app.text.render_line(0)
            assert address.text == " (https://example.org)"
            colours = [segment.style.color.triplet for segment in (words, address)]  # type: ignore[union-attr]
            assert sum(colours[1]) < sum(colours[0])  # type: ignore[arg-type]


LONG = "\n\n".join(f"Paragraph {n}: a few words that wrap at some widths, and not at others." for n in range(40))


class TestPlace:
    @pytest.mark.parametrize("sizes", [((80, 20), (40, 20)), ((40, 12), (100, 30))])
    async def test_another_width_shows_the_same_paragraph(self, sizes: tuple[tuple[int, int], ...]) -> None:
        app = PageApp(lambda: LONG)
        async with app.run_test(size=sizes[0]) as pilot:
            pane = await shown(pilot, app)
            top = next(y for y, line in enumerate(app.text.lines()) if line.text.startswith("Paragraph 12:"))
            pane.scroll_to(y=top, animate=False)
            await pilot.pause()
            await pilot.resize_terminal(*sizes[1])
            await until(pilot, lambda: seen(app)[0].startswith("Paragraph 12:"))
            await pilot.resize_terminal(*sizes[0])
            await until(pilot, lambda: seen(app)[0].startswith("Paragraph 12:"))

    async def test_another_language_shows_the_same_paragraph(self) -> None:
        pages = [LONG, LONG.replace("a few words that wrap", "more words, many more words, which wrap sooner, and")]
        app = PageApp(lambda: pages[0])
        async with app.run_test(size=(60, 20)) as pilot:
            pane = await shown(pilot, app)
            top = next(y for y, line in enumerate(app.text.lines()) if line.text.startswith("Paragraph 20:"))
            pane.scroll_to(y=top, animate=False)
            await pilot.pause()
            pages.reverse()
            pane.say()
            await until(pilot, lambda: app.text.source == pages[0])
            await until(pilot, lambda: seen(app)[0].startswith("Paragraph 20: more"))


class TestSelecting:
    async def test_what_is_selected_is_what_was_written(self) -> None:
        app = PageApp(lambda: PAGE)
        async with app.run_test(size=(40, 40)) as pilot:
            await shown(pilot, app)
            found = app.text.get_selection(SELECT_ALL)
            assert found is not None
            assert found[0] == (
                "Title\n\n"
                "A first paragraph that is long enough to be wrapped somewhere, whatever the width of the terminal.\n\n"
                "* one item\n* two\n\n"
                "def f(x):\n    return x\n\n"
                "日本語の段落は、どこでも折り返されます。句読点は行頭に来ません。\n\n"
                "y = 2"
            )

    @pytest.mark.parametrize(
        ("start", "end", "text"),
        [
            ((0, 0), (5, 0), "Title"),
            ((2, 2), (7, 2), "first"),
            ((31, 2), (5, 3), "enough to be"),
            ((0, 6), (5, 7), "* one item\n* two"),
            ((2, 6), (5, 6), "one"),
            ((0, 9), (5, 10), "def f(x):\n   "),
            ((2, 9), (14, 10), "def f(x):\n    return x"),
            ((0, 12), (3, 12), "日本語"),
        ],
    )
    async def test_a_part(self, start: tuple[int, int], end: tuple[int, int], text: str) -> None:
        app = PageApp(lambda: PAGE)
        async with app.run_test(size=(42, 40)) as pilot:
            await shown(pilot, app)
            found = app.text.get_selection(Selection(Offset(*start), Offset(*end)))
            assert found is not None
            assert found[0] == text

    async def test_with_the_mouse(self) -> None:
        app = PageApp(lambda: PAGE)
        async with app.run_test(size=(40, 40)) as pilot:
            await shown(pilot, app)
            await pilot.mouse_down(PageText, offset=(2, 2))
            await pilot.hover(PageText, offset=(6, 2))
            await pilot.mouse_up(PageText, offset=(6, 2))
            await pilot.pause()
            assert app.screen.get_selected_text() == "first"
            await pilot.mouse_down(PageText, offset=(0, 12))
            await pilot.hover(PageText, offset=(4, 12))
            await pilot.mouse_up(PageText, offset=(4, 12))
            await pilot.pause()
            assert app.screen.get_selected_text() == "日本語"


@pytest.fixture
def outside_tmux(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TMUX", raising=False)


def notices(app: App[Any]) -> list[str]:
    return [notice.message for notice in app._notifications]


@pytest.mark.usefixtures("outside_tmux")
class TestCopying:
    async def test_code_in_sight_then_the_next(self) -> None:
        app = PageApp(lambda: PAGE)
        async with app.run_test(size=(60, 40)) as pilot:
            pane = await shown(pilot, app)
            for code, words in (
                ("def f(x):\n    return x", "2 lines of code to the clipboard, from: def f(x):\nThat was 1 of 2"),
                ("y = 2", "1 line of code to the clipboard: y = 2\nThat was 2 of 2"),
                ("def f(x):\n    return x", "That was 1 of 2"),
            ):
                await pane.copy_code()
                await pilot.pause()
                assert app.clipboard == code
                assert words in notices(app)[-1]

    async def test_the_one_in_sight_comes_first(self) -> None:
        app = PageApp(lambda: f"```\nfirst\n```\n\n{LONG}\n\n```\nlast\n```\n")
        async with app.run_test(size=(60, 20)) as pilot:
            pane = await shown(pilot, app)
            pane.scroll_end(animate=False)
            await until(pilot, lambda: pane.scroll_y == pane.max_scroll_y > 0)
            await pane.copy_code()
            assert app.clipboard == "last"

    async def test_wrapped_code_is_copied_whole(self) -> None:
        code = 'print("a very long line of code that does not fit into this terminal at all")'
        app = PageApp(lambda: f"```python\n{code}\n```\n")
        async with app.run_test(size=(40, 20)) as pilot:
            pane = await shown(pilot, app)
            assert any("↪" in line for line in seen(app))
            await pane.copy_code()
            assert app.clipboard == code
            found = app.text.get_selection(SELECT_ALL)
            assert found is not None
            assert found[0] == code

    async def test_no_code(self) -> None:
        app = PageApp(lambda: "Nothing here.")
        async with app.run_test() as pilot:
            pane = await shown(pilot, app)
            await pane.copy_code()
            await pilot.pause()
            assert notices(app) == ["There is no code on this page."]

    async def test_the_key(self, make_app: MakeApp) -> None:
        async with make_app().run_test(size=(80, 24)) as pilot:
            screen = await open_exercise(pilot)
            assert "LogRatioLoss" in page(screen.query_one("#lesson"))
            await pilot.press("y")
            await until(pilot, lambda: "class LogRatioLoss" in tutor(pilot).clipboard)


@pytest.mark.parametrize(("status", "doubt"), [(0, False), (1, True)])
async def test_tmux_is_asked_by_its_own_command(
    status: int, doubt: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = tmp_path / "said"
    command = tmp_path / "tmux"
    command.write_text(f'#!/bin/sh\n(echo "$@"; cat) > "{said}"\nexit {status}\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    app = PageApp(lambda: PAGE)
    async with app.run_test() as pilot:
        pane = await shown(pilot, app)
        await pane.copy_code()
        await pilot.pause()
        assert said.read_text() == "load-buffer -w -\ndef f(x):\n    return x"
        assert ("set-clipboard on" in notices(app)[-1]) is doubt


async def test_a_tmux_that_is_not_there_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("TMUX", "/tmp/tmux-0/default,1,0")
    with pytest.raises(FileNotFoundError):
        subprocess.run(["tmux"], check=False)
    app = PageApp(lambda: PAGE)
    async with app.run_test() as pilot:
        pane = await shown(pilot, app)
        await pane.copy_code()
        await pilot.pause()
        assert "set-clipboard on" in notices(app)[-1]


class TestInTheApp:
    async def test_the_lesson_in_another_language(self, make_app: MakeApp) -> None:
        async with make_app().run_test(size=(80, 24)) as pilot:
            screen = await open_exercise(pilot)
            await pilot.press("l")
            await until(pilot, lambda: "損失関数" in page(screen.query_one("#lesson")))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 12)], ids=["80x24", "120x40", "40x12"])
@pytest.mark.parametrize("language", ["en", "ja"])
@pytest.mark.parametrize("down", [0, 1, 2])
def test_everything(snap_compare: Callable[..., bool], language: str, size: tuple[int, int], down: int) -> None:
    async def before(pilot: Pilot[Any]) -> None:
        assert isinstance(pilot.app, PageApp)
        pane = await shown(pilot, pilot.app)
        pane.scroll_to(y=down * pane.max_scroll_y / 2, animate=False)
        await pilot.pause()

    app = PageApp(lambda: EVERYTHING[language].read_text(encoding="utf-8"))
    assert snap_compare(app, terminal_size=size, run_before=before)
