"""Which files a box needs: the libraries, and no pack, no solution, nothing of the learner's."""

from __future__ import annotations

import contextlib
import stat
import sys
from collections.abc import Sequence
from pathlib import Path

SYSTEM = ("/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin", "/sbin", "/etc", "/opt", "/sys", "/nix", "/gnu")

_DEVICES = ("null", "zero", "full", "random", "urandom", "tty")
_GPUS = ("nvidia*", "nvidia-caps/*", "dri/*", "kfd", "dxg")


def devices() -> list[Path]:
    """Devices that do no harm, and GPUs."""
    found = [Path("/dev") / name for name in _DEVICES]
    for pattern in _GPUS:
        found += Path("/dev").glob(pattern)
    return [path for path in found if path.exists() and stat.S_ISCHR(path.stat().st_mode)]


def libraries() -> list[Path]:
    """Folders and archives that Python or the system loads from, as they are named: links are not followed."""
    roots = [Path(root) for root in SYSTEM]
    roots += [Path(root) for root in (sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix)]
    for entry in sys.path:
        roots += _importable(Path(entry).absolute()) if entry else ()
    # Packages that live elsewhere: editable installs.
    for module in list(sys.modules.values()):
        if getattr(module, "__spec__", None) is not None and "." not in module.__name__:
            roots += [Path(str(path)).absolute() for path in getattr(module, "__path__", ())]
    found: list[Path] = []
    for root in dict.fromkeys(roots):
        if root.exists() and root != Path("/"):
            found.append(root)
    return found


def _importable(folder: Path) -> list[Path]:
    """``folder``; of a project's (an editable install puts it on the path) only what can be imported, not its tests."""
    if not any((folder / name).exists() for name in (".git", ".hg", "pyproject.toml", "setup.py")):
        return [folder]
    with contextlib.suppress(OSError):
        inside = sorted(folder.iterdir())
        return [path for path in inside if path.suffix in (".py", ".so") or (path / "__init__.py").is_file()]
    return []


def outermost(paths: Sequence[Path]) -> list[Path]:
    """``paths`` without those that lie in another of them, in the same order."""
    return [path for path in paths if not any(path != other and path.is_relative_to(other) for other in paths)]
