"""Equations: the ones that the curriculum needs, on one line and drawn; what is refused; widths."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tutor.pages.equations import broken, drawn, in_line, linear
from tutor.pages.tex import TexError

CURRICULUM = {
    "softmax": (
        r"\mathrm{softmax}(x)_i = \frac{e^{x_i}}{\sum_{j=1}^{K} e^{x_j}}",
        "softmax(x)ᵢ = e^(xᵢ) / (Σⱼ₌₁ᴷ e^(xⱼ))",
        """
                  xᵢ
                 e
softmax(x)ᵢ = ─────────
                K   xⱼ
                Σ  e
               j=1
""",
    ),
    "attention": (
        r"\mathrm{Attention}(Q, K, V) = \mathrm{softmax}\left(\frac{Q K^\top}{\sqrt{d_k}}\right) V",
        "Attention(Q, K, V) = softmax(Q Kᵀ / √dₖ) V",
        """
                            ⎛Q Kᵀ⎞
Attention(Q, K, V) = softmax⎜────⎟ V
                            ⎝√dₖ ⎠
""",
    ),
    "batch_norm": (
        r"y = \gamma \cdot \frac{x - \mu_B}{\sqrt{\sigma_B^2 + \epsilon}} + \beta",
        "y = γ · (x − μ_B) / √(σ_B² + ε) + β",
        """
          x − μ_B
y = γ · ─────────── + β
        √(σ_B² + ε)
""",
    ),
    "wgan_gp": (
        r"L = \mathbb{E}[D(\tilde{x})] - \mathbb{E}[D(x)] "
        r"+ \lambda\, \mathbb{E}\left[(\|\nabla_{\hat{x}} D(\hat{x})\|_2 - 1)^2\right]",
        "L = E[D(x̃)] − E[D(x)] + λ E[(‖∇_x̂ D(x̂)‖₂ − 1)²]",
        """
L = E[D(x̃)] − E[D(x)] + λ E[(‖∇_x̂ D(x̂)‖₂ − 1)²]
""",
    ),
    "nt_xent": (
        r"\ell_{i,j} = -\log \frac{\exp(\mathrm{sim}(z_i, z_j)/\tau)}"
        r"{\sum_{k \neq i} \exp(\mathrm{sim}(z_i, z_k)/\tau)}",
        "ℓ_(i,j) = −log(exp(sim(zᵢ, zⱼ)/τ) / (Σ_(k≠i) exp(sim(zᵢ, zₖ)/τ)))",
        """
               exp(sim(zᵢ, zⱼ)/τ)
ℓ    = −log ────────────────────────
 i,j          Σ  exp(sim(zᵢ, zₖ)/τ)
             k≠i
""",
    ),
    "adam": (
        r"\theta_t = \theta_{t-1} - \eta \frac{\hat{m}_t}{\sqrt{\hat{v}_t} + \epsilon}",
        "θₜ = θₜ₋₁ − η m̂ₜ / (√v̂ₜ + ε)",
        """
                m̂ₜ
θₜ = θₜ₋₁ − η ───────
              √v̂ₜ + ε
""",
    ),
    "adam_moment": (
        r"\hat{m}_t = \frac{m_t}{1 - \beta_1^t}",
        "m̂ₜ = mₜ / (1 − β₁ᵗ)",
        """
       mₜ
m̂ₜ = ───────
     1 − β₁ᵗ
""",
    ),
    "elbo": (
        r"\log p(x) \geq \mathbb{E}_{q(z \mid x)}[\log p(x \mid z)] - D_{KL}(q(z \mid x) \| p(z))",
        "log p(x) ≥ E_(q(z|x))[log p(x | z)] − D_KL(q(z | x)‖p(z))",
        """
log p(x) ≥ E      [log p(x | z)] − D_KL(q(z | x)‖p(z))
            q(z|x)
""",
    ),
    "diffusion_forward": (
        r"q(x_t \mid x_{t-1}) = \mathcal{N}(x_t; \sqrt{1 - \beta_t} x_{t-1}, \beta_t I)",
        "q(xₜ | xₜ₋₁) = N(xₜ; √(1 − βₜ) xₜ₋₁, βₜ I)",
        """
q(xₜ | xₜ₋₁) = N(xₜ; √(1 − βₜ) xₜ₋₁, βₜ I)
""",
    ),
    "diffusion_sample": (
        r"x_t = \sqrt{\bar\alpha_t} x_0 + \sqrt{1 - \bar\alpha_t} \epsilon",
        "xₜ = √ᾱₜ x₀ + √(1 − ᾱₜ) ε",
        """
xₜ = √ᾱₜ x₀ + √(1 − ᾱₜ) ε
""",
    ),
    "gan": (
        r"\min_G \max_D \mathbb{E}_{x \sim p_{data}}[\log D(x)] + \mathbb{E}_{z \sim p_z}[\log(1 - D(G(z)))]",
        "min_G max_D E_(x∼p_data)[log D(x)] + E_(z∼p_z)[log(1 − D(G(z)))]",
        """
