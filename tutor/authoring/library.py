"""``tutor pack add``, ``update`` and ``remove``: the packs that a learner has beside the built-in one.

A folder or a git repository is copied, so that it stays what was trusted until ``update``; a distribution is used where
it is installed. Nothing of a pack runs while it is added: code runs when an exercise is graded.

A copy lies in ``packs/<name>/pack``, with the solutions beside it where the pack has them beside it.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec

from tutor.authoring.git import GitFailed, clone, is_address
from tutor.authoring.places import NoPack, find_pack
from tutor.catalog import BUILTIN, Pack, PackError, load_pack
from tutor.catalog.manifest import FORMAT
from tutor.locale import _
from tutor.workspace.packs import AddedPack, Kind, added_packs, data_folder, save_added_packs

GROUP = "tutor.packs"
"""The entry points by which distributions offer packs: the name of the pack, and the package that holds it."""
_LEFT_BEHIND = shutil.ignore_patterns(
    ".git", "__pycache__", ".venv", "venv", "*.egg-info", ".mypy_cache", ".ruff_cache"
)
_MOST_PROBLEMS = 5


class NotAdded(Exception):
    """A pack cannot be added, updated or removed. The text is a whole sentence, with the way out."""


class Candidate(msgspec.Struct, frozen=True):
    """A pack that could be added, and has been read."""

    pack: Pack
    kind: Kind
    source: str
    version: str


class Installed(msgspec.Struct, frozen=True):
    """A pack that an installed distribution offers."""

    name: str
    distribution: str
    version: str
    folder: Path | None
    """None where the entry point leads nowhere."""


@contextlib.contextmanager
def looked_at(source: str) -> Iterator[Candidate]:
    """The pack that ``source`` means: a folder, an address for git, or an installed distribution or its pack.

    What git fetched is there as long as the context is.

    Raises:
        NotAdded: there is none, or it is not sound.
    """
    if not source.strip():
        raise NotAdded(_("SOURCE is empty: name a folder, an address for git, or an installed distribution."))
    folder = Path(source).expanduser()
    if folder.is_dir() and not is_address(source):
        yield _read(folder, "folder", str(folder.resolve()), "")
    elif is_address(source):
        with tempfile.TemporaryDirectory(prefix="tutor-pack-") as place:
            try:
                commit = clone(source, Path(place) / "clone")
            except GitFailed as error:
                raise NotAdded(str(error)) from error
            address = str(folder.resolve()) if folder.is_dir() else source  # update may be called from elsewhere
            yield _read(Path(place) / "clone", "git", address, commit)
    else:
        offered = _offered(source)
        assert offered.folder is not None
        yield _read(offered.folder, "distribution", offered.distribution, offered.version)


def require_free(candidate: Candidate) -> None:
    """Make sure that the name of the pack is not taken.

    Raises:
        NotAdded: it is.
        SettingsError: the list of packs cannot be read.
    """
    known = added_packs()
    name = candidate.pack.name
    if name == BUILTIN:
        raise NotAdded(
            _("{name} is the name of the built-in pack: its author has to choose another.").format(name=name)
        )
    taken = next((pack for pack in known if pack.name == name), None)
    if taken is not None:
        what = _(
            "There is a pack {name} already, from {source}. `tutor pack update {name}` renews it, "
            "`tutor pack remove {name}` makes room."
        )
        raise NotAdded(what.format(name=name, source=taken.source))


def add(candidate: Candidate) -> AddedPack:
    """Keep the pack, at the end of the list.

    Raises:
        NotAdded: its name is taken.
        SettingsError: the list of packs cannot be read.
        OSError: it cannot be copied.
    """
    require_free(candidate)
    added = _keep(candidate)
    save_added_packs((*added_packs(), added))
    return added


def update(name: str) -> tuple[AddedPack, bool, Path | None]:
    """Bring a pack to what its source is now. The learner's own files are elsewhere, and stay as they are.

    Returns:
        The pack, whether anything has changed, and where the copy is kept if somebody had changed it.

    Raises:
        NotAdded: there is no such pack, or its source is gone or not sound; then all is as before.
        SettingsError, OSError: as for ``add``.
    """
    known = added_packs()
    old = _named(name, known)
    _require_source(old)
    with looked_at(old.source if old.kind != "distribution" else f"{old.source}:{old.name}") as candidate:
        if candidate.pack.name != name:
            what = _("{source} holds the pack {other} now, not {name}: remove the one and add the other.")
            raise NotAdded(what.format(source=old.source, other=candidate.pack.name, name=name))
        fresh = _digest(candidate.pack) if old.kind != "distribution" else ""
        there = old.kind == "distribution" or _home(name).is_dir()
        untouched = old.kind == "distribution" or _digest_of_copy(old) == old.digest
        if (fresh, candidate.version) == (old.digest, old.version) and untouched:
            return old, False, None
        kept = None if untouched or not there else _set_aside(old)
        new = _keep(candidate)
    save_added_packs(tuple(new if pack.name == name else pack for pack in known))
    return new, True, kept


def remove(name: str) -> tuple[AddedPack, Path | None]:
    """Take a pack off the list, and its copy away. The learner's own files stay.

    Returns:
        The pack, and where its copy is kept if somebody had changed it.

    Raises:
        NotAdded: there is no such pack.
        SettingsError, OSError: the list cannot be read or written.
    """
    known = added_packs()
    old = _named(name, known)
    save_added_packs(tuple(pack for pack in known if pack.name != name))
    kept = None
    if old.kind != "distribution":
        if old.folder.is_dir() and _digest_of_copy(old) != old.digest:
            kept = _set_aside(old)
        shutil.rmtree(_home(name), ignore_errors=True)
    return old, kept


def installed_packs() -> tuple[Installed, ...]:
    """What the installed distributions offer, by name. Nothing of theirs is imported."""
    found = {}
    for entry in importlib.metadata.entry_points(group=GROUP):
        distribution = entry.dist
        name, version = (distribution.name, distribution.version) if distribution is not None else ("", "")
        found[entry.name, name] = Installed(entry.name, name, version, _folder_of(entry.value))
    return tuple(found[key] for key in sorted(found))


def _offered(source: str) -> Installed:
    """The installed pack called ``source``, by its distribution, its own name, or ``distribution:name``."""
    wanted, _colon, only = source.partition(":")
    same = re.compile(r"[-_.]+")
    offers = [
        offer
        for offer in installed_packs()
        if (offer.name == wanted or same.sub("-", offer.distribution).lower() == same.sub("-", wanted).lower())
        and only in ("", offer.name)
    ]
    if not offers:
        what = _(
            "{source} is no folder, no address for git, and no installed distribution with a pack. An address begins "
            "with https:// or ends in .git; `tutor pack list` shows what is installed."
        )
        raise NotAdded(what.format(source=repr(source)))
    if len(offers) > 1:
        names = ", ".join(f"{offer.distribution}:{offer.name}" for offer in offers)
        raise NotAdded(
            _("Several packs are meant by {source}: name one of {names}.").format(source=source, names=names)
        )
    if offers[0].folder is None:
        what = _("The distribution {name} says it holds a pack, but there is none: install it again.")
        raise NotAdded(what.format(name=offers[0].distribution))
    return offers[0]


def _folder_of(module: str) -> Path | None:
    """The folder of a package, found without running any of it."""
    first, *rest = module.partition(":")[0].strip().split(".")
    try:
        spec = importlib.util.find_spec(first)
    except (ImportError, ValueError):
        return None
    for location in (spec.submodule_search_locations or ()) if spec is not None else ():
        folder = Path(location).joinpath(*rest)
        if (folder / "pack.toml").is_file():
            return folder
    return None


def _read(folder: Path, kind: Kind, source: str, version: str) -> Candidate:
    try:
        place, _part = find_pack(folder)
        return Candidate(load_pack(place), kind, source, version)
    except NoPack as error:
        raise NotAdded(str(error)) from error
    except PackError as error:
        newer = _newer_format(place)
        if newer is not None:
            what = _(
                "This pack needs a newer torch-tutor (format {format}; yours reads up to {known}): "
                "python -m pip install --upgrade torch-tutor"
            )
            raise NotAdded(what.format(format=f"{newer:.6g}", known=FORMAT)) from error
        shown = [f"  {problem}" for problem in error.problems[:_MOST_PROBLEMS]]
        if (more := len(error.problems) - len(shown)) > 0:
            shown.append("  " + _("… and {count} more").format(count=more))
        what = _("This pack cannot be used, so nothing was changed. Its author has to put right:")
        raise NotAdded("\n".join([what, *shown])) from error


def _named(name: str, known: tuple[AddedPack, ...]) -> AddedPack:
    if name == BUILTIN:
        raise NotAdded(_("{name} is built in; it comes and goes with torch-tutor.").format(name=name))
    found = next((pack for pack in known if pack.name == name), None)
    if found is None:
        names = ", ".join(pack.name for pack in known)
        what = _("No pack {name} was added; there are: {names}.") if names else _("No pack {name} was added.")
        raise NotAdded(what.format(name=repr(name), names=names))
    return found


def _require_source(pack: AddedPack) -> None:
    """Raises NotAdded if what ``pack`` came from is gone."""
    if pack.kind == "folder" and not Path(pack.source).is_dir():
        what = _(
            "{name}: its folder {source} is gone, so nothing was changed. If it lies elsewhere now: "
            "`tutor pack remove {name}`, then `tutor pack add` from there."
        )
    elif pack.kind == "distribution" and not any(
        offer.distribution == pack.source and offer.name == pack.name for offer in installed_packs()
    ):
        what = _(
            "{name}: the distribution {source} is not installed any more. Install it again, or take the pack away: "
            "`tutor pack remove {name}`."
        )
    else:
        return
    raise NotAdded(what.format(name=pack.name, source=pack.source))


def _newer_format(folder: Path) -> int | None:
    """The format of the pack in ``folder``, where it is one that this tutor does not read yet."""
    try:
        format_ = tomllib.loads((folder / "pack.toml").read_text(encoding="utf-8")).get("format")
    except (OSError, ValueError):
        return None
    return format_ if type(format_) is int and format_ > FORMAT else None


def _home(name: str) -> Path:
    return data_folder() / "packs" / name


def _keep(candidate: Candidate) -> AddedPack:
    """Copy the pack, and put the copy in the place of an older one in one step."""
    pack = candidate.pack
    if candidate.kind == "distribution":
        return AddedPack(pack.name, candidate.kind, candidate.source, pack.folder, candidate.version)
    home = _home(pack.name)
    home.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{pack.name}-", dir=home.parent))
    try:
        for place, folder in _parts(pack).items():
            shutil.copytree(folder, draft / place, symlinks=True, ignore=_LEFT_BEHIND)
        draft.chmod(0o755)
        old = draft.with_name(f"{draft.name}-old")
        if home.exists():
            home.rename(old)
        draft.rename(home)
        shutil.rmtree(old, ignore_errors=True)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    version, digest = candidate.version, _digest(pack)
    return AddedPack(pack.name, candidate.kind, candidate.source, home / "pack", version, digest)


def _set_aside(pack: AddedPack) -> Path:
    """Keep a copy that somebody has changed, under a dated name."""
    stamp = datetime.now().astimezone().strftime("%Y%m%d-%H%M%S")
    place = data_folder() / "kept" / f"{pack.name}-{stamp}"
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(_home(pack.name), place, symlinks=True)
    return place


def _parts(pack: Pack) -> dict[str, Path]:
    """The folders that a pack consists of, by their name in a copy."""
    beside = pack.folder.parent / "solutions"
    return {"pack": pack.folder} | ({} if (pack.folder / "solutions").is_dir() else {"solutions": beside})


def _digest(pack: Pack) -> str:
    return _digest_of_folders(_parts(pack))


def _digest_of_copy(added: AddedPack) -> str:
    home = _home(added.name)
    return _digest_of_folders({name: home / name for name in ("pack", "solutions") if (home / name).is_dir()})


def _digest_of_folders(folders: dict[str, Path]) -> str:
    digest = hashlib.sha256()
    for name, folder in sorted(folders.items()):
        ignored: set[Path] = set()
        for path in sorted(folder.rglob("*")):
            if path.parent in ignored or path.name in _LEFT_BEHIND(str(path.parent), [path.name]):
                ignored.add(path)
            elif path.is_file():
                digest.update(f"{name}/{path.relative_to(folder).as_posix()}".encode(errors="surrogateescape") + b"\0")
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
