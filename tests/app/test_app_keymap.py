"""Keys of the learner's own: what is understood, what is refused and why, and that the whole app goes by them."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from app_fakes import FakeSession
from app_pilot import MakeApp, at_home, open_exercise, status, until, words
from textual.binding import Binding
from textual.dom import DOMNode
from textual.pilot import Pilot
from textual.widget import Widget

import tutor.app.screens
import tutor.app.widgets
from tutor.app.actions import ACTIONS, Action
from tutor.app.choice import Preferences
from tutor.app.keymap import BENEATH, DIALOGUES, parse_key, understand
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.exercise import ExerciseScreen
from tutor.app.screens.help import HelpScreen, KeyRow
from tutor.app.screens.home import HomeScreen
from tutor.app.screens.modal import TutorModal
from tutor.app.widgets.key_line import KeyLine

EVERYTHING = [action for actions in ACTIONS.values() for action in actions]


class TestKeys:
    @pytest.mark.parametrize(
        ("written", "names"),
        [
            ("r", ("r",)),
            (" g ", ("g",)),
            ("R", ("R", "shift+r")),
            ("shift+r", ("R", "shift+r")),
            ("Ctrl+R", ("ctrl+r",)),
            ("shift+ctrl+a", ("ctrl+shift+a",)),
            ("alt+x", ("alt+x",)),
            ("F5", ("f5",)),
            ("?", ("question_mark",)),
            ("question_mark", ("question_mark",)),
            ("+", ("plus",)),
            ("ctrl++", ("ctrl+plus",)),
            (",", ("comma",)),
            ("é", ("é",)),
            ("Esc", ("escape",)),
            ("PgUp", ("pageup",)),
            ("ctrl+i", ("tab",)),
            ("ctrl+m", ("enter",)),
            ("ctrl+space", ("ctrl+at",)),
            ("shift+tab", ("shift+tab",)),
        ],
    )
    def test_what_people_write(self, written: str, names: tuple[str, ...]) -> None:
        assert parse_key(written) == names

    @pytest.mark.parametrize(
        "written", ["", "foo", "ctrl+", "ctrl+ctrl+a", "big+a", "shift+1", "shift+?", "\x07", "ab"]
    )
    def test_what_no_terminal_sends(self, written: str) -> None:
        assert parse_key(written) == ()

    def test_the_names_of_all_our_own_keys_are_known(self) -> None:
        for action in EVERYTHING:
            for key in action.keys.split(","):
                assert key in parse_key(key)


class TestWishes:
    def test_an_action_gets_other_keys(self) -> None:
        assert understand({"exercise.next": "z, ctrl+n", "app.quit": "Q"}) == (
            {"exercise.next": "z,ctrl+n", "app.quit": "Q,shift+q"},
            (),
        )

    def test_two_actions_may_change_places(self) -> None:
        wanted = {"exercise.next": "h", "exercise.hint": "n"}
        assert understand(wanted) == (wanted, ())

    def test_one_key_may_do_different_things_on_different_screens(self) -> None:
        wanted = {"exercise.next": "z", "home.open": "z"}
        assert understand(wanted) == (wanted, ())

    @pytest.mark.parametrize(
        ("wanted", "said"),
        [
            ({"exercise.nxt": "g"}, "Keys: there is no action exercise.nxt. Is exercise.next meant?"),
            ({"zzz": "g"}, "Keys: there is no action zzz."),
            ({"exercise.next": "gg"}, "Keys: gg, for exercise.next, is no key that a terminal can send."),
            ({"exercise.next": " ,"}, "Keys: exercise.next is given no key."),
            ({"exercise.next": "e"}, "Keys: e cannot be exercise.next: on the same screen it is exercise.edit."),
            ({"exercise.next": "q"}, "Keys: q cannot be exercise.next: on the same screen it is app.quit."),
            ({"app.quit": "h"}, "Keys: h cannot be app.quit: on the same screen it is exercise.hint."),
            ({"help.close": "ctrl+p"}, "Keys: ctrl+p cannot be help.close: on the same screen it is app.palette."),
            ({"exercise.next": "tab"}, "Keys: tab cannot be exercise.next: lists and pages need it."),
            ({"home.open": "j"}, "Keys: j cannot be home.open: lists and pages need it."),
            ({"editor.undo": "u"}, "Keys: u cannot be editor.undo: in the editor it types."),
            ({"editor.undo": "ctrl+s"}, "Keys: ctrl+s cannot be editor.undo: on the same screen it is exercise.save."),
            (
                {"exercise.next": "ctrl+y"},
                "Keys: ctrl+y cannot be exercise.next: on the same screen it is editor.redo.",
            ),
        ],
    )
    def test_what_cannot_be_is_said_and_the_action_keeps_its_keys(self, wanted: Mapping[str, str], said: str) -> None:
        assert understand(wanted) == ({}, (said,))

    def test_what_is_shared_by_default_stays_so(self) -> None:
        """Escape leaves the editor first, then the exercise."""
        wanted = {"exercise.back": "escape,b", "app.shell": "ctrl+z,f8"}
        assert understand(wanted) == (wanted, ())

    def test_the_rest_is_applied(self) -> None:
        keys, problems = understand({"nonsense": "g", "exercise.next": "gg,z", "exercise.hint": "e,ctrl+k"})
        assert keys == {"exercise.next": "z", "exercise.hint": "ctrl+k"}
        assert len(problems) == 3

    def test_a_refusal_may_bring_another(self) -> None:
        """The hint stays on h, because next is refused n's place; so what wanted h cannot have it either."""
        keys, problems = understand({"exercise.hint": "q", "exercise.next": "h"})
        assert keys == {}
        assert [p.partition(":")[2].split()[2:4] for p in problems] == [
            ["be", "exercise.hint:"],
            ["be", "exercise.next:"],
        ]

    def test_of_two_wishes_for_one_key_the_first_is_granted(self) -> None:
        keys, problems = understand({"exercise.next": "z", "exercise.hint": "z"})
        assert len(keys) == len(problems) == 1


