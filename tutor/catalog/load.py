"""Packs on disk -> Pack. A pack that loads is whole: every file, text, test and id that it names is there.

Whatever is wrong is collected, so that an author sees all of it at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tutor.catalog import checks
from tutor.catalog.exercise_checks import ExerciseFiles, check_values
from tutor.catalog.files import Tree, is_folder, resolved
from tutor.catalog.gather import gather
from tutor.catalog.manifest import ExerciseManifest, Manifest, PackManifest, TopicManifest
from tutor.catalog.model import Catalog, Exercise, Pack, Topic, Track
from tutor.catalog.problems import KeyPath, PackError, Problem
from tutor.locale import _

_BLANK_PACK = PackManifest(format=1, name="", title={}, languages=("en",), tracks=())
_BLANK_TOPIC = TopicManifest(title={}, summary={}, exercises=())
_BLANK_EXERCISE = ExerciseManifest(title={}, difficulty=1, minutes=1, requirements=())


def load_catalog(folders: Sequence[Path]) -> Catalog:
    """The packs in ``folders``, in that order. Packs that do not load are left out, and ``problems`` says why.

    Where two packs have the same name, the first one stays. A folder given twice counts once.
    """
    return gather(folders, load_pack)


def taken(pack: Pack, first: Pack) -> Problem:
    """That ``pack`` has the name of another one, which comes first."""
    problems: list[Problem] = []
    message = _("this name is taken by the pack in {folder}").format(folder=first.folder)
    Manifest(pack.folder / "pack.toml", _BLANK_PACK, problems).problem(("name",), message)
    return problems[-1]


def load_pack(folder: Path) -> Pack:
    """The pack in ``folder``. Its paths are absolute, with links resolved.

    Raises:
        PackError: with everything that is wrong with it.
    """
    root = resolved(folder)
    problems: list[Problem] = []
    manifest = Manifest(root / "pack.toml", _BLANK_PACK, problems)
    if manifest.usable:
        pack = _Loader(root, manifest, problems).pack()
        if not problems:
            return pack
    raise PackError(problems)


class _Loader:
    """Reads one pack. The methods return what could be read, and report what is wrong."""

    def __init__(self, root: Path, manifest: Manifest[PackManifest], problems: list[Problem]) -> None:
        """``problems`` is what ``manifest`` reports to, and all the rest too."""
        self._root = root
        self._manifest = manifest
        self._problems = problems
        self._languages = checks.languages(manifest)
        self._listed: set[Path] = set()
        """Folders of topics and exercises that a list names, right or wrong."""
        self._listless: set[Path] = set()
        """Folders whose list of what is in them could not be read."""
        self._tree = Tree(root)
        self._tree.walk(root)
        # A pack may have its solutions beside it (see the architecture): a tree of their own, with links of its own.
        inside = root / "solutions"
        self._solutions = inside if is_folder(inside) else resolved(root.parent / "solutions")
        self._beside = Tree(self._solutions)

    def pack(self) -> Pack:
        manifest, value = self._manifest, self._manifest.value
        if value.format < 1:
            manifest.problem(("format",), _("the format of packs is 1"))
        checks.name(manifest, ("name",), value.name, set())
        checks.text(manifest, ("title",), value.title, self._languages)
        checks.not_empty(manifest, ("tracks",), value.tracks)
        if "tracks" in manifest.broken:
            self._listless.add(self._root)
        names: set[str] = set()
        topics: set[str] = set()
        tracks = []
        for index, track in enumerate(value.tracks):
            key = ("tracks", index)
            checks.name(manifest, (*key, "name"), track.name, names)
            checks.text(manifest, (*key, "title"), track.title, self._languages)
            folders = self._folders(manifest, (*key, "topics"), track.topics, topics)
            tracks.append(Track(value.name, track.name, track.title, tuple(map(self._topic, folders))))
        self._check_listed()
        said = {problem.file for problem in self._problems}  # of a pipe in a file's place, say
        self._problems += [p for p in (*self._tree.problems, *self._beside.problems) if p.file not in said]
        return Pack(value.name, value.title, self._languages.codes, tuple(tracks), self._root)

    def _topic(self, folder: Path) -> Topic:
        manifest = Manifest(folder / "topic.toml", _BLANK_TOPIC, self._problems)
        value = manifest.value
        if "exercises" in manifest.broken:
            self._listless.add(folder)
        if not self._solutions.is_relative_to(self._root):
            self._beside.walk(self._solutions / folder.name)
        checks.text(manifest, ("title",), value.title, self._languages)
        checks.text(manifest, ("summary",), value.summary, self._languages)
        exercises = map(self._exercise, self._folders(manifest, ("exercises",), value.exercises, set()))
        return Topic(self._manifest.value.name, folder.name, value.title, value.summary, tuple(exercises))

    def _exercise(self, folder: Path) -> Exercise:
        manifest = Manifest(folder / "exercise.toml", _BLANK_EXERCISE, self._problems)
        value = manifest.value
        exercise = Exercise(
            pack=self._manifest.value.name,
            topic=folder.parent.name,
            name=folder.name,
            title=value.title,
            difficulty=value.difficulty,
            minutes=value.minutes,
            needs=value.needs,
            devices=value.devices,
            limits=value.limits,
            requirements=value.requirements,
            languages=self._languages.codes,
            pack_folder=self._root,
            solutions_root=self._solutions,
            equivalents=value.equivalents,
        )
        check_values(manifest, self._languages)
        ExerciseFiles(exercise, manifest, self._problems, self._reachable).check()
        return exercise

    def _folders(self, manifest: Manifest[Any], key: KeyPath, names: Sequence[str], taken: set[str]) -> list[Path]:
        """The folders of the ``names`` listed at ``key``: those there are, and that are not ``taken``."""
        checks.not_empty(manifest, key, names)
        found = []
        for index, name in enumerate(names):
            self._listed.add(manifest.path.parent / name)
            if not checks.name(manifest, (*key, index), name, taken):
                continue
            folder = manifest.path.parent / name
            if not is_folder(folder):
                manifest.problem((*key, index), _("there is no folder {name}").format(name=repr(name)))
            elif self._reachable(folder):
                found.append(folder)
        return found

    def _reachable(self, path: Path) -> bool:
        return self._tree.reaches(path) and self._beside.reaches(path)

    def _check_listed(self) -> None:
        """Every folder with a manifest must stand in the list of the folder above it."""
        for path in self._tree.manifests:
            folder, above = path.parent, path.parent.parent
            if folder in self._listed or above in self._listless:
                continue
            if (above if path.name == "topic.toml" else above.parent) != self._root:
                message = _("a topic.toml belongs into <topic>/, an exercise.toml into <topic>/<exercise>/ of the pack")
            elif path.name == "topic.toml":
                message = _("no track of pack.toml lists this topic")
            elif above in self._listed:
                message = _("the exercises of topic.toml do not list this one")
            elif self._root in self._listless or above / "topic.toml" in self._tree.manifests:
                continue  # it is the topic that is at fault, and that has been said
            else:
                message = _("no track of pack.toml lists the topic of this exercise")
            self._problems.append(Problem(path, "", None, message))
