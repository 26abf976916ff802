"""``list`` and ``show``: what there is to learn."""

from __future__ import annotations

import click

from tutor.cli import paper
from tutor.cli.root import Command, exercise_argument
from tutor.cli.wiring import Wiring
from tutor.locale import _, current, plural

STYLES = {"passed": "green", "failed": "red", "error": "red", "started": "yellow", "new": "dim", "not_run": "dim"}


def list_command() -> click.Command:
    return Command(
        "list",
        _list,
        short=_("All exercises, and how far you are."),
        params=[click.Option(["--json", "as_json"], is_flag=True, help=_("Print JSON instead."))],
    )


def show_command() -> click.Command:
    return Command(
        "show",
        _show,
        short=_("The lesson of an exercise, and where your file is."),
        text=_("Your file is made from the stub where there is none yet. Without ID: the exercise opened last."),
        params=[
            exercise_argument(required=False),
            click.Option(["--faq"], is_flag=True, help=_("Show the questions that learners ask, answered, instead.")),
        ],
    )


def _list(wiring: Wiring, as_json: bool) -> int:
    from tutor.app.marks import STATE_MARKS, STATE_WORDS, difficulty
    from tutor.catalog import in_language

    catalog, states, language = wiring.catalog, wiring.states(), current()
    if as_json:
        paper.data(_as_json(wiring))
        return 0
    ids = {(e.pack, e.id): catalog.id_of(e) for e in catalog.exercises}
    id_columns = max(map(len, ids.values()), default=0)
    word_columns = max(paper.width(_(word)) for word in STATE_WORDS.values())
    for pack in catalog.packs:
        paper.say((in_language(pack.title, language), "bold"))
        for track in pack.tracks:
            paper.say("  ", in_language(track.title, language))
            for topic in track.topics:
                paper.say("    ", (in_language(topic.title, language), "bold"))
                for exercise in topic.exercises:
                    name = ids[exercise.pack, exercise.id]
                    state = states[name]
                    paper.say(
                        "      ",
                        (f"{STATE_MARKS[state]} {paper.padded(_(STATE_WORDS[state]), word_columns)}", STYLES[state]),
                        f"  {name:<{id_columns}}  {difficulty(exercise.difficulty)}  ",
                        _("{minutes:>3} min").format(minutes=exercise.minutes),
                        f"  {in_language(exercise.title, language)}",
                    )
        paper.say()
    passed = sum(state == "passed" for state in states.values())
    count = plural("{total} exercise, {passed} passed", "{total} exercises, {passed} passed", len(states))
    paper.say(count.format(total=len(states), passed=passed))
    return 0


def _as_json(wiring: Wiring) -> dict[str, object]:
    from tutor.catalog import in_language

    catalog, states, language = wiring.catalog, wiring.states(), current()
    rows = [
        {
            "id": catalog.id_of(exercise),
            "title": in_language(exercise.title, language),
            "pack": pack.name,
            "track": track.name,
            "topic": topic.name,
            "difficulty": exercise.difficulty,
            "minutes": exercise.minutes,
            "state": states[catalog.id_of(exercise)],
        }
        for pack in catalog.packs
        for track in pack.tracks
        for topic in track.topics
        for exercise in topic.exercises
    ]
    return {"version": 1, "exercises": rows}


def _show(wiring: Wiring, name: str | None, faq: bool) -> int:
    exercise = wiring.exercise(name)
    if faq:
        entries = exercise.faq(current())
        paper.markdown("\n\n".join(f"## {entry.question}\n\n" + "\n\n".join(entry.steps) for entry in entries))
        return 0
    paper.markdown(exercise.lesson(current()))
    paper.say()
    path = wiring.session().open(exercise)
    paper.say((_("Your file: {path}").format(path=path), "bold"))
    paper.say(_("Grade it:  tutor check {id}").format(id=wiring.catalog.id_of(exercise)))
    return 0
