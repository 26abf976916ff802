"""The palette (ctrl+p): every action of the screen under it, every exercise, and what can be chosen, by words."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from heapq import nlargest
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from textual.command import CommandPalette, DiscoveryHit, Hit, Hits, Provider, SearchIcon
from textual.content import Content
from textual.markup import escape
from textual.style import Style

from tutor.app.actions import ACTIONS, EVERYWHERE, Action, key_display, label
from tutor.app.choosing import device_name
from tutor.app.screens.base import TutorScreen
from tutor.app.screens.modal import TutorModal
from tutor.app.searching import Index, first_match, folded
from tutor.catalog.model import in_language
from tutor.locale import _, current

if TYPE_CHECKING:
    from textual.dom import DOMNode

    from tutor.app.app import TutorApp
    from tutor.app.ports import Device
    from tutor.catalog.model import Exercise, Pack

MOST = 30
"""Exercises that are shown of those that were found: who sees thirty would rather type another word."""
EDITORS = ("builtin", None)
DEVICES: tuple[Device, ...] = ("auto", "cpu", "cuda")


class Palette(CommandPalette):
    """Textual's, with a sign that every terminal has and knows the width of in place of a picture."""

    DEFAULT_CSS = """
    Palette SearchIcon { color: $text-muted; }
    """

    def __init__(self) -> None:
        super().__init__(id="--command-palette", placeholder=_("Search for an action or an exercise…"))

    def on_mount(self) -> None:
        self.query_one(SearchIcon).icon = "›"


class Entry(NamedTuple):
    """Something that can be chosen."""

    title: str
    about: str
    do: Callable[[], Any]
    key: str = ""
    """As it is written for people."""
    aliases: str = ""
    """What else it is found by."""


