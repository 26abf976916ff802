"""Themes: readable by measure, chosen by what the terminal says, and nothing that a colour alone would say."""

from __future__ import annotations

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, at_home, open_exercise, until, verdicts
from textual.color import Color
from textual.filter import Monochrome
from textual.theme import BUILTIN_THEMES, Theme

from tutor.app import looks
from tutor.app.choice import Preferences
from tutor.app.looks import DARK, LIGHT, TERMINAL, THEMES, few_colours, first_theme, other_theme, slow_line
from tutor.app.marks import LINE_MARKS, LINE_WORDS, STATE_MARKS, STATE_WORDS
from tutor.app.status import MARKS

WRITTEN_ON = ("background", "surface", "panel")
WRITTEN_IN = ("foreground", "text", "text-muted", "text-primary", "text-secondary", "text-accent")
WRITTEN_IN += ("text-success", "text-warning", "text-error", "primary", "accent", "success", "warning", "error")
PAIRS = (
    ("block-cursor-foreground", "block-cursor-background"),
    ("block-cursor-blurred-foreground", "block-cursor-blurred-background"),
    ("footer-key-foreground", "footer-background"),
    ("footer-description-foreground", "footer-background"),
    ("input-selection-foreground", "input-selection-background"),
    ("screen-selection-foreground", "screen-selection-background"),
    ("text-success", "success-muted"),
    ("text-warning", "warning-muted"),
    ("text-error", "error-muted"),
    ("button-color-foreground", "primary"),
    ("button-color-foreground", "warning"),
)
OWN = [theme for theme in THEMES if not theme.ansi]


def on(background: Color, text: str) -> Color:
    """The colour that ``text``, as a theme writes it, has on ``background``."""
    if text.startswith("auto"):
        color = background.get_contrast_text(float(text.removeprefix("auto").strip(" %") or 100) / 100)
    else:
        color = Color.parse(text)
    return background + color


def luminance(color: Color) -> float:
    """Relative luminance, 0 to 1: https://www.w3.org/TR/WCAG21/#dfn-relative-luminance."""
    parts = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in color.normalized]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


