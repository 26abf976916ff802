"""The list of exercises: going on, searching, filtering, folding, and what is said of the row under the cursor."""

from __future__ import annotations

from app_fakes import FakeSession
from app_pilot import MakeApp, at_home, exercise, home, tutor, until, words
from textual.pilot import Pilot
from textual.widgets import Input

from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.filter import FilterScreen
from tutor.app.screens.home import HomeScreen
from tutor.app.widgets.catalog_list import CatalogList
from tutor.app.widgets.chips import Chips
from tutor.app.widgets.key_line import KeyLine

WIDE, NARROW, SMALL = (120, 40), (80, 24), (40, 12)


def lines(screen: HomeScreen) -> list[str]:
    """What the list shows."""
    found = screen.exercises
    return [found.render_line(y).text.rstrip() for y in range(found.size.height)]


def titles(screen: HomeScreen) -> list[str]:
    """The names of the exercises in the list, in order."""
    return [row.exercise.name for row in screen.exercises._rows if row.kind == "exercise" and row.exercise is not None]


async def search(pilot: Pilot[None], text: str) -> HomeScreen:
    screen = await at_home(pilot)
    await pilot.press("slash")
    await until(pilot, lambda: isinstance(pilot.app.focused, Input))
    await pilot.press(*text)
    await until(pilot, lambda: screen.query_text == text)
    return screen


# Going on


async def test_what_to_go_on_with_comes_first_and_enter_opens_it(make_app: MakeApp, session: FakeSession) -> None:
    session.set_state("custom_loss/squared_error", "passed")
    session.set_state("custom_loss/combined", "failed")
    session.workspace.last_exercise = "custom_loss/squared_error"
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        assert lines(screen)[0].split("  ")[0] == "→ Go on with: A loss made of two"
        assert lines(screen)[0].endswith("Custom losses · 1 of 3 passed")
        assert "1 of 5 passed" in words(screen, "#heading")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
        assert exercise(pilot).exercise.name == "combined"


async def test_when_all_is_passed_it_says_so(make_app: MakeApp, session: FakeSession) -> None:
    for one in session.catalog.packs[0].exercises:
        session.set_state(one.id, "passed")
    async with make_app().run_test(size=NARROW) as pilot:
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen) and home(pilot).exercises.row.stops)
        assert "Every exercise is passed" in lines(home(pilot))[0]
        assert home(pilot).exercises.row.kind == "track"


async def test_without_packs_it_says_so(make_app: MakeApp, session: FakeSession) -> None:
    session.catalog.packs = ()
    async with make_app().run_test(size=NARROW) as pilot:
        await until(pilot, lambda: tutor(pilot).engine == "ready")
        await pilot.press("down", "enter", "left", "right_square_bracket")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert "0 of 0 passed" in words(pilot.app.screen, "#heading")


async def test_broken_packs_are_said(make_app: MakeApp, session: FakeSession) -> None:
    session.catalog.problems = tuple(f"pack.toml:{n}: title: missing" for n in range(5))
    async with make_app().run_test() as pilot:
        screen = await at_home(pilot)
        assert "pack.toml:0: title: missing" in words(screen, "#problems")
        assert "and 2 more" in words(screen, "#problems")


