"""Whether a pack's code wants the network. Boxes have none; a grader that downloads fails in the first aeroplane."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import NamedTuple

from tutor.authoring import sources

_URL = re.compile(r"(?:https?|ftp|s3|gs|hf)://", re.IGNORECASE)
_MODULES = frozenset(
    {"urllib.request", "urllib3", "requests", "httpx", "aiohttp", "http.client", "ftplib", "boto3"}
    | {"huggingface_hub", "kagglehub", "gdown", "wget", "torch.hub", "kaggle"}
)
_CALLS = re.compile(
    r"urlopen|urlretrieve|url_?download|download_url|load_state_dict_from_url|hf_hub_download|snapshot_download"
    r"|fetch_(openml|20newsgroups\w*|california_housing|olivetti_faces|lfw_\w+|covtype|rcv1|kddcup99|file)"
    r"|load_dataset|from_pretrained"
)
_KEYWORDS = frozenset({"download", "pretrained"})


class Wish(NamedTuple):
    """A place that reaches for the network."""

    line: int
    text: str


def network_wishes(source: str) -> list[Wish]:
    """Where ``source`` would go to the network: imports, calls that download, addresses in texts.

    Comments and docstrings may name sources. ``from_pretrained`` of a folder inside the pack is reported as well: it
    cannot be told from a download, and a model that a pack carries is loaded from its configuration and its file.
    """
    tree = sources.parse(source)
    return [] if tree is None else list(dict.fromkeys(_wishes(tree)))


def _wishes(tree: ast.Module) -> Iterator[Wish]:
    docstrings = {id(text) for text in _docstrings(tree)}
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                yield from (Wish(node.lineno, alias.name) for alias in names if _is_network(alias.name))
            case ast.ImportFrom(module=str(module), names=names):
                for alias in names:
                    if _is_network(module) or _is_network(f"{module}.{alias.name}") or _CALLS.fullmatch(alias.name):
                        yield Wish(node.lineno, f"{module}.{alias.name}")
            case ast.Call(func=func, keywords=keywords):
                name = func.attr if isinstance(func, ast.Attribute) else func.id if isinstance(func, ast.Name) else ""
                if _CALLS.fullmatch(name) or ast.unparse(func) in ("torch.hub.load", "hub.load"):
                    yield Wish(node.lineno, name)
                for keyword in keywords:
                    given = keyword.value.value if isinstance(keyword.value, ast.Constant) else None
                    if (keyword.arg in _KEYWORDS and given is True) or (
                        keyword.arg == "weights" and isinstance(given, str)
                    ):
                        yield Wish(node.lineno, f"{keyword.arg}={given!r}")
            case ast.Constant(value=str(text)) if id(node) not in docstrings and _URL.search(text):
                yield Wish(node.lineno, text if len(text) <= 60 else text[:59] + "…")


def _is_network(module: str) -> bool:
    return module in _MODULES or module.partition(".")[0] in _MODULES


def _docstrings(tree: ast.Module) -> Iterator[ast.Constant]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            yield node.value
