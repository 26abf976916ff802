"""What a run wants to be seen: curves, pictures, matrices, points. In a probe (while a training runs) or in a test.

Nothing here decides a verdict, and nothing fails a submission: a value that is NaN is shown as one. What the *grader*
gets wrong (a shape, too many labels) raises ``ValueError`` or ``TypeError``, which name the way out.

Where a drawing is repeated under the same name while a run goes on, the newest takes the place of the one before:
``gallery("samples", ...)`` after each epoch shows how a generator learns.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

Sink = Callable[[str, str, Any], None]
"""Receives ("curve", name, a list of numbers), or ("images", "matrix" or "scatter", name, a dict of plain values)."""

MOST_PICTURE_SIDE = 256
"""Pixels."""
MOST_GALLERY = 64
"""Pictures."""
MOST_GALLERY_PIXELS = MOST_PICTURE_SIDE * MOST_PICTURE_SIDE
"""Of all pictures of a gallery together."""
MOST_CELLS = 64
"""Rows and columns of a matrix."""
MOST_SPOTS = 2_000
"""Points of a scatter plot."""
MOST_CLASSES = 16
"""Of such points: no more can be told apart."""
MOST_VALUES = 2_000
"""Of a curve, in one message."""

Numbers = torch.Tensor | Sequence[float] | Sequence[Sequence[float]]

_sink: Sink | None = None


def use_sink(sink: Sink | None) -> None:
    """From now on, in this process, whatever is shown goes to ``sink``."""
    global _sink
    _sink = sink


def sink() -> Sink | None:
    """Where it goes now."""
    return _sink


def curve(name: str, values: float | torch.Tensor | Sequence[float]) -> None:
    """Append ``values`` (one number, or several) to the curve ``name``: ``curve("loss", loss.item())`` at each step.

    What stands before a slash names the plot: ``curve("loss/train", …)`` and ``curve("loss/valid", …)`` are drawn in
    one, with a legend. Values may be NaN or infinite; the screen says from which step on.

    Args:
        name: the curve; of its plot and, after a slash, of itself in it.
        values: a number, or any shape of them; they are appended in order.

    Raises:
        TypeError: ``values`` are no real numbers.
    """
    flat = _numbers("curve", values).reshape(-1).tolist()
    if _sink is not None:
        for start in range(0, len(flat), MOST_VALUES):
            _sink("curve", str(name), flat[start : start + MOST_VALUES])


def picture(name: str, image: torch.Tensor, *, low: float | None = None, high: float | None = None) -> None:
    """Show ``image``, grey or in colour.

    Args:
        name: the caption.
        image: shape (height, width), grey, or (3, height, width), red, green and blue; height and width from 1 to 256.
        low: the value that is drawn black; the smallest value of the image if left out.
        high: the value that is drawn white (or in full colour); the largest if left out.

    Raises:
        ValueError: another shape, empty, or larger than 256 either way.
        TypeError: its values are no real numbers.
    """
    image = _numbers("picture", image)
    grey, colour = image.dim() == 2, image.dim() == 3 and image.shape[0] == 3
    if not (grey or colour) or image.numel() == 0:
        raise ValueError(
            f"picture() takes one picture of shape (height, width) or (3, height, width), not {tuple(image.shape)}; "
            "several pictures are for gallery()"
        )
    if max(image.shape[-2:]) > MOST_PICTURE_SIDE:
        raise ValueError(
            f"picture() takes at most {MOST_PICTURE_SIDE} by {MOST_PICTURE_SIDE} pixels, not {tuple(image.shape)}: "
            "make it smaller first, for instance with torch.nn.functional.adaptive_avg_pool2d"
        )
    _show_images(name, image.unsqueeze(0), [{}], low, high)


def gallery(
    name: str,
    images: torch.Tensor,
    captions: Sequence[str] | None = None,
    right: torch.Tensor | Sequence[bool] | None = None,
    *,
    low: float | None = None,
    high: float | None = None,
) -> None:
    """Show small pictures side by side, such as samples of a generator, or digits with their predicted class.

    Args:
        name: the caption of all.
        images: shape (n, height, width), grey, or (n, 3, height, width), in colour; n from 1 to 64, together at most
            65,536 pixels: 64 pictures of 32 by 32 are as many.
        captions: what stands under each picture, n short texts.
        right: whether each caption is right, n truth values: marked ✓ or ✗, in words too.
        low: the value that is drawn black; the smallest of all images if left out.
        high: the value that is drawn white; the largest of all images if left out.

    Raises:
        ValueError: another shape, too many pictures, or as many captions as there are not pictures.
        TypeError: values are no real numbers.
    """
    images = _numbers("gallery", images)
    if not (images.dim() == 3 or (images.dim() == 4 and images.shape[1] == 3)) or images.numel() == 0:
        raise ValueError(
            f"gallery() takes pictures of shape (n, height, width) or (n, 3, height, width), not {tuple(images.shape)}"
        )
    count, (height, width) = images.shape[0], images.shape[-2:]
    if count > MOST_GALLERY or max(height, width) > MOST_PICTURE_SIDE or count * height * width > MOST_GALLERY_PIXELS:
        raise ValueError(
            f"gallery() takes at most {MOST_GALLERY} pictures and {MOST_GALLERY_PIXELS:,} pixels in all, "
            f"not {tuple(images.shape)}: show the first few, images[:16], or smaller ones"
        )
    texts = _labels("gallery", "captions", captions, count) or [""] * count
    marks = _labels("gallery", "right", right, count)
    facts: list[dict[str, Any]] = [{"caption": text} for text in texts]
    for fact, mark in zip(facts, marks, strict=False):
        fact["right"] = bool(mark)
    _show_images(name, images, facts, low, high)


def matrix(
    name: str,
    values: Numbers,
    rows: Sequence[object] | None = None,
    columns: Sequence[object] | None = None,
    *,
    axes: tuple[str, str] = ("", ""),
) -> None:
    """Show numbers in rows and columns as a heat map with labels: attention, similarities, a confusion matrix.

    The numbers are written where they fit. NaN and infinite ones are marked.

    Args:
        name: the caption.
        values: shape (rows, columns), each from 1 to 64.
        rows: a label for each row; their numbers, from 0, if left out.
        columns: a label for each column; their numbers if left out.
        axes: what a row is and what a column is: ``("query", "key")``. The screen translates "true class",
            "predicted class", "query", "key", "row", "column", "dimension", "channel", "class", "position", "token",
            "layer", "head", "step", "epoch", "batch size", "norm", "node", "rank" and "expert"; other words stand as
            they are.

    Raises:
        ValueError: another shape, more than 64 rows or columns, as many labels as there are not rows or columns.
        TypeError: values are no real numbers.
    """
    numbers = _numbers("matrix", values)
    if numbers.dim() != 2 or numbers.numel() == 0:
        raise ValueError(f"matrix() takes values of shape (rows, columns), not {tuple(numbers.shape)}")
    if max(numbers.shape) > MOST_CELLS:
        raise ValueError(
            f"matrix() takes at most {MOST_CELLS} rows and {MOST_CELLS} columns, not {tuple(numbers.shape)}: "
            "show a part of it, or picture() it"
        )
    height, width = numbers.shape
    down, across = axes
    shown = {
        "values": numbers.tolist(),
        "rows": [str(label) for label in _labels("matrix", "rows", rows, height)],
        "columns": [str(label) for label in _labels("matrix", "columns", columns, width)],
        "axes": (str(down), str(across)),
    }
    if _sink is not None:
        _sink("matrix", str(name), shown)


def confusion(
    name: str,
    target: torch.Tensor | Sequence[int],
    predicted: torch.Tensor | Sequence[int],
    classes: Sequence[object] | None = None,
) -> None:
    """Show how often each true class (a row) was predicted as each class (a column).

    Args:
        name: the caption.
        target: true classes, shape (n,), whole numbers from 0.
        predicted: predicted classes, shape (n,).
        classes: their names; their numbers if left out. At most 64.

    Raises:
        ValueError: not one class for each of n, or a class that has no name.
        TypeError: they are no numbers.
    """
    true, came = _numbers("confusion", target).long(), _numbers("confusion", predicted).long()
    if true.dim() != 1 or true.shape != came.shape or not len(true):
        raise ValueError(
            f"confusion() takes two equally long rows of classes, not {tuple(true.shape)} and {tuple(came.shape)}; "
            "logits become classes with argmax(1)"
        )
    largest = int(max(true.max(), came.max()))
    count = len(classes) if classes is not None else largest + 1
    if min(true.min(), came.min()) < 0 or largest >= count or count > MOST_CELLS:
        raise ValueError(f"confusion() takes classes from 0 to {min(count, MOST_CELLS) - 1}, but there is {largest}")
    counts = torch.bincount(true * count + came, minlength=count * count).reshape(count, count)
    matrix(name, counts, classes, classes, axes=("true class", "predicted class"))


def scatter(
    name: str,
    points: torch.Tensor | Sequence[Sequence[float]],
    labels: torch.Tensor | Sequence[object] | None = None,
    *,
    names: Sequence[object] | None = None,
) -> None:
    """Show points in a plane, such as an embedding in two dimensions, or samples of a distribution.

    Both axes have the same scale. Classes are told apart by their signs.

    Args:
        name: the caption.
        points: shape (n, 2), n from 1 to 2,000.
        labels: the class of each point: n whole numbers or n texts, at most 16 different ones.
        names: where the labels are whole numbers, the name of each class from 0 on; the numbers if left out.

    Raises:
        ValueError: another shape, too many points or classes, as many labels as there are not points.
        TypeError: the points are no real numbers.
    """
    spots = _numbers("scatter", points)
    if spots.dim() != 2 or spots.shape[1] != 2 or not len(spots):
        raise ValueError(f"scatter() takes points of shape (n, 2), not {tuple(spots.shape)}")
    if len(spots) > MOST_SPOTS:
        raise ValueError(f"scatter() takes at most {MOST_SPOTS:,} points, not {len(spots):,}: show the first ones")
    given = _labels("scatter", "labels", labels, len(spots))
    kinds = sorted(set(given)) if all(isinstance(label, int) for label in given) else list(dict.fromkeys(given))
    if len(kinds) > MOST_CLASSES:
        raise ValueError(f"scatter() tells at most {MOST_CLASSES} classes apart, not {len(kinds)}")
    if names is not None and not all(isinstance(kind, int) and 0 <= kind < len(names) for kind in kinds):
        raise ValueError(f"scatter() was given {len(names)} names, and labels that are not 0 to {len(names) - 1}")
    number = {kind: position for position, kind in enumerate(kinds)}
    shown = {
        "points": spots.tolist(),
        "classes": [number[label] for label in given],
        "names": [str(names[kind]) if names is not None else str(kind) for kind in kinds],
    }
    if _sink is not None:
        _sink("scatter", str(name), shown)


def _show_images(
    name: str, images: torch.Tensor, facts: Sequence[dict[str, Any]], low: float | None, high: float | None
) -> None:
    """``images`` in a byte a pixel and colour: (n, height, width) or (n, 3, height, width)."""
    finite = images[torch.isfinite(images)]
    if low is None:
        low = float(finite.min()) if len(finite) else 0.0
    if high is None:
        high = float(finite.max()) if len(finite) else 1.0
    # Halves: the span of two finite numbers may be infinite.
    span = high / 2 - low / 2
    scaled = (images / 2 - low / 2) / span if span > 0 else torch.zeros_like(images)
    bytes_ = (255 * scaled.nan_to_num(nan=0.0, posinf=0.0, neginf=0.0).clamp(0, 1)).round().to(torch.uint8)
    if bytes_.dim() == 4:
        bytes_ = bytes_.movedim(1, -1)
    shown = [
        {"height": image.shape[0], "width": image.shape[1], "pixels": image.contiguous().numpy().tobytes(), **fact}
        for image, fact in zip(bytes_, facts, strict=True)
    ]
    if _sink is not None:
        _sink("images", str(name), {"images": shown, "low": low, "high": high})


def _labels(function: str, what: str, labels: Any, count: int) -> list[Any]:
    """As a list; empty where there are none."""
    if labels is None:
        return []
    found = labels.tolist() if isinstance(labels, torch.Tensor) else list(labels)
    if len(found) != count:
        raise ValueError(f"{function}() was given {len(found)} {what}, but there should be {count}")
    return found


def _numbers(function: str, values: Any) -> torch.Tensor:
    """``values`` in float64, on the CPU, outside any graph."""
    try:
        if isinstance(values, torch.Tensor):
            if values.is_complex():
                raise TypeError("complex values")
            return values.detach().to("cpu", torch.float64)
        return torch.as_tensor(values, dtype=torch.float64)
    except (TypeError, ValueError, RuntimeError, OverflowError) as error:
        # Which of them torch raises depends on what is wrong.
        raise TypeError(f"{function}() takes real numbers, not this {type(values).__name__}: {error}") from None
