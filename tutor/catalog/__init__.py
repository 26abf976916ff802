"""Packs on disk -> Pack, Topic, Exercise. See docs/architecture.md for what a pack holds."""

from tutor.catalog.builtin import builtin_pack
from tutor.catalog.faq import FaqEntry, parse_faq
from tutor.catalog.load import load_catalog, load_pack
from tutor.catalog.model import (
    DEVICES,
    Catalog,
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
    "DEVICES",
    "Catalog",
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
    "in_language",
    "load_catalog",
    "load_pack",
    "parse_faq",
]
