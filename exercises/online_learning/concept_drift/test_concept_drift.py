import pytest
import torch
from sklearn.datasets import load_digits
from torch import nn

from tutor.testing import (
    curve,
    describe,
    expect,
    expect_at_least,
    expect_at_most,
    expect_close,
    probe,
)

CONCEPT = 400
"""Samples until the labels change their meaning."""
SETTLED = 200
"""Samples after a change that are not counted: finding it, and learning anew."""


@probe
def alarms_of(submission, settings, errors):
    """What update returned for each of these errors."""
    detector = submission.DriftDetector(**settings)
    return [detector.update(wrong) for wrong in errors]


@probe
def scripted(submission, starts, samples, rate, alarms):
    """Learn with a detector that raises the alarm at the given samples, whatever the errors.

    starts: parameters of the models that make() returns, in turn; the last one again and again.
    Returns what was yielded, what the detector was told, how often make() was called, and the last model's parameters.
    """
    told, made = [], []

    class Detector:
        def update(self, wrong):
            told.append(bool(wrong))
            return len(told) - 1 in alarms

    def make():
        weight, bias = starts[min(len(made), len(starts) - 1)]
        # Flatten insists on a batch dimension.
        model = nn.Sequential(nn.Flatten(), nn.Linear(weight.shape[1], weight.shape[0])).to(weight)
        model[1].load_state_dict({"weight": weight, "bias": bias})
        made.append(model)
        # Momentum is a memory of the samples before, and a fresh optimizer has none.
        return model, torch.optim.SGD(model.parameters(), lr=rate, momentum=0.5)

    came = list(submission.learn_drifting(make, Detector(), iter(samples)))
    return came, told, len(made), [list(model.parameters()) for model in made[-1:]]


@probe
def drifting_digits(submission, images, labels):
    """The whole stream, with the submission's own detector."""

    def make():
        model = nn.Linear(images.shape[1], 10).to(images)
        nn.init.zeros_(model.weight)
        nn.init.zeros_(model.bias)
        # The steps of Adagrad shrink with all that it has ever seen: what has learned long learns anew slowly.
        return model, torch.optim.Adagrad(model.parameters(), lr=0.1)

    came, recent = [], 0.0
    detector = submission.DriftDetector()
    samples = zip(images, labels, strict=True)
    for predicted, alarm in submission.learn_drifting(make, detector, samples):
        recent = 0.97 * recent + 0.03 * float(int(predicted) == int(labels[len(came)]))
        came.append((predicted, alarm))
        if len(came) % 15 == 0:
            curve("accuracy", recent)
    return came


def page_hinkley(errors, delta, threshold):
    """The alarms, by the definition: all sums at once, from the last alarm on."""
    alarms, first = [False] * len(errors), 0
    while first < len(errors):
        since = torch.tensor(errors[first:], dtype=torch.float64)
        means = since.cumsum(0) / torch.arange(1, len(since) + 1, dtype=torch.float64)
        sums = (since - means - delta).cumsum(0)
        lowest = sums.cummin(0).values.clamp(max=0.0)
        above = (sums - lowest > threshold).nonzero()
        if not len(above):
            break
        first += int(above[0]) + 1
        alarms[first - 1] = True
    return alarms


def errors_at(tensors, *rates):
    """Errors that come with these rates, 80 at each."""
    return [bool(u < rate) for rate in rates for u in tensors.uniform(0, 1, 80)]


def expect_alarms(came, expected, first_only=False):
    expect(
        all(isinstance(alarm, bool) for alarm in came),
        en="update should return True or False, but it returned {came}.",
        ja="update は True か False を返すはずですが、{came} が返ってきました。",
        came=describe(next((alarm for alarm in came if not isinstance(alarm, bool)), None)),
    )
    at = [t for t, alarm in enumerate(came, start=1) if alarm]
    wanted = [t for t, alarm in enumerate(expected, start=1) if alarm]
    if first_only:
        at, wanted = at[:1], wanted[:1]
    expect(
        at == wanted,
        en="The alarm was raised at the samples {came}; by the equations it should be {wanted}.",
        ja="警報が出たのはサンプル {came} でしたが、式に従えば {wanted} のはずです。",
        came=at[:6],
        wanted=wanted[:6],
    )