class TestRegistry:
    """What is not in ``ACTIONS`` could be neither found nor changed."""

    def classes(self) -> Iterator[type[DOMNode]]:
        for package in (tutor.app.screens, tutor.app.widgets):
            for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
                importlib.import_module(module.name)
        waiting: list[type[DOMNode]] = [Widget]
        while waiting:
            node = waiting.pop()
            waiting += node.__subclasses__()
            if node.__module__.startswith("tutor."):
                yield node

    def test_it_holds_the_actions_of_every_screen_and_widget(self) -> None:
        ids = {action.id for action in EVERYTHING}
        for node in self.classes():
            for binding in node.BINDINGS:
                if isinstance(binding, Binding) and binding.id is not None and "BINDINGS" in vars(node):
                    assert binding.id in ids, f"{binding.id} of {node.__name__}"
            if issubclass(node, TutorScreen | TutorModal) and node.ACTIONS:
                assert node.ACTIONS in ACTIONS.values(), node.__name__

    def test_every_id_stands_for_one_action(self) -> None:
        assert len({action.id for action in EVERYTHING}) == len(EVERYTHING)

    @pytest.mark.parametrize("screen", [name for name in ACTIONS if name != "app"])
    def test_by_default_no_two_actions_of_a_screen_share_a_key(self, screen: str) -> None:
        of_app = [a for a in ACTIONS["app"] if screen not in DIALOGUES | set(BENEATH)]
        holders: dict[str, Action] = {}
        for action in (*ACTIONS[screen], *of_app):
            for key in action.keys.split(","):
                assert holders.setdefault(key, action) is action

    def test_what_lies_over_a_screen_is_known(self) -> None:
        by_actions = {actions: name for name, actions in ACTIONS.items()}
        found = {by_actions[node.ACTIONS] for node in self.classes() if issubclass(node, TutorModal) and node.ACTIONS}
        assert found == DIALOGUES


def footer(pilot: Pilot[object]) -> str:
    return pilot.app.screen.query_one(KeyLine).render_line(0).text


OWN = {"home.open": "o", "app.help": "f1", "exercise.grade": "z,ctrl+k", "exercise.hint": "H", "app.palette": "ctrl+t"}


