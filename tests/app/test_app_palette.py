"""The palette: all that can be done, every exercise and every choice, found by words of either language."""

from __future__ import annotations

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, at_home, exercise, open_exercise, taken_up, until
from test_app_first_paint import many
from textual.command import CommandList
from textual.content import Content
from textual.pilot import Pilot
from textual.widgets import Input

from tutor.app.actions import EVERYWHERE, EXERCISE, HOME, label
from tutor.app.choice import Preferences
from tutor.app.palette import MOST, Palette
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.help import HelpScreen
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.welcome import WelcomeScreen


async def opened(pilot: Pilot[object]) -> Palette:
    await pilot.press("ctrl+p")
    await until(pilot, lambda: isinstance(pilot.app.screen, Palette) and "-ready" in pilot.app.screen.classes)
    palette = pilot.app.screen
    assert isinstance(palette, Palette)
    return palette


async def search(pilot: Pilot[object], query: str) -> list[tuple[str, str]]:
    """Title and key, and what is said below, of all that is found."""
    palette = pilot.app.screen if isinstance(pilot.app.screen, Palette) else await opened(pilot)
    palette.query_one(Input).value = query
    await pilot.pause()
    await until(pilot, lambda: not any(one.is_running for one in palette.workers if one.node is palette))
    return shown(palette)


def shown(palette: Palette) -> list[tuple[str, str]]:
    prompts = [option.prompt for option in palette.query_one(CommandList).options]
    assert all(isinstance(prompt, Content) for prompt in prompts)
    return [(str(prompt).partition("\n")[0], str(prompt).partition("\n")[2]) for prompt in prompts]


async def test_it_shows_all_that_can_be_done_here_with_its_key(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        found = [title for title, _about in shown(await opened(pilot))]
        actions = [label(a.id, a.label) for a in (*HOME, *EVERYWHERE) if a.id != "home.clear"]  # nothing to clear yet
        assert [title.partition("  ")[0] for title in found][: len(actions)] == actions
        assert "Search  /" in found
        assert "Help  ?" in found
        assert {"Device: cpu", "Editor: the tutor's own", "Theme: tutor-light", "Theme: nord"} <= set(found)


async def test_every_action_of_an_exercise_is_there_in_both_languages(make_app: MakeApp) -> None:
    async with make_app("ja").run_test(size=(120, 40)) as pilot:
        await open_exercise(pilot)
        titles = [title.partition("  ")[0] for title, _about in shown(await opened(pilot))]
        impossible = {"exercise.cancel", "exercise.save", "exercise.find", "exercise.line"}
        for action in EXERCISE:
            assert label(action.id, action.label) in titles or action.id in impossible
        assert (await search(pilot, "採点"))[0][0] == "採点  r space"
        assert (await search(pilot, "grade"))[0][0] == "採点  r space"  # who knows the English word finds it as well


@pytest.mark.parametrize(
    ("query", "first"),
    [
        ("squared", "Open: Your first loss: mean squared error"),
        ("SQUARED mean", "Open: Your first loss: mean squared error"),
        ("custom_loss/comb", "Open: A loss made of two"),
        ("平均二乗", "Open: Your first loss: mean squared error"),
        ("ﾊﾟﾃﾞｨﾝｸﾞ", "Open: Attention and the padding mask"),
        ("graph", "Open: Attention and the padding mask"),
        ("help", "Help  ?"),
        ("gpu", "Device: automatic"),
        ("hlp", "Help  ?"),
    ],
)
async def test_words_find(make_app: MakeApp, query: str, first: str) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        assert (await search(pilot, query))[0][0] == first


async def test_nothing_is_said_of_what_is_not_there(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        assert await search(pilot, "xyzzy") == [("Nothing matches.", "")]


async def test_a_title_with_brackets_is_no_markup(make_app: MakeApp, session: FakeSession) -> None:
    import msgspec

    (first, *_rest) = many(session, 2)
    pack = session.catalog.packs[0]
    odd = msgspec.structs.replace(first, title={"en": "x[mask] = [/bold]", "ja": "x[mask]"})
    topic = msgspec.structs.replace(pack.tracks[0].topics[0], exercises=(odd,), title={"en": "[red]", "ja": "[red]"})
    track = msgspec.structs.replace(pack.tracks[0], topics=(topic,))
    session.catalog.packs = (msgspec.structs.replace(pack, tracks=(track,)),)
    async with make_app().run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        assert await search(pilot, "mask") == [("Open: x[mask] = [/bold]", f"[red] · {odd.key}")]


async def test_it_opens_an_exercise_from_anywhere(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        await open_exercise(pilot)
        await search(pilot, "padding")
        await pilot.press("enter")
        await until(
            pilot,
            lambda: isinstance(pilot.app.screen, ExerciseScreen) and exercise(pilot).exercise.name == "padding_mask",
        )
        await taken_up(pilot, exercise(pilot))
        assert len(pilot.app.screen_stack) == 2
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        home = pilot.app.screen
        assert isinstance(home, HomeScreen)
        assert home.exercises.exercise is not None
        assert home.exercises.exercise.name == "padding_mask"


async def test_what_is_not_saved_is_asked_about_first(make_app: MakeApp) -> None:
    async with make_app(preferences=Preferences(editor="builtin")).run_test(size=(120, 40)) as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("e")
        await until(pilot, lambda: screen.code.editing)
        await pilot.press("x")
        await search(pilot, "padding")
        await pilot.press("enter")
        await until(pilot, lambda: "LeaveScreen" in type(pilot.app.screen).__name__)
        await pilot.press("escape")
        await until(pilot, lambda: pilot.app.screen is screen)
        assert screen.code.dirty


async def test_an_action_is_done(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        await search(pilot, "every key of")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))


@pytest.mark.parametrize(
    ("query", "chosen"),
    [
        ("theme nord", Preferences(theme="nord")),
        ("device cuda", Preferences(device="cuda")),
        ("editor own", Preferences(editor="builtin")),
    ],
)
async def test_choices_are_made_and_kept(make_app: MakeApp, query: str, chosen: Preferences) -> None:
    kept: list[Preferences] = []
    async with make_app(keep=kept.append).run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        assert (await search(pilot, query))[0][1] == "Change it to this."
        await pilot.press("enter")
        await until(pilot, lambda: kept == [chosen])
        assert (await search(pilot, query))[0][1] == "This is how it is now."


async def test_keys_of_the_learners_own_are_shown(make_app: MakeApp) -> None:
    keys = {"app.help": "f1", "app.palette": "ctrl+p,f5"}
    async with make_app(preferences=Preferences(keys=keys)).run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        await pilot.press("f5")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        assert (await search(pilot, "every key"))[0] == ("Help  f1", "Show every key of this screen.")


async def test_among_two_thousand_it_shows_the_best(make_app: MakeApp, session: FakeSession) -> None:
    many(session, 2000)
    async with make_app().run_test(size=(80, 24)) as pilot:
        await at_home(pilot)
        found = await search(pilot, "mean squared")
        assert len(found) == MOST
        assert (await search(pilot, "exercise1999"))[0][1].endswith("exercise1999")


async def test_on_the_first_start_there_are_no_exercises(make_app: MakeApp) -> None:
    async with make_app(first_start=True).run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, WelcomeScreen))
        found = await search(pilot, "start")
        assert found[0][0] == "Start  ^s"
        assert not [title for title, _about in found if title.startswith("Open:")]