def test_alarms(tensors):
    # By hand: m is 0, 0.5, 0.17, -0.08, 0.52, and 0.5 is not more than the threshold.
    errors = [False, True, False, False, True]
    expect_alarms(alarms_of({"delta": 0.0, "threshold": 0.5}, errors), [False] * 4 + [True])
    for settings, delta, threshold in (
        ({}, 0.05, 10.0),
        ({"delta": 0.0, "threshold": 4.03}, 0.0, 4.03),
        ({"delta": 0.21, "threshold": 6.17}, 0.21, 6.17),
    ):
        for rates in ((0.1, 0.9), (0.9, 0.1, 0.1, 0.7), (0.5, 0.5), (0.2, 0.0, 0.6, 0.0)):
            errors = errors_at(tensors, *rates)
            expect_alarms(alarms_of(settings, errors), page_hinkley(errors, delta, threshold), first_only=True)


def test_starts_anew(tensors):
    for delta, threshold in ((0.05, 10.01), (0.1, 3.03)):
        errors = errors_at(tensors, 0.05, 0.95, 0.0, 0.9, 0.1, 1.0, 0.3)
        settings = {"delta": delta, "threshold": threshold}
        expect_alarms(alarms_of(settings, errors), page_hinkley(errors, delta, threshold))


def closed_form(starts, samples, rate, alarms):
    """Predictions, errors and the last parameters by hand: softmax regression, SGD with momentum 0.5."""
    made = 0
    weight, bias = starts[made]
    v_weight, v_bias = torch.zeros_like(weight), torch.zeros_like(bias)
    predicted, wrong = [], []
    for k, (x, target) in enumerate(samples):
        predicted.append(int((weight @ x + bias).argmax()))
        wrong.append(predicted[-1] != int(target))
        if k in alarms:
            made = min(made + 1, len(starts) - 1)
            weight, bias = starts[made]
            v_weight, v_bias = torch.zeros_like(weight), torch.zeros_like(bias)
        z = weight @ x + bias
        error = (z - z.logsumexp(0)).exp()
        error[target] -= 1
        v_weight, v_bias = 0.5 * v_weight + torch.outer(error, x), 0.5 * v_bias + error
        weight, bias = weight - rate * v_weight, bias - rate * v_bias
    return predicted, wrong, (weight, bias)


def setting(tensors, features, classes, count):
    starts = [
        (tensors(classes, features, dtype=torch.float64), tensors(classes, dtype=torch.float64)) for _ in range(4)
    ]
    teacher = 2 * tensors(classes, features, dtype=torch.float64)
    inputs = tensors.strided(count, features, dtype=torch.float64)
    return starts, [(x, (teacher @ x).argmax()) for x in inputs]


def expect_pairs(came, count):
    expect(
        len(came) == count and all(isinstance(pair, (tuple, list)) and len(pair) == 2 for pair in came),
        en="{count} samples should give {count} pairs (predicted class, alarm), but {came} values came, "
        "the first of them {first}.",
        ja="{count} 個のサンプルからは (予測したクラス, 警報) の組が {count} 個得られるはずですが、{came} 個で、最初は "
        "{first} でした。",
        count=count,
        came=len(came),
        first=describe(came[0]) if came else "-",
    )


CASES = ((), (0,), (19,), (10, 11, 25))
"""Samples at which there is an alarm."""


@pytest.fixture(scope="module")
def told_when(module_tensors):
    """For each case: the alarms, the samples, what came of the scripted run, and what should have."""
    cases = []
    for alarms in CASES:
        starts, samples = setting(module_tensors, 5, 3, 30)
        came = scripted(starts, samples, 0.3, list(alarms))
        cases.append((alarms, samples, came, closed_form(starts, samples, 0.3, alarms)))
    return cases


