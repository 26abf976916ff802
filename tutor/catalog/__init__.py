"""Packs on disk -> Pack, Topic, Exercise. See docs/architecture.md for what a pack holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tutor.catalog.builtin import BUILTIN, builtin_pack
    from tutor.catalog.cache import first_look, open_catalog
    from tutor.catalog.faq import FaqEntry, parse_faq
    from tutor.catalog.load import load_catalog, load_pack
    from tutor.catalog.model import (
        DEVICES,
        Catalog,
        Equivalent,
        Exercise,
        Limits,
        Pack,
        Requirement,
        Text,
        Topic,
        Track,
        UnknownExercise,
        in_language,
    )
    from tutor.catalog.problems import PackError, Problem

__all__ = [
    "BUILTIN",
    "DEVICES",
    "Catalog",
    "Equivalent",
    "Exercise",
    "FaqEntry",
    "Limits",
    "Pack",
    "PackError",
    "Problem",
    "Requirement",
    "Text",
    "Topic",
    "Track",
    "UnknownExercise",
    "builtin_pack",
    "first_look",
    "in_language",
    "load_catalog",
    "load_pack",
    "open_catalog",
    "parse_faq",
]


def __getattr__(name: str) -> Any:
    # A start whose packs are known reads no manifest: it does not wait for what does.
    import importlib

    match name:
        case "builtin_pack":
            home = "builtin"
        case "first_look" | "open_catalog":
            home = "cache"
        case "FaqEntry" | "parse_faq":
            home = "faq"
        case "load_catalog" | "load_pack":
            home = "load"
        case "PackError" | "Problem":
            home = "problems"
        case _ if name in __all__:
            home = "model"
        case _:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"{__name__}.{home}"), name)
