"""Prove exercises of this repository, and write down that they were proved as they are.

``python tools/prove.py`` proves every exercise that has changed since it was proved last; ``python tools/prove.py
custom_loss`` or ``… custom_loss/repair_nan`` those that are named, changed or not. ``--list`` says what is to be done.

A proof is ``tutor pack check --seeds 5 --mutants``. It takes minutes for each exercise, which is too long to repeat it
for all of them with every change of anything: so what came of it stands in ``tests/proofs/``, with a digest of the
files that it was about, and ``tests/test_exercises.py`` fails where one is missing or of other files.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import platform
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path
from typing import Any

from tutor.authoring.check import Options, check_pack
from tutor.authoring.proof import CannotGrade
from tutor.authoring.result import ExerciseResult
from tutor.catalog import Exercise, load_pack
from tutor.cli.pack_check_show import Lines
from tutor.grading import EngineDied

ROOT = Path(__file__).resolve().parent.parent
PACKS = (ROOT / "exercises", ROOT / "examples" / "tutor-broadcasting" / "tutor_broadcasting")
PROOFS = ROOT / "tests" / "proofs"
SEEDS = 5


def proof_file(exercise: Exercise) -> Path:
    """Where it is written down that ``exercise`` was proved."""
    return PROOFS / exercise.pack / exercise.topic / f"{exercise.name}.toml"


def proof_of(exercise: Exercise) -> dict[str, Any]:
    """What is written there; nothing where it was never proved."""
    try:
        return tomllib.loads(proof_file(exercise).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}


def digest(exercise: Exercise) -> str:
    """Of all that a proof is about: grader, stub, answers, mistakes and what the manifest says of them.

    Texts are read anew by every test run, which takes no time, and need no new proof.
    """
    found = hashlib.sha256()
    about = (
        *(exercise.name, exercise.needs, exercise.devices, exercise.limits),
        [(requirement.test, requirement.faq) for requirement in exercise.requirements],
        [equivalent.mutant for equivalent in exercise.equivalents],
    )
    found.update(repr(about).encode())
    for folder in (exercise.folder, exercise.solutions_folder):
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix not in (".md", ".pyc") and path.name != "exercise.toml":
                found.update(b"\0" + path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes())
    return found.hexdigest()[:32]


def is_proved(exercise: Exercise) -> bool:
    """Whether ``exercise`` was proved as it is now."""
    return proof_of(exercise).get("digest") == digest(exercise)


def write_down(exercise: Exercise, result: ExerciseResult, was: str) -> None:
    """Note that ``exercise`` was proved when its digest ``was`` this."""
    mutants = result.mutants
    assert mutants is not None, "a sound exercise has been through its mutants"
    counts = f"killed = {mutants.killed}, equivalent = {mutants.equivalent}, survived = {len(mutants.survived)}"
    file = proof_file(exercise)
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = (
        "# Written by tools/prove.py. An exercise that has changed needs a new proof, not a new digest.",
        f'digest = "{was}"',
        f"seeds = {SEEDS}",
        f"mistakes = {len(result.mistakes)}",
        f"mutants = {{ {counts} }}",
        f'python = "{platform.python_version()}"',
        f'torch = "{version("torch")}"',
    )
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def prove(exercise: Exercise) -> bool:
    """Prove ``exercise``, and write it down if it is sound."""
    was = digest(exercise)
    audience = Lines(verbose=False)
    options = Options(only=exercise.id, seeds=SEEDS, mutants=True)
    (result,) = asyncio.run(check_pack(exercise.pack_folder, options, audience)).exercises
    audience.close()
    if result.ok:
        write_down(exercise, result, was)
    return result.ok


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="TOPIC[/EXERCISE]")
    parser.add_argument("--list", action="store_true", help="say what would be proved, and do nothing")
    arguments = parser.parse_args()
    exercises = [exercise for pack in PACKS for exercise in load_pack(pack).exercises]
    names = {name.strip("/") for name in arguments.names}
    if unknown := names - {name for exercise in exercises for name in (exercise.topic, exercise.id)}:
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    wanted = [e for e in exercises if (names & {e.topic, e.id} if names else not is_proved(e))]
    if arguments.list:
        print("\n".join(exercise.id for exercise in wanted))
        return 0
    try:
        failed = [exercise.id for exercise in wanted if not prove(exercise)]
    except (CannotGrade, EngineDied) as error:
        sys.exit(str(error))
    print(f"{len(wanted) - len(failed)} proved" + (f", not sound: {', '.join(failed)}" if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
