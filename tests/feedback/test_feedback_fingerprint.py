"""Which mistake a report looks like, and which question comes first where it looks like none."""

import pytest

from tutor.catalog import builtin_pack, load_catalog
from tutor.feedback import Fingerprint, choose_entry, closest, fingerprint, nearest
from tutor.grading.report import Report, RequirementResult

EXERCISE = next(e for e in load_catalog([builtin_pack()]).exercises if len(e.requirements) > 2)
FIRST, SECOND, THIRD = (requirement.test for requirement in EXERCISE.requirements[:3])


def report(**observed: tuple[str, ...]) -> Report:
    """One that fails the requirements named, where the probes returned the values given."""
    rows = tuple(
        RequirementResult(name, "failed", "no", observed=observed[name])
        if name in observed
        else RequirementResult(name, "passed")
        for name in (requirement.test for requirement in EXERCISE.requirements)
    )
    return Report(EXERCISE.id, "cpu", 0, "failed", None, 0.1, rows)


def known(**reports: Report) -> dict[str, Fingerprint]:
    return {name: fingerprint(one) for name, one in reports.items()}


OWN = report(**{FIRST: ("1", "2", "3", "4"), SECOND: ("5",)})
ALIKE = report(**{FIRST: ("1", "2", "3", "0"), SECOND: ("5",)})
HALF = report(**{FIRST: ("1", "2", "0", "0"), SECOND: ("0",)})
OTHER_VALUES = report(**{FIRST: ("0", "0", "0", "0"), SECOND: ("0",)})
ELSEWHERE = report(**{FIRST: ("1", "2", "3", "4")})


def test_what_is_near_enough_is_named() -> None:
    assert closest(OWN, known(far=OTHER_VALUES, half=HALF, near=ALIKE, elsewhere=ELSEWHERE)) == "near"
    assert closest(OWN, known(far=OTHER_VALUES, half=HALF, elsewhere=ELSEWHERE)) is None


@pytest.mark.parametrize(
    ("mistakes", "names"),
    [
        ({"far": OTHER_VALUES, "half": HALF, "elsewhere": ELSEWHERE}, ("half",)),
        ({"one": HALF, "other": HALF, "far": OTHER_VALUES}, ("one", "other")),
        ({"far": OTHER_VALUES, "elsewhere": ELSEWHERE}, ()),
        ({"elsewhere": ELSEWHERE}, ()),
        ({}, ()),
    ],
    ids=["one", "several", "nothing equal", "elsewhere", "none"],
)
def test_the_nearest_share_something(mistakes: dict[str, Report], names: tuple[str, ...]) -> None:
    assert nearest(OWN, known(**mistakes)) == names


def test_a_grading_that_was_given_up_is_not_near() -> None:
    part = Fingerprint({FIRST: fingerprint(OWN).rows[FIRST]}, whole=False)
    assert nearest(OWN, {"part": part}) == ()


def test_which_entry_comes_first() -> None:
    of_the_first = EXERCISE.requirement(FIRST)
    assert of_the_first is not None
    faq = {"a": "of-a", "b": "of-b", "also_a": "of-a"}
    assert choose_entry(OWN, EXERCISE, "b", faq, ("a",)) == "of-b"
    assert choose_entry(OWN, EXERCISE, None, faq, ("a", "also_a")) == "of-a"
    # Where the nearest disagree, or where there is none, the first failed requirement decides.
    assert choose_entry(OWN, EXERCISE, None, faq, ("a", "b")) == of_the_first.faq
    assert choose_entry(OWN, EXERCISE, None, faq) == of_the_first.faq