min max E        [log D(x)] + E     [log(1 − D(G(z)))]
 G   D   x∼p_data              z∼p_z
""",
    ),
    "positional": (
        r"\mathrm{PE}_{\text{pos}, 2i} = \sin\left(\frac{\text{pos}}{10000^{2i/d_{model}}}\right)",
        "PE_(pos,2i) = sin(pos/10000^(2i/d_model))",
        """
              ⎛       pos       ⎞
PE       = sin⎜─────────────────⎟
  pos,2i      ⎜      2i/d_model ⎟
              ⎝ 10000           ⎠
""",
    ),
    "rnn": (
        r"h_t = \tanh(W_{ih} x_t + b_{ih} + W_{hh} h_{t-1} + b_{hh})",
        "hₜ = tanh(Wᵢₕ xₜ + bᵢₕ + Wₕₕ hₜ₋₁ + bₕₕ)",
        """
hₜ = tanh(Wᵢₕ xₜ + bᵢₕ + Wₕₕ hₜ₋₁ + bₕₕ)
""",
    ),
    "mse": (
        r"L = \frac{1}{n} \sum_{i=1}^{n} (x_i - t_i)^2",
        "L = (1/n) Σᵢ₌₁ⁿ (xᵢ − tᵢ)²",
        """
    1  n
L = ─  Σ  (xᵢ − tᵢ)²
    n i=1
""",
    ),
    "convolution": (
        r"H_{\text{out}} = \left\lfloor \frac{H_{\text{in}} + 2p - k}{s} \right\rfloor + 1",
        "H_out = ⌊(H_in + 2p − k) / s⌋ + 1",
        """
        ⎢H_in + 2p − k⎥
H_out = ⎢─────────────⎥ + 1
        ⎣      s      ⎦
""",
    ),
    "chain_rule": (
        r"\frac{\partial L}{\partial w} = \frac{\partial L}{\partial y} \frac{\partial y}{\partial w}",
        "∂L/∂w = (∂L/∂y) (∂y/∂w)",
        """
∂L   ∂L ∂y
── = ── ──
∂w   ∂y ∂w
""",
    ),
    "f1": (
        r"F_1 = 2 \cdot \frac{P \cdot R}{P + R}",
        "F₁ = 2 · (P · R) / (P + R)",
        """
         P · R
F₁ = 2 · ─────
         P + R
""",
    ),
    "gcn": (
        r"h_v' = \sigma\left(\sum_{u \in N(v) \cup \{v\}} \frac{1}{\sqrt{d_u d_v}} W h_u\right)",
        "hᵥ′ = σ(Σ_(u∈N(v)∪{v}) (1 / √(dᵤ dᵥ)) W hᵤ)",
        """
       ⎛              1         ⎞
hᵥ′ = σ⎜    Σ      ──────── W hᵤ⎟
       ⎝u∈N(v)∪{v} √(dᵤ dᵥ)     ⎠
""",
    ),
    "elu": (
        r"f(x) = \begin{cases} x & x > 0 \\ \alpha (e^x - 1) & x \leq 0 \end{cases}",
        "f(x) = {x, x > 0; α(eˣ − 1), x ≤ 0}",
        """
f(x) = ⎧x          x > 0
       ⎩α(eˣ − 1)  x ≤ 0
""",
    ),
    "rotation": (
        r"R(\theta) = \begin{pmatrix} \cos\theta & -\sin\theta \\ \sin\theta & \cos\theta \end{pmatrix}",
        "R(θ) = (cos θ, −sin θ; sin θ, cos θ)",
        """
R(θ) = ⎛cos θ  −sin θ⎞
       ⎝sin θ  cos θ ⎠
