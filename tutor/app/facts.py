"""What curves and drawings show, in a sentence each: for screen readers, for paper, and for whoever wants the number.

Without numpy and textual: the command line uses it too.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import chain

from tutor.app.words import N_
from tutor.grading.report import Curve, Drawing, Images, Matrix, Scatter
from tutor.locale import _, plural

AXES: Mapping[str, str] = {
    word: word
    for word in (
        N_("true class"),
        N_("predicted class"),
        N_("query"),
        N_("key"),
        N_("row"),
        N_("column"),
        N_("dimension"),
        N_("channel"),
        N_("batch size"),
        N_("norm"),
        N_("class"),
        N_("position"),
        N_("token"),
        N_("layer"),
        N_("head"),
        N_("step"),
        N_("epoch"),
        N_("node"),
        N_("rank"),
        N_("expert"),
    )
}
"""Names of axes that are translated; see ``tutor.testing.matrix``."""


def axis(name: str) -> str:
    """The name of an axis in the learner's language, where it is a known one."""
    return _(AXES[name]) if name in AXES else name


def curve_facts(curve: Curve) -> str:
    """Where a curve starts, how low or high it came, where it ends, and whether it left the numbers."""
    values = curve.values
    finite = [(value, step) for step, value in enumerate(values, 1) if math.isfinite(value)]
    count = plural("{count} step", "{count} steps", len(values)).format(count=len(values))
    if not finite:
        return _("{name}: {count}, and no value is finite").format(name=curve.name, count=count)
    (first, _begin), (last, _end) = finite[0], finite[-1]
    if len(finite) == 1:
        text = _("{name}: {count}, {last}").format(name=curve.name, count=count, last=_number(last))
    else:
        rising = last > first
        extreme, at = max(finite, key=lambda pair: pair[0]) if rising else min(finite, key=lambda pair: pair[0])
        sentence = (
            _("{name}: {count}, from {first} to {last}, highest {extreme} at step {at}")
            if rising
            else _("{name}: {count}, from {first} to {last}, lowest {extreme} at step {at}")
        )
        text = sentence.format(
            name=curve.name, count=count, first=_number(first), last=_number(last), extreme=_number(extreme), at=at
        )
    odd = first_not_finite(values)
    if odd is not None:
        words = _("first NaN at step {step}") if math.isnan(values[odd - 1]) else _("first infinite at step {step}")
        text = _("{facts}; {more}").format(facts=text, more=words.format(step=odd))
    return text


def first_not_finite(values: Sequence[float]) -> int | None:
    """Number of the first step, from 1, whose value is NaN or infinite."""
    return next((i for i, v in enumerate(values, 1) if not math.isfinite(v)), None)


def drawing_facts(drawing: Drawing) -> str:
    """What can be said of it in a sentence."""
    match drawing:
        case Images():
            return _images(drawing)
        case Matrix():
            return _matrix(drawing)
        case Scatter():
            return _scatter(drawing)


def _images(drawing: Images) -> str:
    first, count = drawing.images[0], len(drawing.images)
    if count == 1:
        text = _("{name}: a picture of {height} by {width} pixels, from {low} (black) to {high} (white)")
    else:
        text = plural(
            "{name}: {count} picture of {height} by {width} pixels, from {low} (black) to {high} (white)",
            "{name}: {count} pictures of {height} by {width} pixels, from {low} (black) to {high} (white)",
            count,
        )
    text = text.format(
        name=drawing.name,
        count=count,
        height=first.height,
        width=first.width,
        low=_number(drawing.low),
        high=_number(drawing.high),
    )
    marks = [image.right for image in drawing.images if image.right is not None]
    if marks:
        right = _("✓ {right} of {count} right").format(right=sum(marks), count=len(marks))
        wrong = [image.caption for image in drawing.images if image.right is False and image.caption]
        if wrong:
            right += " " + _("(✗ {captions})").format(captions=", ".join(wrong[:8]) + ("…" if len(wrong) > 8 else ""))
        text = _("{facts}; {more}").format(facts=text, more=right)
    return text


