"""What graders import.

A grader is plain pytest. Its probes run in the box, beside the submission, and return plain values; its tests run in
the judge and compare::

    @probe
    def loss_of(submission, x, target):
        return submission.SquaredErrorLoss()(x, target)

    def test_value(tensors):
        x, target = tensors(3, 4), tensors(3, 4)
        expect_close(loss_of(x, target), ((x - target) ** 2).mean(), what="value")
"""

from tutor.testing.devices import devices
from tutor.testing.expect import (
    Mismatch,
    describe,
    expect,
    expect_close,
    expect_finite,
    expect_gradient,
    expect_shape,
    fail,
)
from tutor.testing.forbid import Forbidden, forbid
from tutor.testing.inputs import ODD_SHAPES, Tensors
from tutor.testing.measuring import expect_at_least, expect_at_most
from tutor.testing.probe import BoxLost, Probe, ProbeRaised, Transport, probe
from tutor.testing.ranks import RankFailed, ranks
from tutor.testing.show import confusion, curve, gallery, matrix, picture, scatter

__all__ = [
    "ODD_SHAPES",
    "BoxLost",
    "Forbidden",
    "Mismatch",
    "Probe",
    "ProbeRaised",
    "RankFailed",
    "Tensors",
    "Transport",
    "confusion",
    "curve",
    "describe",
    "devices",
    "expect",
    "expect_at_least",
    "expect_at_most",
    "expect_close",
    "expect_finite",
    "expect_gradient",
    "expect_shape",
    "fail",
    "forbid",
    "gallery",
    "matrix",
    "picture",
    "probe",
    "ranks",
    "scatter",
]
