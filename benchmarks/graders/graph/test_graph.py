"""Two requirements on a graph convolution, as an exercise with PyG would have them."""

from __future__ import annotations

import torch

from tutor.testing import expect_close, expect_shape, probe

EDGES = torch.tensor([[0, 1, 1, 2, 3, 0], [1, 0, 2, 1, 0, 3]])


@probe
def outputs_of(submission, x, edges, weight):
    import torch_geometric.nn  # noqa: F401 - what such a submission needs

    layer = submission.Convolution(3, 2)
    state = {"convolution.lin.weight": weight, "convolution.bias": torch.zeros(2)}
    layer.load_state_dict(state)
    y = layer(x, edges)
    y.sum().backward()
    return y, layer.convolution.lin.weight.grad


def expected(x, weight):
    adjacency = torch.eye(4)
    adjacency[EDGES[1], EDGES[0]] = 1.0
    scale = adjacency.sum(dim=1).rsqrt()
    return scale[:, None] * adjacency * scale[None] @ (x @ weight.T)


def test_value(tensors):
    x, weight = tensors(4, 3), tensors(2, 3)
    y, _ = outputs_of(x, EDGES, weight)
    expect_close(y, expected(x, weight), what="output")


def test_gradient(tensors):
    x, weight = tensors(4, 3), tensors(2, 3)
    _, gradient = outputs_of(x, EDGES, weight)
    expect_shape(gradient, (2, 3), what="gradient")
