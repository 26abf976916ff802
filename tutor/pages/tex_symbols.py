"""What LaTeX's commands look like in a terminal: characters of the basic plane, which every terminal font has."""

from __future__ import annotations


def _pairs(*texts: str) -> dict[str, str]:
    """Names, each with what it stands for, by spaces."""
    words = " ".join(texts).split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _words(*texts: str) -> frozenset[str]:
    return frozenset(" ".join(texts).split())


ORDINARY = _pairs(
    "alpha α beta β gamma γ delta δ epsilon ε zeta ζ eta η theta θ iota ι kappa κ lambda λ mu μ nu ν xi ξ omicron ο",
    "pi π rho ρ sigma σ tau τ upsilon υ phi φ chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ",
    "Upsilon Υ Phi Φ Psi Ψ Omega Ω varepsilon ε vartheta ϑ varphi ϕ varrho ϱ varsigma ς infty ∞ partial ∂ nabla ∇",
    "ell ℓ hbar ℏ emptyset ∅ varnothing ∅ forall ∀ exists ∃ neg ¬ top ⊤ bot ⊥ prime ′ angle ∠ imath ı jmath ȷ",
    "ldots … dots … dotsc … cdots ⋯ dotsb ⋯ vdots ⋮ ddots ⋱ % % $ $ # # & & _ _ Re Re Im Im",
)
BINARY = _pairs(
    "cdot · times × div ÷ pm ± mp ∓ ast ∗ star ⋆ circ ∘ odot ⊙ otimes ⊗ oplus ⊕ ominus ⊖ cup ∪ cap ∩ setminus ∖",
    "wedge ∧ land ∧ vee ∨ lor ∨ bullet • bmod mod",
)
RELATIONS = _pairs(
    "le ≤ leq ≤ ge ≥ geq ≥ ne ≠ neq ≠ approx ≈ sim ∼ simeq ≃ equiv ≡ propto ∝ ll ≪ gg ≫ in ∈ notin ∉ ni ∋ subset ⊂",
    "subseteq ⊆ supset ⊃ supseteq ⊇ mid | parallel ‖ perp ⊥ to → rightarrow → longrightarrow → leftarrow ← gets ←",
    "leftrightarrow ↔ Rightarrow ⇒ implies ⇒ Leftarrow ⇐ Leftrightarrow ⇔ iff ⇔ mapsto ↦ coloneqq ≔",
)
BIG = _pairs("sum Σ prod Π int ∫ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁")
LIMITED = _words("min max lim sup inf argmin argmax arg")
"""Functions that carry what is below them as a sum does."""
FUNCTIONS = LIMITED | _words(
    "log ln exp sin cos tan sinh cosh tanh arcsin arccos arctan det dim ker Pr gcd deg cot sec csc tr diag"
)
OPENING = _pairs("( ( [ [ { { lbrace { lbrack [ langle ⟨ lfloor ⌊ lceil ⌈ lvert | lVert ‖")
CLOSING = _pairs(") ) ] ] } } rbrace } rbrack ] rangle ⟩ rfloor ⌋ rceil ⌉ rvert | rVert ‖")
EITHER = _pairs("| ‖ vert | Vert ‖")
"""Commands for bars, which open or close as the case may be."""
SPACES = {",": 1, ":": 1, ";": 1, " ": 1, "!": 0, "quad": 3, "qquad": 6, "enspace": 1, "thinspace": 1}
IGNORED = _words(
    "displaystyle textstyle scriptstyle limits nolimits notag nonumber mathopen mathclose mathbin mathrel mathord",
    "big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr bigm Bigm",
)
LETTERS = _words("mathbb mathcal mathbf mathit mathsf mathfrak mathscr boldsymbol bm pmb")
"""Other alphabets: plain letters here, because few terminal fonts have them."""
UPRIGHT = _words("mathrm text textrm textbf textit texttt mathtt operatorname mbox")
ACCENTS = _pairs(
    "hat \u0302 widehat \u0302 tilde \u0303 widetilde \u0303 bar \u0304 overline \u0304 vec \u20d7 dot \u0307",
    "ddot \u0308 check \u030c",
)
UPPER = dict(
    zip(
        "0123456789+-−=()abcdefghijklmnoprstuvwxyzABDEGHIJKLMNOPRTUVWαβγδεθφχ⊤′*∗",
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖʳˢᵗᵘᵛʷˣʸᶻᴬᴮᴰᴱᴳᴴᴵᴶᴷᴸᴹᴺᴼᴾᴿᵀᵁⱽᵂᵅᵝᵞᵟᵋᶿᵠᵡᵀ′**",
        strict=True,
    )
)
"""Characters that stand higher."""
LOWER = dict(zip("0123456789+-−=()aehijklmnoprstuvxβγρφχ", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₕᵢⱼₖₗₘₙₒₚᵣₛₜᵤᵥₓᵦᵧᵨᵩᵪ", strict=True))
"""Characters that stand lower: there are none for most consonants."""
