"""Expectations: they hold for what is right, fail for what is not, and say what came."""

from __future__ import annotations

import pytest
import torch

from tutor.testing import (
    Mismatch,
    Tensors,
    expect,
    expect_close,
    expect_finite,
    expect_gradient,
    expect_shape,
    forbid,
    probe,
)


def test_equal_is_close():
    expect_close(torch.ones(2, 3), torch.ones(2, 3))
    expect_close(torch.tensor(2.0), 2.0)
    expect_close(2.0, 2)
    expect_close(2, 2)
    expect_close(2, 2.0)
    expect_close(torch.tensor(2), 2)
    expect_close(torch.tensor(2, dtype=torch.uint8), 2)
    expect_close(torch.tensor(2.0, dtype=torch.float16), 2)
    expect_close(torch.tensor(2.0, dtype=torch.bfloat16), 2.001)
    expect_close(torch.tensor(True), True)
    expect_close(True, True)
    expect_close(torch.tensor(1 + 2j), 1 + 2j)
    expect_close(2.0**70, 2**70)
    expect_close(torch.zeros(0), torch.zeros(0))


@pytest.mark.parametrize(
    ("came", "expected", "says"),
    [
        (torch.ones(1), torch.tensor(1.0), "shape"),
        (torch.ones(3, 1), torch.ones(3), "shape"),
        (torch.ones(3, dtype=torch.float64), torch.ones(3), "dtype"),
        (torch.tensor([1.0, float("nan")]), torch.ones(2), "NaN"),
        (torch.tensor([1.0, float("inf")]), torch.ones(2), "infinite"),
        (torch.tensor([1.0, 2.0]), torch.ones(2), "index [1]"),
        (torch.tensor(1.1), torch.tensor(1.0), "1.1"),
        (None, torch.ones(2), "None"),
        ("text", torch.ones(2), "str"),
        (True, 1.0, "bool"),
        (True, 1, "bool"),
        (torch.tensor(True), 0.5, "dtype"),
        (torch.tensor(True), 1, "dtype"),
        (torch.tensor(True), 2, "dtype"),
        (torch.tensor(0), 0.5, "dtype"),
        (torch.tensor(0), 0.002, "dtype"),
        (torch.tensor(1), 1.0, "dtype"),
        (torch.tensor(0.5 + 0j), 0.5, "dtype"),
        (torch.tensor(0.5 + 0j), 2, "dtype"),
        (torch.tensor(0.5), 0.5 + 0j, "dtype"),
        (0.5 + 0j, 0.5, "complex"),
        (torch.tensor(0.5).to(torch.float8_e4m3fn), 0.5, "dtype"),
        (torch.tensor(44, dtype=torch.uint8), 300, "300"),
        (torch.tensor(float("inf"), dtype=torch.float16), 1e10, "infinite"),
        (torch.tensor(60000, dtype=torch.float16), 1e10, "60000"),
        pytest.param(10**400, 0.5, "bits", id="huge for a float"),
        pytest.param(10**400, 2, "bits", id="huge for a whole number"),
        (3, 2, "3"),
        (2.5, 2, "2.5"),
    ],
)
def test_what_is_not_close(came, expected, says):
    with pytest.raises(Mismatch, match=says.replace("[", r"\[")):
        expect_close(came, expected)


@pytest.mark.parametrize("of", [expect_close, expect_gradient])
def test_a_complex_value_is_never_a_real_one(of):
    with pytest.raises(Mismatch, match="dtype"):
        of(torch.tensor([1 + 5j]), torch.ones(1))
    with pytest.raises(Mismatch, match="dtype"):
        expect_close(torch.tensor([1 + 5j]), torch.ones(1), check_dtype=False)


def test_floats_of_eight_bits_are_no_fault_of_the_grader():
    expect_finite(torch.ones(2).to(torch.float8_e5m2))
    expect_close(torch.ones(2).to(torch.float8_e5m2), torch.ones(2), check_dtype=False)
    with pytest.raises(Mismatch, match="1 NaN"):
        expect_finite(torch.tensor([1.0, float("nan")]).to(torch.float8_e5m2))


def test_nan_is_never_close_even_where_expected():
    nan = torch.tensor([float("nan")])
    with pytest.raises(Mismatch):
        expect_close(nan, nan)