""",
    ),
}


@pytest.mark.parametrize("name", CURRICULUM)
def test_the_equations_of_the_curriculum(name: str) -> None:
    tex, line, picture = CURRICULUM[name]
    assert linear(tex) == [line]
    assert drawn(tex, 76) == picture.removeprefix("\n").removesuffix("\n").split("\n")


@pytest.mark.parametrize("name", CURRICULUM)
@pytest.mark.parametrize("width", [20, 36, 50])
def test_no_equation_is_too_wide(name: str, width: int) -> None:
    tex, line, _picture = CURRICULUM[name]
    lines = drawn(tex, width)
    assert all(cell_len(text) <= width for text in lines)
    assert all(cell_len(text) <= width for text in broken(line, width))
    assert "".join(broken(line, width)).replace(" ", "") == line.replace(" ", "")


def test_a_wide_equation_goes_on_before_an_operation() -> None:
    tex = r"L = \frac{1}{n} \sum_i a_i + \lambda \sum_j b_j - \mu \sum_k c_k"
    assert drawn(tex, 26) == [
        "    1",
        "L = ─ Σᵢ aᵢ + λ Σⱼ bⱼ",
        "    n",
        "    − μ Σₖ cₖ",
    ]
    assert drawn(r"a = b + c \quad d = \frac{e}{f}", 12) == ["a = b + c", "    e", "d = ─", "    f"]
    assert broken("hₜ = tanh(Wᵢₕ xₜ + bᵢₕ + Wₕₕ hₜ₋₁ + bₕₕ)", 30) == [
        "hₜ = tanh(Wᵢₕ xₜ + bᵢₕ",
        "    + Wₕₕ hₜ₋₁ + bₕₕ)",
    ]


@pytest.mark.parametrize(
    ("tex", "line"),
    [
        (r"\frac{a}{b} c", "(a/b) c"),
        (r"\log \frac{a}{b}", "log(a/b)"),
        (r"\frac{a+b}{c}", "(a + b) / c"),
        (r"\frac{a}{b c}", "a/(bc)"),
        (r"\sqrt{x_i}", "√xᵢ"),
        (r"\sqrt{x + 1}", "√(x + 1)"),
        (r"\sqrt[3]{x}", "∛x"),
        (r"(a + b)^2", "(a + b)²"),
        (r"x^{a+b}", "xᵃ⁺ᵇ"),
        (r"x^{q+1}", "x^(q+1)"),
        (r"x_{(q)}", "x_(q)"),
        (r"{a + b}^2", "(a + b)²"),
        (r"x^10", "x¹ 0"),
        (r"-x - y", "−x − y"),
        (r"a \times -b", "a × −b"),
        (r"[0, 1)", "[0, 1)"),
        (r"(0, 1", "(0, 1"),
        (r"\|x\|_2", "‖x‖₂"),
        (r"x'", "x′"),
        (r"\hat{xy}", "hat(xy)"),
        (r"\bar{x_t}", "x̄ₜ"),
        (r"L_{\text{cycle loss}}", "L_(cycle loss)"),
        (r"\text{if } x > 0", "if x > 0"),
        (r"a \\ b", "a; b"),
        (r"\begin{aligned} a &= b \\ &= c \end{aligned}", "a = b; = c"),
        (r"\binom{n}{k}", "(n; k)"),
        (r"\underset{i}{\operatorname{argmax}} \; x_i", "argmaxᵢ xᵢ"),
        (r"\{1, \ldots, n\}", "{1, …, n}"),
        (r"\bigl( x \bigr)", "(x)"),
        (r"β_1 ← 0.9", "β₁ ← 0.9"),
        ("", ""),
    ],
)
def test_one_line(tex: str, line: str) -> None:
    assert in_line(tex) == line


def test_what_is_tall_has_tall_brackets() -> None:
    assert drawn(r"\left\{\begin{matrix} a \\ b \\ c \end{matrix}\right.", 40) == ["⎧a", "⎨b", "⎩c"]
    assert drawn(r"\left|\frac{a}{b}\right|^2", 40) == ["│a│²", "│─│", "│b│"]
    assert drawn(r"\sqrt{\frac{a}{b}}", 40) == ["    _", "   ╱a", "  ╱ ─", "╲╱  b"]


@pytest.mark.parametrize(
    ("tex", "word"),
    [
        (r"\foo x", r"\foo"),
        (r"\frac{a}", "early"),
        (r"{a", "early"),
        (r"{a & b}", "}"),
        (r"a}", "}"),
        (r"a & b", "&"),
        (r"x_1_2", "two subscripts"),
        (r"\begin{tabular} a \end{tabular}", "tabular"),
        (r"\begin{cases} a \end{matrix}", "matrix"),
        (r"\left( a", "early"),
        (r"\left\foo a \right)", r"\foo"),
        ("\\", "\\"),
        (r"x^", "early"),
    ],
)
def test_what_is_not_understood_is_named(tex: str, word: str) -> None:
    with pytest.raises(TexError, match=word.replace("\\", r"\\")):
        linear(tex)
    assert in_line(tex) == tex


PIECES = (
    r"\frac \sqrt { } ^ _ x 1 + = ( ) [ ] \left( \right) & \\ \sum \begin{cases} \end{cases} \hat"
    r" \text{a b} ' | \log ,"
)


@given(st.lists(st.sampled_from(PIECES.split(" ")), max_size=14).map(" ".join))
def test_anything_is_drawn_or_refused(tex: str) -> None:
    try:
        lines = drawn(tex, 30)
    except TexError:
        return
    assert all(cell_len(line) <= 30 for line in lines)
    assert linear(tex) is not None


@given(st.text(max_size=30))
def test_any_text_is_an_equation_or_no_equation(tex: str) -> None:
    assert isinstance(in_line(tex), str)