def _matrix(matrix: Matrix) -> str:
    height, width = len(matrix.values), len(matrix.values[0])
    places = [
        (value, y, x) for y, line in enumerate(matrix.values) for x, value in enumerate(line) if math.isfinite(value)
    ]
    text = _("{name}: {height} by {width} values").format(name=matrix.name, height=height, width=width)
    if places and _counts(matrix):
        text = _("{facts}; {more}").format(facts=text, more=_confusion(matrix))
    elif places:
        for sentence, (value, y, x) in (
            (_("largest {value} at {row}, {column}"), max(places)),
            (_("smallest {value} at {row}, {column}"), min(places)),
        ):
            words = sentence.format(value=_number(value), row=_label(matrix, 0, y), column=_label(matrix, 1, x))
            text = _("{facts}; {more}").format(facts=text, more=words)
    odd = height * width - len(places)
    if odd:
        words = plural("{count} value is not finite", "{count} values are not finite", odd).format(count=odd)
        text = _("{facts}; {more}").format(facts=text, more=words)
    return text


def _counts(matrix: Matrix) -> bool:
    """Whether it counts what was taken for what: see ``tutor.testing.confusion``."""
    values = list(chain.from_iterable(matrix.values))
    return (
        matrix.axes == ("true class", "predicted class")
        and len(matrix.values) == len(matrix.values[0])
        and all(math.isfinite(v) and v >= 0 for v in values)
        and sum(values) > 0
    )


def _confusion(matrix: Matrix) -> str:
    total = sum(map(sum, matrix.values))
    right = sum(line[i] for i, line in enumerate(matrix.values))
    text = _("{right} of {total} right ({percent} %)").format(
        right=_number(right), total=_number(total), percent=f"{100 * right / total:.1f}"
    )
    wrong = [(value, y, x) for y, line in enumerate(matrix.values) for x, value in enumerate(line) if x != y and value]
    if wrong:
        value, y, x = max(wrong, key=lambda place: place[0])
        names = matrix.rows or tuple(map(str, range(len(matrix.values))))
        most = _("most often {true} was taken for {predicted}: {value}")
        text = _("{facts}; {more}").format(
            facts=text, more=most.format(true=names[y], predicted=names[x], value=_number(value))
        )
    return text


def _label(matrix: Matrix, side: int, index: int) -> str:
    labels = (matrix.rows, matrix.columns)[side]
    name = axis(matrix.axes[side] or ("row", "column")[side])
    return f"{name} {labels[index] if labels else index}"


def _scatter(scatter: Scatter) -> str:
    whole = [(x, y) for x, y in scatter.points if math.isfinite(x) and math.isfinite(y)]
    count = plural("{count} point", "{count} points", len(scatter.points)).format(count=len(scatter.points))
    if len(scatter.names) > 1:
        classes = _("{count} in {classes} classes")
        count = classes.format(count=count, classes=len(scatter.names))
    if not whole:
        return _("{name}: {count}, and no value is finite").format(name=scatter.name, count=count)
    (left, right), (low, high) = (_span([point[side] for point in whole]) for side in (0, 1))
    text = _("{name}: {count}, across from {left} to {right}, upwards from {low} to {high}").format(
        name=scatter.name, count=count, left=left, right=right, low=low, high=high
    )
    odd = len(scatter.points) - len(whole)
    if odd:
        words = plural("{count} point is not finite", "{count} points are not finite", odd).format(count=odd)
        text = _("{facts}; {more}").format(facts=text, more=words)
    return text


def _span(values: Sequence[float]) -> tuple[str, str]:
    return _number(min(values)), _number(max(values))


def _number(value: float) -> str:
    return f"{value:.4g}" if value != int(value) or abs(value) >= 1e6 else str(int(value))
