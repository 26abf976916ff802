"""The files of a pack: missing, unreadable, unlisted, leading out, or at odds with each other."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from catalog_builder import FAQ, E, PackBuilder

from tutor.catalog import PackError, Problem, load_pack
from tutor.catalog.files import LARGEST

Refusals = Callable[[], list[tuple[str, str, int | None, str]]]

GRADER = f"{E}/test_squared.py"
MISSING = "this file is missing"
OUT = "this link leads out of the pack"

REQUIRED = [
    "pack.toml",
    "losses/topic.toml",
    f"{E}/exercise.toml",
    f"{E}/stub.py",
    GRADER,
    f"{E}/lesson.md",
    f"{E}/lesson.ja.md",
    f"{E}/faq.md",
    f"{E}/faq.ja.md",
    f"solutions/{E}/solution.py",
    f"solutions/{E}/explained.md",
    f"solutions/{E}/explained.ja.md",
]
TEXTS = [*REQUIRED, f"{E}/mistakes/wrong.py", f"solutions/{E}/other.py"]


def test_a_sound_pack(pack: PackBuilder) -> None:
    loaded = load_pack(pack.folder)
    assert (loaded.name, loaded.languages, loaded.folder) == ("sample", ("en", "ja"), pack.folder)
    assert [e.id for e in loaded.exercises] == ["losses/squared", "losses/absolute", "layers/linear"]
    exercise = loaded.exercises[0]
    assert exercise.pack == "sample"
    assert (exercise.difficulty, exercise.minutes, exercise.needs, exercise.devices) == (2, 15, ("sklearn",), ("cpu",))
    assert (exercise.limits.seconds, exercise.limits.run_seconds) == (5, 60)
    assert [r.test for r in exercise.requirements] == ["test_value", "test_gradient"]
    assert exercise.lesson("ja") == "# レッスン losses/squared"
    assert exercise.lesson("fr") == "# Lesson of losses/squared"
    assert exercise.explained("en") == "Because."
    assert [(entry.id, entry.question, entry.steps) for entry in exercise.faq("ja")] == [
        ("mean-or-sum", "平均か合計か", ("One.", "Two.")),
        ("cut-graph", "勾配がない", ("Three.",)),
    ]
    assert [path.name for path in exercise.mistakes] == ["wrong.py"]
    assert all(path.is_file() for path in (exercise.stub, exercise.grader, *exercise.solutions))


def test_what_is_optional(pack: PackBuilder) -> None:
    """No mistakes, and of the manifest only what has no default."""
    shutil.rmtree(pack.path(f"{E}/mistakes"))
    text = pack.read(f"{E}/exercise.toml")
    for line in ('needs = ["sklearn"]', 'devices = ["cpu"]', "[limits]", "seconds = 5"):
        text = text.replace(line + "\n", "")
    pack.write(f"{E}/exercise.toml", text)
    exercise = load_pack(pack.folder).exercises[0]
    assert (exercise.needs, exercise.devices, exercise.limits.seconds) == ((), ("cpu", "cuda"), 10)
    assert exercise.mistakes == ()


def test_solutions_beside_the_pack(pack: PackBuilder) -> None:
    beside = pack.folder.parent / "solutions"
    pack.path("solutions").rename(beside)
    assert load_pack(pack.folder).exercises[0].solutions == (beside / E / "solution.py",)


def test_a_third_language(pack: PackBuilder) -> None:
    """A pack may speak what the tutor does not; then it has to throughout."""
    pack.replace("pack.toml", '["en", "ja"]', '["en", "fr"]')
    with pytest.raises(PackError) as caught:
        load_pack(pack.folder)
    files = {p.file.name for p in caught.value.problems if p.message == MISSING}
    assert files == {"lesson.fr.md", "faq.fr.md", "explained.fr.md"}


@pytest.mark.parametrize("file", REQUIRED)
def test_missing(pack: PackBuilder, refusals: Refusals, file: str) -> None:
    pack.path(file).unlink()
    assert refusals() == [(file, "", None, MISSING)]


@pytest.mark.parametrize("file", TEXTS)
def test_not_utf8(pack: PackBuilder, refusals: Refusals, file: str) -> None:
    pack.write(file, b"# one\n# \x82\xb1\n")  # Shift JIS
    assert refusals() == [(file, "", 2, "this file is not UTF-8 text")]


@pytest.mark.parametrize("file", TEXTS)
def test_too_large(pack: PackBuilder, refusals: Refusals, file: str) -> None:
    pack.write(file, b"#" * (LARGEST + 1))
    assert refusals() == [(file, "", None, "this file is over 1 MiB")]


@pytest.mark.parametrize("file", REQUIRED)
def test_a_folder_in_the_place_of_a_file(pack: PackBuilder, refusals: Refusals, file: str) -> None:
    pack.path(file).unlink()
    pack.path(file).mkdir()
    assert refusals() == [(file, "", None, "this must be a file")]


def test_a_pipe_does_not_block(pack: PackBuilder, refusals: Refusals) -> None:
    pack.path(f"{E}/stub.py").unlink()
    os.mkfifo(pack.path(f"{E}/stub.py"))
    assert refusals() == [(f"{E}/stub.py", "", None, "this must be a file")]


@pytest.mark.parametrize("file", [f"{E}/lesson.md", f"{E}/stub.py", f"solutions/{E}/explained.ja.md"])
def test_empty(pack: PackBuilder, refusals: Refusals, file: str) -> None:
    pack.write(file, "\n \n")
    assert refusals() == [(file, "", None, "this file is empty")]


def test_no_pack_at_all(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"nowhere/pack\.toml: this file is missing$"):
        load_pack(tmp_path / "nowhere")


# Lists and folders


def test_an_exercise_that_no_list_names(pack: PackBuilder, refusals: Refusals) -> None:
    pack.exercise("losses/huber")
    expected = "the exercises of topic.toml do not list this one"
    assert refusals() == [("losses/huber/exercise.toml", "", None, expected)]


def test_a_topic_that_no_list_names(pack: PackBuilder, refusals: Refusals) -> None:
    """Said once, not for each of its exercises too."""
    pack.topic("optim", "sgd", "adam")
    assert refusals() == [("optim/topic.toml", "", None, "no track of pack.toml lists this topic")]


def test_an_exercise_of_a_topic_without_manifest(pack: PackBuilder, refusals: Refusals) -> None:
    pack.exercise("optim/sgd")
    expected = "no track of pack.toml lists the topic of this exercise"
    assert refusals() == [("optim/sgd/exercise.toml", "", None, expected)]


def test_an_exercise_in_the_wrong_place(pack: PackBuilder, refusals: Refusals) -> None:
    pack.write("losses/more/deep/exercise.toml", "")
    expected = "a topic.toml belongs into <topic>/, an exercise.toml into <topic>/<exercise>/ of the pack"
    assert refusals() == [("losses/more/deep/exercise.toml", "", None, expected)]


@pytest.mark.parametrize("hidden", [".git", "__pycache__"])
def test_other_folders_are_nobodys_business(pack: PackBuilder, hidden: str) -> None:
    pack.write(f"losses/{hidden}/exercise.toml", "")
    pack.write("losses/squared/data/points.bin", b"\xff" * 10)
    assert load_pack(pack.folder).name == "sample"


# Links


def test_links_inside_the_pack_are_fine(pack: PackBuilder) -> None:
    pack.path(f"{E}/stub.py").rename(pack.path("stub.py"))
    pack.path(f"{E}/stub.py").symlink_to("../../stub.py")
    pack.path("layers/linear").rename(pack.path("elsewhere"))
    pack.path("layers/linear").symlink_to(pack.path("elsewhere"))
    pack.path("elsewhere/exercise.toml").rename(pack.path("elsewhere/linear.toml"))
    pack.path("elsewhere/exercise.toml").symlink_to("linear.toml")
    assert len(load_pack(pack.folder).exercises) == 3


def test_a_link_to_the_pack_is_fine(pack: PackBuilder) -> None:
    link = pack.folder.parent / "link"
    link.symlink_to(pack.folder)
    assert load_pack(link).folder == pack.folder


@pytest.mark.parametrize(
    "link",
    ["losses", E, f"{E}/lesson.md", f"{E}/mistakes", f"{E}/mistakes/wrong.py", "solutions", f"solutions/{E}", "data"],
)
def test_links_that_lead_out(pack: PackBuilder, refusals: Refusals, link: str) -> None:
    """Said once, whatever lies behind them; and nothing behind them is read."""
    outside = pack.folder.parent / "outside"
    if pack.path(link).exists():
        pack.path(link).rename(outside)
    pack.path(link).symlink_to(outside)
    assert refusals() == [(link, "", None, OUT)]


def test_solutions_beside_the_pack_may_not_lead_out_either(pack: PackBuilder) -> None:
    beside = pack.folder.parent / "solutions"
    pack.path("solutions").rename(beside)
    (beside / "layers").rename(pack.folder.parent / "outside")
    (beside / "layers").symlink_to(pack.folder.parent / "outside")
    with pytest.raises(PackError) as caught:
        load_pack(pack.folder)
    assert caught.value.problems == (Problem(beside / "layers", "", None, OUT),)


@pytest.mark.parametrize("link", [f"{E}/stub.py", f"solutions/{E}/solution.py"])
def test_links_in_a_circle(pack: PackBuilder, refusals: Refusals, link: str) -> None:
    pack.path(link).unlink()
    pack.path(link).symlink_to(pack.path(link).name)
    ((file, _key, _line, message),) = refusals()
    assert file == link
    assert message.startswith("this file cannot be read: ")


def test_folders_in_a_circle(pack: PackBuilder) -> None:
    pack.path("losses/again").symlink_to(pack.folder)
    assert load_pack(pack.folder).name == "sample"
    shutil.rmtree(pack.path("solutions"))
    pack.path("solutions").symlink_to("solutions")
    with pytest.raises(PackError):
        load_pack(pack.folder)
    loop = pack.folder.parent / "loop"
    loop.symlink_to("loop")
    with pytest.raises(PackError):
        load_pack(loop)


# FAQ and mistakes


def test_faq_flaws_are_reported(pack: PackBuilder, refusals: Refusals) -> None:
    pack.append(f"{E}/faq.md", "\n## Why?\n\nBecause.\n")
    expected = "a question ends in its id, as in: ## Why the mean? {#mean-or-sum}"
    assert refusals() == [(f"{E}/faq.md", "", 15, expected)]


def test_faq_ids_cannot_steer_the_terminal(pack: PackBuilder, refusals: Refusals) -> None:
    pack.append(f"{E}/faq.md", "\n## Why? {#\x1b[2J}\n\nBecause.\n")
    assert [key for _file, key, _line, _message in refusals()] == [r"'\x1b[2J'"]


def test_faq_entry_in_one_language_only(pack: PackBuilder, refusals: Refusals) -> None:
    pack.replace(f"{E}/faq.ja.md", "#cut-graph", "#cut")
    assert refusals() == [
        (f"{E}/faq.ja.md", "cut-graph", None, "this entry of faq.md is missing here"),
        (f"{E}/faq.ja.md", "cut", 11, "faq.md has no such entry"),
    ]


def test_faq_entries_in_another_order(pack: PackBuilder, refusals: Refusals) -> None:
    swapped = pack.read(f"{E}/faq.ja.md").replace("mean-or-sum", "x").replace("cut-graph", "mean-or-sum")
    pack.write(f"{E}/faq.ja.md", swapped.replace("{#x}", "{#cut-graph}"))
    assert refusals() == [(f"{E}/faq.ja.md", "cut-graph", 3, "faq.md has mean-or-sum in this place")]


def test_faq_steps_differ(pack: PackBuilder, refusals: Refusals) -> None:
    pack.append(f"{E}/faq.ja.md", "\n---\n\nFour.\n")
    assert refusals() == [(f"{E}/faq.ja.md", "cut-graph", 11, "this entry has 2 steps, and in faq.md 1")]


def test_no_faq_entry_for_a_requirement(pack: PackBuilder, refusals: Refusals) -> None:
    for file in ("faq.md", "faq.ja.md"):
        pack.write(f"{E}/{file}", FAQ.format(title="T", first="A", second="B").split("## B")[0])
    assert refusals() == [
        (f"{E}/exercise.toml", "requirements[1].faq", 18, "faq.md has no entry 'cut-graph'"),
    ]


@pytest.mark.parametrize(
    ("first_line", "message"),
    [
        ("import torch", "the first line must name the FAQ entry to bring up, as in: # mistake: mean-or-sum"),
        ("# mistake:", "the first line must name the FAQ entry to bring up, as in: # mistake: mean-or-sum"),
        ("# mistake: mean or sum", "the first line must name the FAQ entry to bring up, as in: # mistake: mean-or-sum"),
        ("# mistake: sum", "faq.md has no entry 'sum'"),
    ],
)
def test_mistakes(pack: PackBuilder, refusals: Refusals, first_line: str, message: str) -> None:
    pack.write(f"{E}/mistakes/other.py", f"{first_line}\n# mistake: mean-or-sum\n")
    assert refusals() == [(f"{E}/mistakes/other.py", "", 1, message)]


# The grader


def test_requirement_without_test(pack: PackBuilder, refusals: Refusals) -> None:
    pack.replace(GRADER, "def test_gradient", "def tost_gradient")
    expected = "test_squared.py has no such test"
    assert refusals() == [(f"{E}/exercise.toml", "requirements[1].test", 16, expected)]


@pytest.mark.parametrize("header", ["def test_more(", "async def test_more(", "@mark(\n)\ndef test_more("])
def test_test_without_requirement(pack: PackBuilder, refusals: Refusals, header: str) -> None:
    pack.append(GRADER, f"\n\n{header}):\n    pass\n")
    line = 17 + header.count("\n")
    assert refusals() == [(GRADER, "test_more", line, "no requirement in exercise.toml names this test")]


def test_what_is_no_test(pack: PackBuilder) -> None:
    """Helpers, functions in functions, names in strings and variables."""
    pack.append(
        GRADER,
        "\n\ndef helper():\n    def test_inner(): ...\n\n\n'''\ndef test_quoted(): ...\n'''\ntest_loader = [0]\n"
        "tests = [lambda: 0 for _ in test_loader]\n\n\nclass test_case:\n    pass\n",
    )
    assert load_pack(pack.folder).name == "sample"


def test_requirements_in_another_order(pack: PackBuilder, refusals: Refusals) -> None:
    swapped = pack.read(GRADER).replace("test_value", "test_x").replace("test_gradient", "test_value")
    pack.write(GRADER, swapped.replace("test_x", "test_gradient"))
    expected = "requirements stand in the order of the grader, where test_gradient comes here"
    assert refusals() == [(f"{E}/exercise.toml", "requirements[0].test", 11, expected)]


def test_test_defined_twice(pack: PackBuilder, refusals: Refusals) -> None:
    pack.append(GRADER, "\n\ndef test_value():\n    pass\n")
    assert refusals() == [(GRADER, "test_value", 17, "this test replaces the one on line 9")]


def test_tests_in_a_class(pack: PackBuilder, refusals: Refusals) -> None:
    pack.append(GRADER, "\n\nclass TestMore:\n    def test_more(self):\n        pass\n")
    assert refusals() == [(GRADER, "TestMore", 17, "tests are functions here, not methods of a class")]


@pytest.mark.parametrize(
    ("more", "line"),
    [("\ndef test_more(:\n", 16), ("\nif True:\nx = 1\n", 17), ("x = '\0'", None), (f"x = {'(' * 5000}", None)],
    ids=["syntax", "indentation", "null byte", "nesting"],
)
def test_grader_is_not_python(pack: PackBuilder, refusals: Refusals, more: str, line: int | None) -> None:
    pack.append(GRADER, more)
    ((file, key, found_line, message),) = refusals()
    assert (file, key) == (GRADER, "")
    assert line is None or found_line == line
    assert message.startswith("this is not valid Python: ")


@pytest.mark.filterwarnings("error")
def test_warnings_of_the_compiler_stay_off_the_screen(pack: PackBuilder) -> None:
    pack.append(GRADER, "\nx = '\\d' is 'y'\n")
    assert load_pack(pack.folder).name == "sample"


# How problems read


def test_a_problem_is_one_line(tmp_path: Path) -> None:
    file = Path("/p/a.toml")
    assert str(Problem(file, "title.ja", 3, "is missing")) == "/p/a.toml:3: title.ja: is missing"
    assert str(Problem(file, "", None, "is missing")) == "/p/a.toml: is missing"
    assert str(Problem(file, "minutes", None, "is missing")) == "/p/a.toml: minutes: is missing"
    assert str(Problem(Path("/p/\x1b[2J\n"), "", None, "is missing")) == r"/p/\x1b[2J\n: is missing"
    assert str(PackError([Problem(file, "", 1, "a"), Problem(file, "", 2, "b")])) == "/p/a.toml:1: a\n/p/a.toml:2: b"