def test_told(told_when):
    for _alarms, samples, (_, told, _, _), (_, wrong, _) in told_when:
        expect(
            len(told) == len(samples),
            en="For {count} samples the detector's update was called {told} times.",
            ja="サンプル {count} 個に対して、検出器の update が {told} 回呼ばれました。",
            count=len(samples),
            told=len(told),
        )
        differ = [k for k, pair in enumerate(zip(told, wrong, strict=True), start=1) if pair[0] != pair[1]]
        expect(
            not differ,
            en="For sample {k} the detector was told wrong = {told}; the prediction made before the step "
            "gives {wanted}.",
            ja="サンプル {k} について、検出器には wrong = {told} が渡されました。更新前の予測では {wanted} の"
            "はずです。",
            k=differ[0] if differ else 0,
            told=told[differ[0] - 1] if differ else None,
            wanted=wrong[differ[0] - 1] if differ else None,
        )


def test_replaced(told_when):
    for alarms, _samples, (_, _, made, last), (_, _, expected) in told_when:
        expect(
            made == 1 + len(alarms),
            en="With {alarms} alarms make() was called {made} times; once at the beginning and once for each alarm is "
            "{wanted}.",
            ja="警報 {alarms} 回に対して make() が {made} 回呼ばれました。最初の 1 回と警報ごとに 1 回で、{wanted} 回の"
            "はずです。",
            alarms=len(alarms),
            made=made,
            wanted=1 + len(alarms),
        )
        for name, value, right in zip(("weight", "bias"), last[0], expected, strict=True):
            expect_close(value, right, what=f"{name} of the last model")


def test_yielded(told_when):
    for alarms, samples, (came, _, _, _), (predicted, _, _) in told_when:
        expect_pairs(came, len(samples))
        for k, ((guess, alarm), wanted) in enumerate(zip(came, predicted, strict=True)):
            expect(
                type(guess) is int and type(alarm) is bool,
                en="Each pair should hold an int and a bool, but sample {k} gave {guess} and {alarm}.",
                ja="それぞれの組は int と bool のはずですが、サンプル {k} では {guess} と {alarm} でした。",
                k=k + 1,
                guess=describe(guess),
                alarm=describe(alarm),
            )
            expect(
                guess == wanted and alarm == (k in alarms),
                en="For sample {k} the pair ({guess}, {alarm}) was yielded; it should be ({wanted}, {right}).",
                ja="サンプル {k} では ({guess}, {alarm}) が返りましたが、({wanted}, {right}) のはずです。",
                k=k + 1,
                guess=guess,
                alarm=alarm,
                wanted=wanted,
                right=k in alarms,
            )


@pytest.fixture(scope="module")
def stream(module_tensors):
    """What was yielded on 3 × 400 digits whose labels change their meaning twice, and whether it was right."""
    features, labels = load_digits(return_X_y=True)
    order = module_tensors.uniform(0, 1, len(labels)).argsort()[: 3 * CONCEPT]
    images = torch.tensor(features, dtype=torch.float32)[order] / 16
    labels = torch.tensor(labels)[order]
    labels = (labels + 3 * (torch.arange(len(labels)) // CONCEPT)) % 10
    return drifting_digits(images, labels), labels


def test_detected(stream):
    came, labels = stream
    expect_pairs(came, len(labels))
    alarms = [k for k, (_, alarm) in enumerate(came) if alarm]
    delays = [next((k - begin for k in alarms if k >= begin), CONCEPT) for begin in (CONCEPT, 2 * CONCEPT)]
    expect_at_most(
        float(max(delays)),
        60,
        en="the number of samples until a change of the labels is noticed (the worse of two)",
        ja="ラベルの変化に気づくまでのサンプル数（2 回のうち遅いほう）",
    )
    expect_at_most(
        float(len(alarms)),
        2,
        en="the number of alarms on a stream with two changes",
        ja="変化が 2 回あるストリームでの警報の回数",
    )


def test_recovers(stream):
    came, labels = stream
    expect_pairs(came, len(labels))
    right = torch.tensor([guess == int(label) for (guess, _), label in zip(came, labels, strict=True)]).double()
    settled = right.reshape(3, CONCEPT)[1:, SETTLED:].mean(1)
    expect_at_least(
        settled.min(),
        0.75,
        en="the accuracy from 200 samples after a change of the labels on (the worse of two)",
        ja="ラベルの変化から 200 サンプル後以降の正解率（2 回のうち低いほう）",
    )
