"""How ``pack check`` tells what it does and finds: a bar on a terminal, lines elsewhere."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from tutor.authoring.result import ExerciseResult
from tutor.catalog import Exercise
from tutor.cli import paper
from tutor.locale import _, plural

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

STEPS = 4
"""How often a line tells how far an exercise is."""
_DIFF_STYLES = {"+++": "bold", "---": "bold", "@@": "cyan", "+": "green", "-": "red"}


class Silence:
    """For JSON: nothing is told before the end."""

    def warming(self) -> None: ...

    def begin(self, exercise: Exercise, number: int, total: int) -> None: ...

    def expect(self, runs: int) -> None: ...

    def ran(self) -> None: ...

    def end(self, result: ExerciseResult) -> None: ...

    def close(self) -> None: ...


class Lines(Silence):
    """One line after the other."""

    def __init__(self, verbose: bool) -> None:
        self._verbose = verbose
        self._expected = self._ran = self._told = 0
        self._results: list[ExerciseResult] = []
        self._begun = False

    def warming(self) -> None:
        self._tell(_("Warming up: the engines load PyTorch…"))

    def begin(self, exercise: Exercise, number: int, total: int) -> None:
        self._begun = True
        self._expected = self._ran = self._told = 0
        self._tell(f"[{number}/{total}] {exercise.id}")

    def expect(self, runs: int) -> None:
        self._expected += runs
        self._told = self._ran * STEPS // self._expected

    def ran(self) -> None:
        self._ran += 1
        share = self._ran * STEPS // self._expected if self._expected else 0
        if share > self._told:
            self._told = share
            text = _("    {done} of {total} submissions graded")
            self._tell(text.format(done=self._ran, total=self._expected))

    def end(self, result: ExerciseResult) -> None:
        self._results.append(result)
        show(result, self._verbose)

    def close(self) -> None:
        if self._begun:
            summary(self._results)
        elif self._results:
            nothing_graded(self._results)

    def _tell(self, text: str) -> None:
        paper.say(text)


class Bars(Lines):
    """A bar that fills while an exercise is graded; what was found stands above it."""

    def __init__(self, verbose: bool) -> None:
        super().__init__(verbose)
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._progress: Progress = Progress(*columns, console=paper.terminal(), transient=True)
        self._task: TaskID | None = None
        self._name = ""
        self._progress.start()

    def warming(self) -> None:
        self._describe(_("warming up"))

    def begin(self, exercise: Exercise, number: int, total: int) -> None:
        self._begun = True
        self._expected = self._ran = 0
        self._name = f"[{number}/{total}] {exercise.id}"
        if self._task is not None:
            self._progress.remove_task(self._task)
        self._task = self._progress.add_task("", total=None)
        self._describe("")

    def expect(self, runs: int) -> None:
        self._expected += runs
        if self._task is not None:
            self._progress.update(self._task, total=self._expected)

    def ran(self) -> None:
        self._describe("")
        if self._task is not None:
            self._progress.advance(self._task)

    def close(self) -> None:
        self._progress.stop()
        super().close()

    def _describe(self, what: str) -> None:
        from rich.markup import escape

        if self._task is not None:
            text = f"{self._name}  {what}" if what else self._name
            self._progress.update(self._task, description=escape(text))


def show(result: ExerciseResult, verbose: bool) -> None:
    """What was found about one exercise."""
    mark, style = ("✓", "green") if result.ok else ("✗", "red")
    paper.say((f"{mark} {result.id}", f"bold {style}"), *([f"  {facts}"] if (facts := _facts(result)) else []))
    for problem in result.problems:
        paper.say("    ", (problem.where, "dim"), (": " if problem.where else ""), problem.what)
    if verbose:
        for probe, names in result.travelling.items():
            carried = ", ".join(names) if names else _("its own code, and nothing else")
            paper.say("    ", _("with the probe {probe} travels: {names}").format(probe=probe, names=carried))
    for survivor in result.mutants.survived if result.mutants is not None else ():
        paper.say("    ", (_("This mutant survives:"), "bold"))
        for line in survivor.diff.splitlines():
            style = next((style for start, style in _DIFF_STYLES.items() if line.startswith(start)), "")
            paper.say("      ", (line, style))
        paper.say("      ", _("If it is right as well, exercise.toml may name it:"))
        paper.say(f'      [[equivalents]]\n      mutant = {_toml(survivor.change)}\n      reason = "…"')


def _toml(text: str) -> str:
    """``text`` as TOML has it; a text of JSON is one of TOML."""
    return f"'{text}'" if "'" not in text and text.isprintable() else json.dumps(text, ensure_ascii=False)


def summary(results: list[ExerciseResult]) -> None:
    """The last line."""
    sound = sum(result.ok for result in results)
    count = plural("{sound} of {total} exercise is sound", "{sound} of {total} exercises are sound", len(results))
    paper.say((count.format(sound=sound, total=len(results)), "bold"))


def nothing_graded(results: list[ExerciseResult]) -> None:
    """The last line about a pack that does not load."""
    count = sum(len(result.problems) for result in results)
    text = plural(
        "{count} problem in the files: nothing was graded. Put it right and run the command again.",
        "{count} problems in the files: nothing was graded. Put them right and run the command again.",
        count,
    )
    paper.say((text.format(count=count), "bold"))


def _facts(result: ExerciseResult) -> str:
    parts = []
    if result.seconds:
        parts.append(_("{seconds:.2f} s a run").format(seconds=result.seconds))
    if result.mistakes:
        good = sum(mistake.caught and mistake.recognised for mistake in result.mistakes)
        text = _("{good} of {total} mistakes caught and recognised")
        parts.append(text.format(good=good, total=len(result.mistakes)))
    if (mutants := result.mutants) is not None:
        counted = mutants.killed + len(mutants.survived)
        text = _("{killed} of {counted} mutants killed ({share:.1%}), {equivalent} more are equivalent")
        parts.append(
            text.format(killed=mutants.killed, counted=counted, share=mutants.share, equivalent=mutants.equivalent)
        )
    return " · ".join(parts)