def test_a_mismatch_knows_the_largest_difference():
    with pytest.raises(Mismatch) as caught:
        expect_close(torch.tensor([[1.0, 5.0], [2.5, 1.0]]), torch.ones(2, 2))
    assert caught.value.at == (0, 1)
    assert caught.value.largest_difference == 4.0


def test_two_numbers_are_told_apart():
    with pytest.raises(Mismatch, match=r"should be -0\.33333333 \(float64\), but it is -0\.33333332 \(float64\)"):
        expect_close(torch.tensor(-1 / 3 + 1e-8, dtype=torch.float64), -1 / 3, rtol=0)
    tensors = torch.tensor([1.0, 2.00000001, 3.0], dtype=torch.float64), torch.tensor([1.0, 2.0, 3.0]).double()
    with pytest.raises(Mismatch, match=r"at index \[1\]: 2 was expected and 2\.00000001 came"):
        expect_close(*tensors, rtol=0, atol=1e-9)


@pytest.mark.parametrize(
    ("what", "says"),
    [
        ("loss", "The loss should"),
        ("the mean of all", "The mean of all should"),
        ("critic_loss(critic, x)", "critic_loss(critic, x) should"),
        ("weight.grad", "weight.grad should"),
        ("x after both", "x after both should"),
        ("weight", "weight should"),
    ],
)
def test_a_name_of_the_code_has_no_capital(what, says):
    with pytest.raises(Mismatch) as caught:
        expect_close(1.0, 2.0, what)
    assert str(caught.value).startswith(says)


def test_a_missing_gradient_is_said_to_be_a_cut_graph():
    with pytest.raises(Mismatch, match="graph"):
        expect_gradient(None, torch.ones(2))


def test_shape_and_finite():
    expect_shape(torch.zeros(2, 3), (2, 3))
    with pytest.raises(Mismatch, match=r"\(2, 3\)"):
        expect_shape(torch.zeros(3, 2), (2, 3))
    expect_finite(torch.zeros(2))
    with pytest.raises(Mismatch, match="1 NaN and 1 infinite of 3"):
        expect_finite(torch.tensor([float("nan"), float("inf"), 0.0]))
    with pytest.raises(
        Mismatch, match=r"1 NaN and 0 infinite of 4 values\. The first stands at index \[1, 0\]"
    ) as caught:
        expect_finite(torch.tensor([[0.0, 1.0], [float("nan"), 0.0]]))
    assert caught.value.at == (1, 0)


def test_an_own_sentence_in_the_language_of_the_run():
    from tutor import locale

    with pytest.raises(Mismatch, match="3 came"):
        expect(False, en="{n} came", ja="{n} でした", n=3)
    locale.use("ja")
    with pytest.raises(Mismatch, match="3 でした"):
        expect(False, en="{n} came", ja="{n} でした", n=3)


def test_expect_refuses_what_is_no_bool():
    with pytest.raises(TypeError):
        expect(torch.tensor(True), en="", ja="")  # type: ignore[arg-type]


def test_inputs_are_seeded():
    one, same, other = Tensors(1, "a"), Tensors(1, "a"), Tensors(2, "a")
    first = one(3, 4)
    assert torch.equal(first, same(3, 4))
    assert not torch.equal(first, other(3, 4))
    assert not torch.equal(first, one(3, 4))
    assert not Tensors(0)(1).equal(Tensors(0, "b")(1))
    assert not one.strided(3, 4).is_contiguous()
    assert one.integers(5, 100).max() < 5
    low = one.uniform(2, 3, 100)
    assert low.min() >= 2
    assert low.max() < 3


def test_forbid_sees_calls_through_modules():
    with forbid("mse_loss", "torch.matmul") as calls:
        torch.nn.MSELoss()(torch.zeros(2), torch.ones(2))
        torch.zeros(2) + 1
    assert "torch.nn.functional.mse_loss" in calls.seen
    with pytest.raises(ValueError, match="no_such"):
        forbid("no_such_function")
    with pytest.raises(ValueError, match="at least one"):
        forbid()


def test_a_probe_without_a_box_says_what_to_do():
    @probe
    def ask(submission):
        return 1

    with pytest.raises(RuntimeError, match="tutor check"):
        ask()
    with pytest.raises(TypeError, match="submission"):

        @probe
        def nothing():
            return 1