def contrast(one: Color, other: Color) -> float:
    """1 to 21: https://www.w3.org/TR/WCAG21/#dfn-contrast-ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class TestContrast:
    def test_the_measure_itself(self) -> None:
        assert contrast(Color.parse("#000"), Color.parse("#fff")) == pytest.approx(21)
        assert contrast(Color.parse("#767676"), Color.parse("#fff")) == pytest.approx(4.54, abs=0.01)
        dark = {
            name: Color.parse(code)
            for name, code in BUILTIN_THEMES["textual-light"].to_color_system().generate().items()
            if code.startswith("#")
        }
        assert contrast(dark["text-warning"], dark["background"]) < 4.5  # it can tell

    @pytest.mark.parametrize("theme", OWN, ids=lambda theme: theme.name)
    def test_all_text_can_be_read(self, theme: Theme) -> None:
        """WCAG 2.1, level AA: 4.5 for text."""
        colors = theme.to_color_system().generate()
        pairs = [(text, ground) for text in WRITTEN_IN for ground in WRITTEN_ON]
        for text, ground in (*pairs, *PAIRS):
            background = on(Color.parse(colors["background"]), colors[ground])
            found = contrast(on(background, colors[text]), background)
            assert found >= 4.5, f"{text} on {ground}: {found:.2f}"


class TestChoice:
    @pytest.mark.parametrize(
        ("environment", "theme"),
        [
            ({"TERM": "xterm-256color"}, DARK),
            ({"TERM": "xterm-256color", "COLORFGBG": "15;0"}, DARK),
            ({"TERM": "xterm-256color", "COLORFGBG": "0;15"}, LIGHT),
            ({"TERM": "rxvt-unicode-256color", "COLORFGBG": "0;default;7"}, LIGHT),
            ({"TERM": "xterm-256color", "COLORFGBG": "nonsense"}, DARK),
            ({"TERM": "xterm-256color", "COLORFGBG": ""}, DARK),
            ({"TERM": "xterm", "COLORTERM": "truecolor"}, DARK),
            ({"TERM": "xterm-kitty"}, DARK),
            ({"TERM": "tmux-256color"}, DARK),
            ({"TERM": "xterm"}, TERMINAL),
            ({"TERM": "linux"}, TERMINAL),
            ({"TERM": "xterm-16color"}, TERMINAL),
            ({"TERM": "screen", "COLORFGBG": "0;15"}, TERMINAL),
            ({}, TERMINAL),
            ({"TERM": "xterm-256color", "NO_COLOR": "1"}, TERMINAL),
            ({"TERM": "linux", "TEXTUAL_COLOR_SYSTEM": "truecolor"}, DARK),
            ({"TERM": "xterm-256color", "TEXTUAL_COLOR_SYSTEM": "standard"}, TERMINAL),
        ],
    )
    def test_what_the_terminal_says_decides(self, environment: dict[str, str], theme: str) -> None:
        assert first_theme(environment) == theme

    @pytest.mark.parametrize("term", ["xterm", "xterm-16color", "xterm-256color", "xterm-kitty", "linux", "screen"])
    @pytest.mark.parametrize("more", ["", "truecolor", "24bit", "yes"])
    def test_it_goes_by_what_rich_goes_by(self, term: str, more: str) -> None:
        from rich.console import Console

        console = Console(force_terminal=True, _environ={"TERM": term, "COLORTERM": more})
        assert few_colours({"TERM": term, "COLORTERM": more}) == (console.color_system == "standard")

    def test_light_and_dark_change_into_one_another(self) -> None:
        for theme in (*BUILTIN_THEMES.values(), *OWN):
            other = next(t for t in (*BUILTIN_THEMES.values(), *THEMES) if t.name == other_theme(theme))
            assert other.dark != theme.dark
        assert other_theme(THEMES[0]) == LIGHT
        assert other_theme(THEMES[1]) == DARK
        assert other_theme(BUILTIN_THEMES["solarized-light"]) == "solarized-dark"

    def test_nothing_moves_on_a_slow_line(self) -> None:
        assert slow_line({"SSH_CONNECTION": "1 2 3 4"})
        assert slow_line({"SSH_TTY": "/dev/pts/1"})
        assert not slow_line({})
        assert not slow_line({"SSH_CONNECTION": "1 2 3 4", "TEXTUAL_ANIMATIONS": "full"})


class TestApp:
    async def test_it_wears_its_own_until_another_is_chosen(self, make_app: MakeApp) -> None:
        app = make_app(theme=LIGHT)
        async with app.run_test() as pilot:
            await at_home(pilot)
            assert app.theme == LIGHT
            await pilot.press("f2")
            await until(pilot, lambda: app.theme == DARK)
            assert app.preferences.theme == DARK
            app.prefer(Preferences())
            assert app.theme == LIGHT

    async def test_a_theme_that_is_gone_is_no_trouble(self, make_app: MakeApp) -> None:
        app = make_app(preferences=Preferences(theme="no-such"))
        async with app.run_test() as pilot:
            await at_home(pilot)
            assert app.theme == DARK

    async def test_without_colour_no_theme_brings_any(
        self, make_app: MakeApp, session: FakeSession, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        app = make_app(preferences=Preferences(theme="nord"))
        async with app.run_test(size=(100, 40)) as pilot:
            screen = await open_exercise(pilot)
            await pilot.press("r")
            await until(pilot, lambda: verdicts(screen) == ["passed", "failed", "failed", "passed"])
            assert app.theme == TERMINAL
            assert not any(isinstance(one, Monochrome) for one in app._filters)
            await pilot.press("f2")
            await pilot.pause()
            assert app.theme == TERMINAL

    @pytest.mark.parametrize("theme", [theme.name for theme in THEMES])
    async def test_the_cursor_is_seen(self, make_app: MakeApp, theme: str) -> None:
        async with make_app(preferences=Preferences(theme=theme)).run_test(size=(100, 40)) as pilot:
            screen = await at_home(pilot)
            y = screen.exercises.cursor - screen.exercises.scroll_offset.y
            under, beside = (screen.exercises.render_line(row)._segments[0].style for row in (y, y + 1))
            assert under is not None
            assert under.reverse or (beside is not None and under.bgcolor != beside.bgcolor)


def test_no_two_states_share_a_mark_or_a_word() -> None:
    for marks in (STATE_MARKS, LINE_MARKS, MARKS, STATE_WORDS, LINE_WORDS):
        assert len(set(marks.values())) == len(marks)


def test_reversed_is_shown_where_textual_forgets_it() -> None:
    from textual.app import App
    from textual.style import Style

    from tutor.app import reversing

    reversing.install()

    async def styles(theme: str) -> Style:
        from textual.widgets import OptionList

        class Small(App[None]):
            CSS = "OptionList > .option-list--option-highlighted { text-style: reverse; }"

            def compose(self):  # type: ignore[no-untyped-def]
                yield OptionList("one")

        app = Small()
        for own in looks.THEMES:
            app.register_theme(own)
        app.theme = theme
        async with app.run_test():
            return app.query_one(OptionList).get_visual_style("option-list--option-highlighted")

    import asyncio

    assert asyncio.run(styles(TERMINAL)).reverse
    assert not asyncio.run(styles(DARK)).reverse