class PaletteProvider(Provider):
    """Finds all there is by every word of a query, in the learner's language and in English."""

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)  # type: ignore[arg-type]
        self._index = Index(())
        self._exercises: list[tuple[Exercise, str, str, str]] = []
        """Each with its title, its title as it is compared, and the title of its topic."""

    @property
    def _tutor(self) -> TutorApp:
        return cast("TutorApp", self.app)

    async def startup(self) -> None:
        session = self._tutor.session
        if session is None:
            return
        # In a thread: thousands take a moment.
        self._exercises, self._index = await asyncio.to_thread(_look, session.catalog.packs, current())

    async def discover(self) -> Hits:
        for entry in (*self._actions(), *self._choices()):
            yield DiscoveryHit(self._shown(entry, ()), entry.do, text=entry.title, help=escape(entry.about))

    async def search(self, query: str) -> Hits:
        words = folded(query).split()
        found = [*self._matching(words), *self._matching_exercises(query, words)] or [*self._roughly(words)]
        for entry, score in found:
            yield Hit(score, self._shown(entry, words), entry.do, text=entry.title, help=escape(entry.about))
        if not found:
            yield Hit(0, Content(_("Nothing matches.")), lambda: None, text="")

    def _shown(self, entry: Entry, words: list[str] | tuple[()]) -> Content:
        content = Content(entry.title)
        match = first_match(entry.title, words)
        if match is not None:
            content = content.stylize(self.match_style or Style(reverse=True), *match)
        return Content.assemble(content, "  ", (entry.key, "$text-accent")) if entry.key else content

    # What there is

    def _actions(self) -> Iterator[Entry]:
        said: set[tuple[str, str]] = set()
        for node, action in self._nodes():
            # What a widget and its screen both can, Open for one, stands there once.
            if node.check_action(action.name.partition("(")[0], ()) is False or (action.label, action.about) in said:
                continue
            said.add((action.label, action.about))
            yield Entry(
                label(action.id, action.label),
                _(action.about),
                partial(self._do, node, action),
                key_display(self.app, action),
                f"{action.label} {action.about} {action.id}",
            )

    def _nodes(self) -> Iterator[tuple[DOMNode, Action]]:
        """What has actions at the moment, with each of them: from the widget with the focus outwards."""
        known = {action.id: action for actions in ACTIONS.values() for action in actions}
        for node in self.focused.ancestors_with_self if self.focused is not None else ():
            if node is self.screen:
                break
            for _key, binding in node._bindings:
                if binding.id in known:
                    yield node, known.pop(binding.id)
        screen = self.screen
        if isinstance(screen, TutorScreen | TutorModal):
            for action in (*screen.ACTIONS, *EVERYWHERE):
                yield screen, action

    def _choices(self) -> Iterator[Entry]:
        app = self._tutor
        preferences = app.preferences
        names = {"builtin": _("the tutor's own"), None: "$VISUAL, $EDITOR"}
        for editor in EDITORS:
            chosen = preferences._replace(editor=editor)
            title = _("Editor: {name}").format(name=names[editor])
            yield self._choice(title, partial(app.prefer, chosen), chosen == preferences, f"editor {editor}")
        for device in DEVICES:
            chosen = preferences._replace(device=device)
            title = _("Device: {name}").format(name=device_name(device))
            yield self._choice(title, partial(app.prefer, chosen), chosen == preferences, f"device gpu {device}")
        for theme in app.available_themes:
            chosen = preferences._replace(theme=theme)
            title = _("Theme: {name}").format(name=theme)
            yield self._choice(title, partial(app.prefer, chosen), theme == app.theme, "theme colour color")

    def _choice(self, title: str, do: Callable[[], None], now: bool, aliases: str) -> Entry:
        return Entry(title, _("This is how it is now.") if now else _("Change it to this."), do, aliases=aliases)

    # What is found of it

    def _matching(self, words: list[str]) -> Iterator[tuple[Entry, float]]:
        for entry in (*self._actions(), *self._choices()):
            title = folded(entry.title)
            text = folded(f"{entry.title}\n{entry.about}\n{entry.aliases}")
            if all(word in text for word in words):
                yield entry, _rank(title, words)

    def _roughly(self, words: list[str]) -> Iterator[tuple[Entry, float]]:
        """Where nothing was found otherwise: a few letters of an action's name, in their order."""
        for entry in self._actions():
            if _in_order("".join(words), folded(entry.title)):
                yield entry, 0.5

    def _matching_exercises(self, query: str, words: list[str]) -> Iterator[tuple[Entry, float]]:
        keys = self._index.find(query) or ()
        found = (
            (_rank(plain, words), title, exercise, topic)
            for exercise, title, plain, topic in self._exercises  # in the order of the list, which stays among equals
            if exercise.key in keys
        )
        for rank, title, exercise, topic in nlargest(MOST, found, key=itemgetter(0)):
            do = partial(self._tutor.open_exercise, exercise)
            # Actions come first where both fit as well.
            yield Entry(_("Open: {title}").format(title=title), f"{topic} · {exercise.key}", do), rank - 0.1

    async def _do(self, node: DOMNode, action: Action) -> None:
        if node.is_attached:
            await self.app.run_action(action.name, default_namespace=node)


def _look(packs: Sequence[Pack], language: str) -> tuple[list[tuple[Exercise, str, str, str]], Index]:
    exercises = []
    for pack in packs:
        for track in pack.tracks:
            for topic in track.topics:
                about = in_language(topic.title, language)
                for exercise in topic.exercises:
                    title = in_language(exercise.title, language)
                    exercises.append((exercise, title, folded(title), about))
    return exercises, Index(packs)


def _rank(title: str, words: list[str]) -> float:
    """How well a title fits a query, all of whose words were found somewhere."""
    if title.startswith(" ".join(words)):
        return 4.0
    if any(part.startswith(words[0]) for part in title.split()):
        return 3.0
    return 2.0 if all(word in title for word in words) else 1.0


def _in_order(word: str, text: str) -> bool:
    """Whether the letters of ``word`` come one after the other in ``text``, whatever stands between them."""
    letters = iter(text)
    return all(letter in letters for letter in word)
