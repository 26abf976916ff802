"""Every way in which a manifest is refused: file, key, line and sentence."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from catalog_builder import E, PackBuilder

from tutor import locale
from tutor.catalog import load_catalog
from tutor.catalog.manifest import FORMAT

Refusals = Callable[[], list[tuple[str, str, int | None, str]]]

EX = f"{E}/exercise.toml"
TOPIC = "losses/topic.toml"
PACK = "pack.toml"
NOT_A_NAME = "{} is not a name: small letters a to z, digits and underscores, a letter first, at most 64"


@pytest.mark.parametrize(
    ("file", "old", "new", "key", "line", "message"),
    [
        # broken TOML
        (EX, "minutes = 15", "minutes = ", "", 3, "this is not valid TOML: "),
        (EX, "difficulty", "minutes = 3\ndifficulty", "", 4, "this is not valid TOML: "),
        (TOPIC, '"absolute"]', '"absolute"', "", 3, "this is not valid TOML: "),
        (PACK, "[[tracks]]", "[[tracks]", "", 6, "this is not valid TOML: "),
        # wrong types
        (EX, "difficulty = 2", 'difficulty = "2"', "difficulty", 2, "must be a whole number, not a text"),
        (EX, "minutes = 15", "minutes = 1.5", "minutes", 3, "must be a whole number, not a number with a fraction"),
        (EX, "minutes = 15", "minutes = true", "minutes", 3, "must be a whole number, not true or false"),
        (EX, "minutes = 15", "minutes = 2020-01-01", "minutes", 3, "must be a whole number, not a date or a time"),
        (EX, 'needs = ["sklearn"]', 'needs = "sklearn"', "needs", 4, "must be a list, not a text"),
        (EX, 'needs = ["sklearn"]', "needs = [3]", "needs[0]", 4, "must be a text in quotes, not a whole number"),
        (EX, "seconds = 5", 'seconds = "5"', "limits.seconds", 8, "must be a number, not a text"),
        (
            EX,
            'title = { en = "An exercise", ja = "演習" }',
            'title = "T"',
            "title",
            1,
            "must be a table of texts by lang",
        ),
        (EX, 'en = "The value is right"', "en = 3", "requirements[0].sentence.en", 12, "must be a text in quotes, not"),
        (PACK, "format = 1", 'format = "1"', "format", 1, "must be a whole number, not a text"),
        (PACK, "[[tracks]]", "[tracks]", "tracks", 6, "must be a list, not a table"),
        # unknown and missing keys
        (
            EX,
            "minutes = 15",
            "minutes = 15\nhours = 1",
            "hours",
            4,
            "unknown key; the keys here are title, difficulty,",
        ),
        (
            EX,
            "seconds = 5",
            "seconds = 5\nhours = 1",
            "limits.hours",
            9,
            "unknown key; the keys here are seconds, run_s",
        ),
        (
            EX,
            'faq = "cut-graph"',
            'faq = "cut-graph"\nhint = ""',
            "requirements[1].hint",
            19,
            "unknown key; the keys he",
        ),
        (EX, "minutes = 15", '"\\u001b[2J" = 1\nminutes = 15', r"'\x1b[2J'", 3, "unknown key; the keys here are"),
        (EX, 'faq = "cut-graph"\n', "", "requirements[1].faq", 15, "this key is missing"),
        (EX, "minutes = 15\n", "", "minutes", None, "this key is missing"),
        (TOPIC, "summary", "y = 1\nsummary", "y", 2, "unknown key; the keys here are title, summary, exercises"),
        (PACK, 'name = "basics"\n', "", "tracks[0].name", 6, "this key is missing"),
        # texts and languages
        (EX, ', ja = "演習"', "", "title.ja", 1, "the text in this language is missing"),
        (
            EX,
            'ja = "勾配が正しい"',
            'ja = " "',
            "requirements[1].sentence.ja",
            17,
            "the text in this language is missing",
        ),
        (
            EX,
            'ja = "演習"',
            'ja = "演習", fr = "E"',
            "title.fr",
            1,
            "this language is not among the languages of pack.toml",
        ),
        (EX, '"An exercise"', '"An \\u001b[2J"', "title.en", 1, "this text holds control characters"),
        (TOPIC, ', ja = "その内容。"', "", "summary.ja", 2, "the text in this language is missing"),
        (PACK, ', ja = "基礎"', "", "tracks[0].title.ja", 8, "the text in this language is missing"),
        (PACK, '["en", "ja"]', '["ja"]', "languages", 4, '"en" must be among the languages'),
        (PACK, '["en", "ja"]', '["en", "ja", "../x"]', "languages[2]", 4, "'../x' is not a language code"),
        (PACK, '["en", "ja"]', '["en", "ja", "ja"]', "languages[2]", 4, "'ja' is listed twice"),
        # names
        (PACK, '"sample"', '"My pack"', "name", 2, NOT_A_NAME.format("'My pack'")),
        (PACK, '"basics"', '"../x"', "tracks[0].name", 7, NOT_A_NAME.format("'../x'")),
        (PACK, '"layers"]', '"layers", ".."]', "tracks[0].topics[2]", 9, NOT_A_NAME.format("'..'")),
        (
            PACK,
            '"layers"]',
            '"layers", "solutions"]',
            "tracks[0].topics[2]",
            9,
            "'solutions' is reserved for the refere",
        ),
        (TOPIC, '"absolute"]', '"absolute", "/etc"]', "exercises[2]", 3, NOT_A_NAME.format("'/etc'")),
        (TOPIC, '"absolute"]', '"absolute", "a/b"]', "exercises[2]", 3, NOT_A_NAME.format("'a/b'")),
        (TOPIC, '"absolute"]', '"absolute", ""]', "exercises[2]", 3, NOT_A_NAME.format("''")),
        (TOPIC, '"absolute"]', '"absolute", "ａ"]', "exercises[2]", 3, NOT_A_NAME.format("'ａ'")),
        # duplicates
        (PACK, '"layers"]', '"layers", "losses"]', "tracks[0].topics[2]", 9, "'losses' is listed twice"),
        (TOPIC, '"absolute"]', '"absolute",\n  "squared",\n]', "exercises[2]", 4, "'squared' is listed twice"),
        (EX, 'needs = ["sklearn"]', 'needs = ["sklearn", "sklearn"]', "needs[1]", 4, "'sklearn' is listed twice"),
        (EX, 'devices = ["cpu"]', 'devices = ["cpu", "cpu"]', "devices[1]", 5, "'cpu' is listed twice"),
        # values
        (EX, "difficulty = 2", "difficulty = 0", "difficulty", 2, "must be from 1 to 5"),
        (EX, "difficulty = 2", "difficulty = 6", "difficulty", 2, "must be from 1 to 5"),
        (EX, "minutes = 15", "minutes = 0", "minutes", 3, "must be from 1 to 1440"),
        (EX, "minutes = 15", f"minutes = 0x{'f' * 9000}", "minutes", 3, "must be from 1 to 1440"),
        (EX, "seconds = 5", "seconds = 0", "limits.seconds", 8, "must be more than 0, and at most 1000000"),
        (EX, "seconds = 5", "seconds = inf", "limits.seconds", 8, "must be more than 0, and at most 1000000"),
        (EX, "seconds = 5", "seconds = nan", "limits.seconds", 8, "must be more than 0, and at most 1000000"),
        (EX, "seconds = 5", "memory_mb = -1", "limits.memory_mb", 8, "must be more than 0, and at most 1000000"),
        (EX, 'devices = ["cpu"]', "devices = []", "devices", 5, "this list is empty"),
        (EX, 'devices = ["cpu"]', 'devices = ["cpu", "tpu"]', "devices[1]", 5, "'tpu' is not one of cpu, cuda"),
        (EX, '["sklearn"]', '["os; print()"]', "needs[0]", 4, "'os; print()' cannot be the name of a library that one"),
        (PACK, "format = 1", "format = 0", "format", 1, "the format of packs is 1"),
        # lists and folders
        (TOPIC, '"absolute"]', '"absolute", "huber"]', "exercises[2]", 3, "there is no folder 'huber'"),
        (PACK, '"layers"]', '"layers", "optim"]', "tracks[0].topics[2]", 9, "there is no folder 'optim'"),
        # what the FAQ and the grader have to say about it
        (EX, 'faq = "cut-graph"', 'faq = "cut"', "requirements[1].faq", 18, "faq.md has no entry 'cut'"),
    ],
)
def test_one_slip(
    pack: PackBuilder, refusals: Refusals, file: str, old: str, new: str, key: str, line: int | None, message: str
) -> None:
    pack.replace(file, old, new)
    ((found_file, found_key, found_line, found_message),) = refusals()
    assert (found_file, found_key, found_line) == (file, key, line)
    assert found_message.startswith(message)


def test_requirement_twice(pack: PackBuilder, refusals: Refusals) -> None:
    pack.replace(EX, '"test_gradient"', '"test_value"')
    assert refusals() == [
        (EX, "requirements[1].test", 16, "'test_value' is listed twice"),
        (f"{E}/test_squared.py", "test_gradient", 13, "no requirement in exercise.toml names this test"),
    ]


def test_no_requirements(pack: PackBuilder, refusals: Refusals) -> None:
    head, _rest = pack.read(EX).split("[limits]")
    pack.write(EX, head.replace("[[requirements]]", "") + "requirements = []\n")
    assert (EX, "requirements", 7, "this list is empty") in refusals()


@pytest.mark.parametrize(
    ("file", "old", "new", "key"),
    [
        (TOPIC, '"squared", "absolute"', "", "exercises"),
        (PACK, '"losses", "layers"', "", "tracks[0].topics"),
    ],
)
def test_empty_lists(pack: PackBuilder, refusals: Refusals, file: str, old: str, new: str, key: str) -> None:
    pack.replace(file, old, new)
    assert (file, key, "this list is empty") in [(f, k, m) for f, k, _line, m in refusals()]


def test_topic_in_two_tracks(pack: PackBuilder, refusals: Refusals) -> None:
    pack.append(PACK, '\n[[tracks]]\nname = "basics"\ntitle = { en = "B", ja = "B" }\ntopics = ["layers"]\n')
    assert refusals() == [
        (PACK, "tracks[1].name", 12, "'basics' is listed twice"),
        (PACK, "tracks[1].topics[0]", 14, "'layers' is listed twice"),
    ]


def test_newer_format_says_so_and_nothing_else(pack: PackBuilder, refusals: Refusals) -> None:
    pack.replace(PACK, "format = 1", f"format = {FORMAT + 1}\ncolour = true")
    pack.write(EX, "not TOML")
    message = f"this pack is for a newer tutor: this one reads packs up to format {FORMAT}; update it"
    assert refusals() == [(PACK, "format", 1, message)]


def test_too_many_digits(pack: PackBuilder, refusals: Refusals) -> None:
    pack.replace(EX, "minutes = 15", f"minutes = {'9' * 9000}")
    ((file, key, _line, message),) = refusals()
    assert (file, key) == (EX, "")
    assert message.startswith("this is not valid TOML: ")


def test_nested_too_deeply(pack: PackBuilder, refusals: Refusals) -> None:
    pack.replace(EX, "minutes = 15", f"minutes = {'[' * 20_000}")
    assert refusals() == [(EX, "", None, "this TOML is nested too deeply")]


def test_lists_over_several_lines_and_windows_line_ends(pack: PackBuilder, refusals: Refusals) -> None:
    text = pack.read(PACK).replace('["losses", "layers"]', '[\n  # two\n  "losses",\n  "layers",\n  "Big",\n]')
    pack.write(PACK, text.replace("\n", "\r\n"))
    assert [(key, line) for _file, key, line, _message in refusals()] == [("tracks[0].topics[2]", 13)]


def test_a_manifest_that_is_wrong_all_over(pack: PackBuilder, refusals: Refusals) -> None:
    """The search for lines gives up before it costs more than it is worth; the problems are still all there."""
    names = "".join(f'  "Bad{number}",\n' for number in range(3000))
    pack.replace(TOPIC, '"squared",', f'"squared",\n{names}')
    found = refusals()
    assert len(found) == 3000
    assert found[0][:3] == (TOPIC, "exercises[1]", 4)
    assert found[-1][:3] == (TOPIC, "exercises[3000]", None)


def test_a_value_of_several_lines_is_named_by_its_first(pack: PackBuilder, refusals: Refusals) -> None:
    pack.replace(TOPIC, "summary = ", 'colour = """\nfoo = 1\nbar\n"""\nsummary = ')
    assert [(key, line) for _file, key, line, _message in refusals()] == [("colour", 2)]


def test_everything_is_found_at_once(pack: PackBuilder, refusals: Refusals) -> None:
    """Across files, and within one: types, unknown keys and values side by side."""
    pack.replace(PACK, 'title = { en = "A pack", ja = "パック" }\n', "")
    pack.replace(TOPIC, ', ja = "トピック"', "")
    pack.replace(EX, "difficulty = 2", 'difficulty = "2"')
    pack.replace(EX, "minutes = 15", "minutes = 0\ncolour = 1")
    pack.replace("losses/absolute/exercise.toml", "minutes = 15", "minutes = ")
    pack.path("losses/absolute/lesson.md").unlink()
    pack.path("layers/topic.toml").unlink()
    assert [(file, key, line) for file, key, line, _message in refusals()] == [
        (PACK, "title", None),
        (TOPIC, "title.ja", 1),
        (EX, "colour", 4),
        (EX, "difficulty", 2),
        (EX, "minutes", 3),
        ("losses/absolute/exercise.toml", "", 3),
        ("losses/absolute/lesson.md", "", None),
        ("layers/topic.toml", "", None),
    ]


def test_unreadable_languages_do_not_cause_others(pack: PackBuilder, refusals: Refusals) -> None:
    """Japanese texts are no fault where the list of languages could not be read."""
    pack.replace(PACK, 'languages = ["en", "ja"]', "languages = 3")
    assert [key for _file, key, _line, _message in refusals()] == ["languages"]


def test_other_packs_still_load(pack: PackBuilder) -> None:
    sound = PackBuilder(pack.folder.parent / "sound", name="sound")
    pack.replace(PACK, "format = 1", "format = 2")
    catalog = load_catalog([pack.folder, sound.folder])
    assert [p.name for p in catalog.packs] == ["sound"]
    assert [p.file for p in catalog.problems] == [pack.path(PACK)]


def test_two_packs_of_one_name(pack: PackBuilder) -> None:
    other = PackBuilder(pack.folder.parent / "other")
    catalog = load_catalog([pack.folder, other.folder])
    assert [p.folder for p in catalog.packs] == [pack.folder]
    (problem,) = catalog.problems
    assert str(problem) == f"{other.path(PACK)}:2: name: this name is taken by the pack in {pack.folder}"


def test_one_folder_twice_counts_once(pack: PackBuilder) -> None:
    catalog = load_catalog([pack.folder, pack.folder / ".." / "pack"])
    assert [p.name for p in catalog.packs] == ["sample"]
    assert catalog.problems == ()


def test_sentences_go_through_the_locale(
    pack: PackBuilder, refusals: Refusals, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shouting:
        def gettext(self, message: str) -> str:
            return message.upper().replace("{LEAST}", "{least}").replace("{MOST}", "{most}")

    monkeypatch.setattr(locale, "_catalogue", Shouting())
    pack.replace(EX, "difficulty = 2", "difficulty = 9")
    assert refusals() == [(EX, "difficulty", 2, "MUST BE FROM 1 TO 5")]