async def test_the_keys_do_what_the_learner_says(make_app: MakeApp, session: FakeSession) -> None:
    async with make_app(preferences=Preferences(keys=OWN)).run_test(size=(120, 40)) as pilot:
        await at_home(pilot)
        await pilot.press("enter", "question_mark")
        await pilot.pause()
        assert isinstance(pilot.app.screen, HomeScreen)
        assert footer(pilot).startswith("o Open ")
        assert " f1 Help q Quit " in footer(pilot)
        assert footer(pilot).rstrip().endswith("^t Menu")
        await pilot.press("o")
        await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
        screen = pilot.app.screen
        assert isinstance(screen, ExerciseScreen)
        await until(pilot, lambda: screen.ready)
        await pilot.press("r")
        await pilot.pause()
        assert session.checked == []
        await pilot.press("z")
        await until(pilot, lambda: len(session.checked) == 1)
        await pilot.press("ctrl+k")
        await until(pilot, lambda: len(session.checked) == 2)


async def test_help_and_sentences_name_them(make_app: MakeApp) -> None:
    own = {**OWN, "help.close": "x"}
    async with make_app(preferences=Preferences(keys=own)).run_test(size=(120, 40)) as pilot:
        screen = await open_exercise_with(pilot, "o")
        await pilot.press("z")
        await until(pilot, lambda: screen.hints.hint is not None)
        await until(pilot, lambda: "Press H for the first of" in words(screen, "#hint-more"))
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(pilot.app.screen, HelpScreen))
        rows = {words(row, ".label"): words(row, ".key") for row in pilot.app.screen.query(KeyRow)}
        assert rows["Grade"] == "z ^k"
        assert rows["Hint"] == "H"
        assert rows["Next"] == "n"
        assert words(pilot.app.screen, "#help-close") == "x closes this window."
        await pilot.press("x")
        await until(pilot, lambda: pilot.app.screen is screen)


async def open_exercise_with(pilot: Pilot[object], key: str) -> ExerciseScreen:
    await at_home(pilot)
    await pilot.press(key)
    await until(pilot, lambda: isinstance(pilot.app.screen, ExerciseScreen))
    screen = pilot.app.screen
    assert isinstance(screen, ExerciseScreen)
    await until(pilot, lambda: screen.ready)
    return screen


async def test_the_status_line_names_the_key_that_tries_again(make_app: MakeApp, session: FakeSession) -> None:
    session.queue.append([RuntimeError("gone")])
    async with make_app(preferences=Preferences(keys=OWN)).run_test(size=(120, 40)) as pilot:
        await open_exercise_with(pilot, "o")
        await pilot.press("z")
        await until(pilot, lambda: "Press z to grade again." in status(pilot))


async def test_what_cannot_be_is_said_once_at_the_start(make_app: MakeApp) -> None:
    keys = {"exercise.next": "e", "home.open": "o"}
    async with make_app(preferences=Preferences(keys=keys)).run_test() as pilot:
        await at_home(pilot)
        said = [n.message for n in pilot.app._notifications]
        assert said == ["Keys: e cannot be exercise.next: on the same screen it is exercise.edit."]
        assert footer(pilot).startswith("o Open")


async def test_new_keys_hold_at_once(make_app: MakeApp) -> None:
    async with make_app().run_test(size=(120, 40)) as pilot:
        screen = await open_exercise(pilot)
        await pilot.press("r")
        await until(pilot, lambda: "Press h for the first" in words(screen, "#hint-more"))
        screen.tutor.prefer(screen.tutor.preferences._replace(keys={"exercise.hint": "w"}))
        await until(pilot, lambda: "Press w for the first" in words(screen, "#hint-more"))
        await until(pilot, lambda: "w Hint" in footer(pilot))
        screen.tutor.prefer(screen.tutor.preferences._replace(keys={}))
        await until(pilot, lambda: "h Hint" in footer(pilot))


def test_no_sentence_of_the_app_names_a_key(repository: Path) -> None:
    """It may be another one by now: ``TutorApp.key`` knows."""
    naming = re.compile(r"\b[Pp]ress (?:\w|\w+\+\w+|[Ee]sc\w*|[Ee]nter|[Tt]ab)\b|^\w: |\b[Ee]sc\b|ctrl\+")
    calls = re.compile(r"""\b(?:_|N_|plural)\(\s*"((?:[^"\\]|\\.)*)\"""")
    found = {
        text
        for file in (repository / "tutor" / "app").rglob("*.py")
        for text in calls.findall(file.read_text(encoding="utf-8"))
        if naming.search(text)
    }
    assert found == {"Esc leaves it as it is."}  # where any key is asked for, and this one is no action's
