"""Which themes the app wears: its own, and Textual's."""

from __future__ import annotations

from collections.abc import Mapping

from textual.theme import Theme

DARK = "tutor-dark"
LIGHT = "tutor-light"
TERMINAL = "tutor-terminal"
"""The terminal's own colours, and none at all where NO_COLOR is set: what is chosen or has the focus is reversed."""

THEMES = (
    Theme(
        DARK,
        primary="#6CB2F0",
        secondary="#A99CF0",
        accent="#F2935C",
        warning="#E8B95B",
        error="#F0717F",
        success="#6FCB8B",
        foreground="#DEE2EA",
        background="#15171C",
        surface="#1D2027",
        panel="#262A33",
        variables={
            "block-cursor-foreground": "#FFFFFF",
            "block-cursor-background": "#2C4F74",
            "block-cursor-blurred-foreground": "#FFFFFF",
            "block-cursor-blurred-background": "#2B3B50",
            "input-selection-background": "#3C6896",
            "input-selection-foreground": "#FFFFFF",
            "screen-selection-background": "#3C6896",
            "screen-selection-foreground": "#FFFFFF",
            "border": "#6CB2F0",
        },
    ),
    Theme(
        LIGHT,
        dark=False,
        primary="#1B64A7",
        secondary="#6548B5",
        accent="#A8430C",
        warning="#825500",
        error="#B3202F",
        success="#1B7038",
        foreground="#23262C",
        background="#FBFAF8",
        surface="#F3F1EC",
        panel="#E8E5DE",
        variables={
            "block-cursor-foreground": "#FFFFFF",
            "block-cursor-background": "#1B64A7",
            "block-cursor-blurred-foreground": "#23262C",
            "block-cursor-blurred-background": "#D3E0EC",
            "input-selection-background": "#BBD6EF",
            "input-selection-foreground": "#0B1C2C",
            "screen-selection-background": "#BBD6EF",
            "screen-selection-foreground": "#0B1C2C",
            "footer-key-foreground": "#A8430C",
        },
    ),
    Theme(
        TERMINAL,
        ansi=True,
        primary="ansi_cyan",
        secondary="ansi_magenta",
        accent="ansi_magenta",
        warning="ansi_yellow",
        error="ansi_red",
        success="ansi_green",
        foreground="ansi_default",
        background="ansi_default",
        surface="ansi_default",
        panel="ansi_default",
        boost="ansi_default",
        variables={
            "ansi-background": "ansi_default",
            "ansi-foreground": "ansi_default",
            "block-cursor-foreground": "ansi_default",
            "block-cursor-background": "ansi_default",
            "block-cursor-text-style": "reverse",
            "block-cursor-blurred-text-style": "underline",
            "border": "ansi_cyan",
            "border-blurred": "ansi_default",
            "footer-key-foreground": "ansi_magenta",
            "input-cursor-text-style": "reverse",
            "input-selection-background": "ansi_cyan",
            "input-selection-foreground": "ansi_black",
            "scrollbar": "ansi_default",
            "scrollbar-hover": "ansi_cyan",
            "scrollbar-active": "ansi_cyan",
        },
    ),
)

_PAIRS = (
    (DARK, LIGHT),
    ("textual-dark", "textual-light"),
    ("catppuccin-mocha", "catppuccin-latte"),
    ("rose-pine", "rose-pine-dawn"),
    ("solarized-dark", "solarized-light"),
    ("atom-one-dark", "atom-one-light"),
    ("ansi-dark", "ansi-light"),
)
_OTHER = {**dict(_PAIRS), **{light: dark for dark, light in _PAIRS}}


def other_theme(theme: Theme) -> str:
    """The light theme that goes with a dark one, and the other way round."""
    return _OTHER.get(theme.name, LIGHT if theme.dark else DARK)


def first_theme(environment: Mapping[str, str]) -> str:
    """What the app wears as long as nobody has chosen: by what the terminal says of itself, without asking it."""
    if few_colours(environment):
        return TERMINAL
    # rxvt, Konsole and others say which of their colours text and background have: 7 and 15 are the whites.
    background = environment.get("COLORFGBG", "").rpartition(";")[2]
    return LIGHT if background in ("7", "15") else DARK


def few_colours(environment: Mapping[str, str]) -> bool:
    """Whether only the terminal's own 16 colours are to be had, or none are wanted. Goes by what rich goes by."""
    if "NO_COLOR" in environment:
        return True
    system = environment.get("TEXTUAL_COLOR_SYSTEM", "auto").lower()
    if system != "auto":
        return system not in ("256", "truecolor")
    if environment.get("COLORTERM", "").strip().lower() in ("truecolor", "24bit"):
        return False
    return environment.get("TERM", "").strip().lower().rpartition("-")[2] not in ("256color", "kitty")


def slow_line(environment: Mapping[str, str]) -> bool:
    """Whether what is painted goes through a network, where an animation is a flood. TEXTUAL_ANIMATIONS decides."""
    return "TEXTUAL_ANIMATIONS" not in environment and any(environment.get(n) for n in ("SSH_CONNECTION", "SSH_TTY"))
