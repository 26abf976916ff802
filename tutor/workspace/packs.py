"""The packs that the learner has added: which, from where, and where they lie. A small JSON file, read strictly."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Literal

import msgspec

from tutor.locale import _
from tutor.workspace import files
from tutor.workspace.errors import SettingsError

Kind = Literal["folder", "git", "distribution"]


class AddedPack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One pack that was added."""

    name: str
    kind: Kind
    source: str
    """What it was added from: a folder, an address for git, or the name of a distribution."""
    folder: Path
    """Where the pack itself lies."""
    version: str = ""
    """Of the distribution, or the commit; empty where the source has none."""
    digest: str = ""
    """Of the files as they were copied, by which later changes are seen; empty for a distribution."""


class _Added(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: Literal[1]
    packs: tuple[AddedPack, ...]


def data_folder() -> Path:
    """Where copies of packs are kept: in the folder named by ``TUTOR_DATA``, or in the user's folder for data."""
    named = os.environ.get("TUTOR_DATA")
    if named:
        return Path(named).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("torch-tutor")


def packs_file() -> Path:
    """Where the list of added packs is."""
    return data_folder() / "packs.json"


def added_packs() -> tuple[AddedPack, ...]:
    """The packs that were added, in the order in which they were.

    Raises:
        SettingsError: the list cannot be read.
    """
    file = packs_file()
    try:
        return msgspec.json.decode(file.read_bytes(), type=_Added, dec_hook=_decode).packs
    except FileNotFoundError:
        return ()
    except OSError as error:
        raise SettingsError(_broken(file, files.reason(error))) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SettingsError(_broken(file, str(error))) from error


def save_added_packs(packs: tuple[AddedPack, ...]) -> None:
    """Write the list, in one step.

    Raises:
        OSError: it cannot be written, and is as it was.
    """
    file = packs_file()
    content = msgspec.json.format(msgspec.json.encode(_Added(1, packs), enc_hook=str), indent=2) + b"\n"
    file.parent.mkdir(parents=True, exist_ok=True)
    hidden = files.write_beside(file, content)
    try:
        hidden.replace(file)
    finally:
        files.discard(hidden)


def _decode(kind: type, value: Any) -> Path:
    if kind is Path and isinstance(value, str):
        return Path(value)
    raise TypeError(f"a {kind.__name__} is expected")


def _broken(file: Path, why: str) -> str:
    return _(
        "{file} cannot be used: {reason}. The packs that you added are left out; correct it, or move it away and add "
        "them again."
    ).format(file=file, reason=why.rstrip("."))