async def test_packs_that_break_later_are_said_too(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test() as pilot:
        screen = await at_home(pilot)
        assert not screen.query("#problems")
        session.catalog.problems = ("pack.toml:1: title: missing",)
        screen.show_catalog()
        await until(pilot, lambda: screen.query("#problems") and "missing" in words(screen, "#problems"))


# Moving


async def test_the_cursor_moves_over_headings_and_exercises(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        found = screen.exercises
        seen = [found.row.kind]
        for _press in range(4):
            await pilot.press("down")
            seen.append(found.row.kind)
        assert seen == ["resume", "track", "topic", "exercise", "exercise"]
        await pilot.press("end")
        assert found.exercise is not None
        assert found.exercise.name == "all_reduce"
        await pilot.press("home", "up")
        assert found.row.kind == "resume"
        await pilot.press("pagedown", "pageup", "j", "k", "G", "g")
        assert found.row.kind == "resume"


async def test_keys_jump_from_topic_to_topic(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        found = (await at_home(pilot)).exercises
        names = []
        for key in ("]", "]", "]", "]", "[", "["):
            await pilot.press("right_square_bracket" if key == "]" else "left_square_bracket")
            assert found.row.topic is not None
            names.append(found.row.topic.name)
        assert names == ["custom_loss", "graphs", "parallel", "parallel", "graphs", "custom_loss"]


async def test_a_topic_folds_and_unfolds(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        found = screen.exercises
        await pilot.press("right_square_bracket", "down", "left")
        assert found.row.kind == "topic"  # from an exercise to what it lies in
        await pilot.press("left")
        assert titles(screen) == ["padding_mask", "all_reduce"]
        assert "▸ Custom losses" in lines(screen)[3]
        await pilot.press("left")
        assert found.row.kind == "track"
        await pilot.press("left")
        assert len(lines(screen)[3].strip()) == 0
        await pilot.press("right", "right", "right")  # unfold the track, go to the topic, unfold it
        assert titles(screen)[:3] == ["squared_error", "combined", "stable_focal"]
        await pilot.press("enter")
        assert titles(screen) == ["padding_mask", "all_reduce"]
        await pilot.press("plus")
        assert len(titles(screen)) == 5
        await pilot.press("minus")
        assert titles(screen) == []
        assert found.row.kind == "topic"


async def test_a_click_opens_an_exercise_and_folds_a_topic(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        await pilot.click(CatalogList, offset=(20, 3))
        await until(pilot, lambda: len(titles(screen)) == 2)
        await pilot.click(CatalogList, offset=(20, 3))
        await until(pilot, lambda: len(titles(screen)) == 5)
        await pilot.click(CatalogList, offset=(20, 5))
        await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
        assert exercise(pilot).exercise.name == "combined"


# Searching


async def test_what_is_typed_is_found_at_once_and_escape_shows_all_again(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        await pilot.press("right_square_bracket", "right_square_bracket", "down")
        before = screen.exercises.row.key
        await search(pilot, "focal")
        assert titles(screen) == ["stable_focal"]
        assert words(screen, "#search-count") == "1 of 5"
        assert screen.exercises.exercise is not None
        assert screen.exercises.exercise.name == "stable_focal"
        assert not any("Go on" in line or "Next" in line for line in lines(screen))
        await pilot.press("x")
        await until(pilot, lambda: titles(screen) == [])
        assert "No exercise matches." in lines(screen)[0]
        await pilot.press("enter")  # opens nothing
        await pilot.press("escape")
        await until(pilot, lambda: not screen.query("SearchBar"))
        assert len(titles(screen)) == 5
        assert pilot.app.focused is screen.exercises
        assert screen.exercises.row.kind in ("resume", "exercise")
        assert before.startswith("e ")


async def test_escape_keeps_the_cursor_on_what_was_found(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await search(pilot, "mask")
        await pilot.press("escape")
        await until(pilot, lambda: not screen.query("SearchBar"))
        assert screen.exercises.exercise is not None
        assert screen.exercises.exercise.name == "padding_mask"


async def test_japanese_as_an_input_method_commits_it(make_app: MakeApp) -> None:
    async with make_app("ja").run_test(size=NARROW) as pilot:
        screen = await search(pilot, "平均　損失")
        assert titles(screen) == ["squared_error"]
        assert words(screen, "#search-count") == "5 件中 1 件"


async def test_up_down_and_enter_work_while_one_types(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await search(pilot, "loss")
        assert titles(screen) == ["squared_error", "combined", "stable_focal"]
        await pilot.press("down", "down", "up", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
        assert exercise(pilot).exercise.name == "combined"
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        assert titles(screen) == ["squared_error", "combined", "stable_focal"]  # the search is still there
        assert pilot.app.focused is screen.exercises  # and keys are keys again


async def test_while_one_types_the_footer_says_what_works(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await search(pilot, "lo")
        assert [key.words for key in screen.query_one(KeyLine).keys] == ["Open", "Show all"]
        await pilot.press("escape")
        await until(pilot, lambda: "Search" in [key.words for key in screen.query_one(KeyLine).keys])


async def test_letters_that_are_keys_elsewhere_are_typed(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await search(pilot, "qfpl?,")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert screen.query_one(Input).value == "qfpl?,"


async def test_what_was_searched_for_stays_when_the_language_changes(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await search(pilot, "loss")
        await pilot.press("down")
        chosen = screen.exercises.exercise
        tutor(pilot).language = "ja"
        await until(pilot, lambda: "件中" in words(screen, "#search-count"))
        assert screen.query_one(Input).value == "loss"
        assert len(titles(screen)) == 3
        assert screen.exercises.exercise == chosen
        assert "2 つの損失を組み合わせる" in "".join(lines(screen))


# Filtering


async def test_a_filter_is_chosen_said_and_cleared(make_app: MakeApp, session: FakeSession) -> None:
    session.set_state("custom_loss/squared_error", "passed")
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FilterScreen))
        dialogue = pilot.app.screen
        assert words(dialogue, "#filter-count") == "5 exercises"
        await pilot.press("space", "down", "right", "space", "right", "space")
        await until(pilot, lambda: words(dialogue, "#filter-count") == "2 exercises")
        await pilot.press("down", "right", "right", "space")
        await until(pilot, lambda: words(dialogue, "#filter-count") == "1 exercise")
        await pilot.press("enter")
        await until(pilot, lambda: titles(screen) == ["combined"])
        said = words(screen, "#narrowed")
        assert "Filter: new · difficulty 2–3 · up to 20 min" in said
        assert "1 of 5" in said
        assert "esc clears it" in said
        await pilot.press("escape")
        await until(pilot, lambda: len(titles(screen)) == 5)
        assert not screen.query_one("#narrowed").display


async def test_a_filter_that_is_cancelled_or_emptied_changes_nothing(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        for keys in (("space", "escape"), ("space", "c", "enter")):
            await pilot.press("f")
            await until(pilot, lambda: isinstance(pilot.app.screen, FilterScreen))
            await pilot.press(*keys)
            await until(pilot, lambda: pilot.app.screen is screen)
            assert len(titles(screen)) == 5
            assert not screen.filter.active


async def test_every_choice_of_the_filter_is_in_sight_in_a_small_terminal(make_app: MakeApp) -> None:
    async with make_app().run_test(size=SMALL) as pilot:
        await at_home(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FilterScreen))
        states = pilot.app.screen.query_one("#states", Chips)
        await until(pilot, lambda: states.size.height == 2)
        assert "passed" in str(states.render()).splitlines()[1]
        assert pilot.app.screen.query_one("#filter").scroll_y == 0
        await pilot.click(states, offset=(3, 1))
        await until(pilot, lambda: states.chosen == {"passed"})
        await pilot.press("down", "down", "space")
        await until(pilot, lambda: pilot.app.screen.query_one("#minutes", Chips).chosen == {10})


async def test_the_search_goes_first_then_the_filter(make_app: MakeApp) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FilterScreen))
        await pilot.press("down", "down", "right", "right", "space", "enter")
        await until(pilot, lambda: titles(screen) == ["squared_error", "combined"])
        await search(pilot, "made")
        assert titles(screen) == ["combined"]
        await pilot.press("escape")
        await until(pilot, lambda: titles(screen) == ["squared_error", "combined"])
        await pilot.press("escape")
        await until(pilot, lambda: len(titles(screen)) == 5)


async def test_what_is_passed_leaves_a_list_of_what_is_not(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app().run_test(size=NARROW) as pilot:
        screen = await at_home(pilot)
        await pilot.press("f")
        await until(pilot, lambda: isinstance(pilot.app.screen, FilterScreen))
        await pilot.press("space", "enter")
        await until(pilot, lambda: screen.filter.active)
        screen.exercises.go_to(session.catalog.packs[0].exercises[1])
        session.set_state("custom_loss/combined", "passed")
        await tutor(pilot).refresh_states()
        await until(pilot, lambda: "combined" not in titles(screen))
        assert screen.exercises.exercise is not None
        assert screen.exercises.exercise.name == "squared_error"
        assert "4 of 5" in words(screen, "#narrowed")


async def test_a_list_forty_columns_wide_shows_titles_and_minutes(make_app: MakeApp) -> None:
    async with make_app().run_test(size=SMALL) as pilot:
        screen = await at_home(pilot)
        shown = lines(screen)
        assert any(line.endswith("15 min") for line in shown)
        assert any("0/3" in line for line in shown)
        assert all(len(line) <= 40 for line in shown)
