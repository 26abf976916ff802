"""How much, how long, how long ago: in words, and as a bar. For the app and for the command line alike."""

from __future__ import annotations

from datetime import datetime

from tutor.locale import _, plural

DONE, LEFT = "━", "─"
"""A bar's two parts differ in weight, so that no colour is needed to tell them apart."""


def now() -> datetime:
    """By the learner's clock."""
    return datetime.now().astimezone()


def bar(part: int, total: int, width: int) -> tuple[str, str]:
    """The part that is done and the part that is left, ``width`` cells together.

    Something done is never shown as nothing, nor something left as all done.
    """
    if total <= 0 or width <= 0:
        return "", LEFT * max(0, width)
    done = round(width * part / total)
    if 0 < part < total and width > 1:
        done = max(1, min(width - 1, done))
    return DONE * done, LEFT * (width - done)


def duration(seconds: float) -> str:
    """``2 h 10 min``, to the minute."""
    hours, minutes = divmod(round(seconds / 60), 60)
    if not hours:
        return _("{minutes} min").format(minutes=minutes)
    if not minutes:
        return _("{hours} h").format(hours=hours)
    return _("{hours} h {minutes} min").format(hours=hours, minutes=minutes)


def ago(when: datetime, now: datetime) -> str:
    """``today 14:02``, ``yesterday 09:15``, ``3 days ago``, else the date. Both in the time of the learner's clock."""
    days = (now.date() - when.date()).days
    clock = f"{when:%H:%M}"
    if days == 0:
        return _("today {time}").format(time=clock)
    if days == 1:
        return _("yesterday {time}").format(time=clock)
    if 1 < days < 7:
        return plural("{count} day ago", "{count} days ago", days).format(count=days)
    return f"{when:%Y-%m-%d}"


def to_go(minutes: int) -> str:
    """How long the packs say that what is left takes."""
    return _("about {time} to go").format(time=duration(60 * minutes))


def attempts_words(count: int) -> str:
    return plural("{count} attempt", "{count} attempts", count).format(count=count)


def streak_words(current: int, longest: int) -> str:
    """``3 days in a row (longest: 5)``; nothing where there never was a day."""
    if not longest:
        return ""
    if not current:
        return plural("longest streak: {count} day", "longest streak: {count} days", longest).format(count=longest)
    said = plural("{count} day in a row", "{count} days in a row", current).format(count=current)
    return said if longest <= current else said + _(" (longest: {count})").format(count=longest)


def before_pass(count: int, *, passed: bool) -> str:
    """How many attempts an exercise took before the first that passed."""
    if passed:
        said = plural("{count} attempt before the pass", "{count} attempts before the pass", count)
    else:
        said = plural("{count} attempt, not passed yet", "{count} attempts, not passed yet", count)
    return said.format(count=count)
