"""Names and numbers as people see and type them."""

import pytest

from tutor.formulas import Notation, format_number, latex, parse, resolve, text

PLAIN = Notation()
OWN = Notation(
    {
        "sum": "net",
        "activation": "out",
        "output": "a",
        "target": "t",
        "weight": "w",
        "bias": "b",
        "error_signal": "e",
        "loss": "L",
        "rate": "η",
    }
)
OWN_RULE = Notation(follows_loss=False)
KNOWN = [
    "x1", "y", "w11", "w12", "theta1", "alpha", "Z1", "Z1[2]", "Z1[2]@2", "H1", "yhat", "E", "delta3", "dE/dw11",
    "dE/dtheta1", "dH1/dZ1", "w11_new", "w11_v", "w11_mhat", "theta1_new", "w1_1_2", "hidden.Z", "hidden.W_new",
    "m_hat", "expZ3", "output.expsum", "hidden.dW", "error", "dL_dh2", "net_h1", "dyhat_dz",
]  # fmt: skip


@pytest.mark.parametrize("notation", [PLAIN, OWN, OWN_RULE])
def test_every_shown_name_can_be_typed(notation: Notation) -> None:
    assert [notation.canonical(notation.text(name), KNOWN) for name in KNOWN] == KNOWN


@pytest.mark.parametrize("name", ["dE/dw11", "hidden.dW", "dE/dw11@2"])
def test_with_an_error_signal_by_rule_nothing_is_a_slope_of_the_loss(name: str) -> None:
    assert "∂" not in OWN_RULE.text(name)
    assert "direction(" in OWN_RULE.text(name)
    assert r"\partial" not in OWN_RULE.latex(name)
    assert OWN_RULE.text("dH1/dZ1") == "∂H₁/∂Z₁"


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("θ1", "theta1"), ("θ₁", "theta1"), ("theta_1", "theta1"), ("ŷ", "yhat"), ("y_hat", "yhat"), ("w_11", "w11"),
        ("w₁₁", "w11"), ("∂E/∂w₁₁", "dE/dw11"), ("dE/dw_11", "dE/dw11"), ("w11′", "w11_new"), ("w11'", "w11_new"),
        ("w₁₁_new", "w11_new"), ("z1", "Z1"), ("net1", "Z1"), ("δ₃", "delta3"), ("d3", "delta3"), ("η", "alpha"),
        ("lr", "alpha"), ("dL/db1", "dE/dtheta1"), ("w112", "w1_1_2"), ("m̂", "m_hat"), ("v(w11)", "w11_v"),
        ("Z₁[2]", "Z1[2]"), ("e", None), ("Z9", None), ("", None),
    ],
)  # fmt: skip
def test_a_name_in_any_spelling(typed: str, name: str | None) -> None:
    assert PLAIN.canonical(typed, KNOWN) == name


@pytest.mark.parametrize(
    ("name", "shown", "tex"),
    [
        ("Z1", "Z₁", "Z_{1}"),
        ("yhat", "ŷ", r"\hat{y}"),
        ("dE/dw11", "∂E/∂w₁₁", r"\frac{\partial E}{\partial w_{11}}"),
        ("w11_new", "w₁₁′", "w_{11}'"),
        ("m_hat", "m̂", r"\hat{m}"),
        ("w1_11_2", "w₁,₁₁,₂", "w_{1,11,2}"),
        ("w1_1_2", "w₁₁₂", "w_{112}"),
        ("hidden.W_new", "W_hidden′", r"W_{\text{hidden}}'"),
        ("Z1[2]@2", "Z₁[2]@2", "Z_{1}{[2]@2}"),
        ("C[1,2]", "C[1,2]", "C{[1{,}2]}"),
        ("w1_v@2", "v(w₁)@2", "v(w_{1}){@2}"),
        ("w1_mhat", "m̂(w₁)", r"\hat{m}(w_{1})"),
        ("w1_buf", "buf(w₁)", r"\text{buf}(w_{1})"),
        ("w1_step", "step(w₁)", r"\text{step}(w_{1})"),
        ("dL_dh2", "∂L/∂h₂", r"\frac{\partial L}{\partial h_{2}}"),
        ("dyhat_dtheta1", "∂ŷ/∂θ₁", r"\frac{\partial \hat{y}}{\partial \theta_{1}}"),
        ("data_dim", "data_dim", r"\text{data}_{\text{dim}}"),
        ("net_h1", "net_h₁", r"\text{net}_{\text{h}1}"),
        ("lam1", "λ₁", r"\lambda_{1}"),
        ("net_1_h", "net₁_h", r"\text{net}_{1,\text{h}}"),
    ],
)
def test_a_name_in_text_and_latex(name: str, shown: str, tex: str) -> None:
    assert (PLAIN.text(name), PLAIN.latex(name)) == (shown, tex)


def test_the_symbols_of_a_class() -> None:
    assert OWN.text("dE/dw11") == "∂L/∂w₁₁"
    assert OWN.text("delta3") == "e₃"
    assert OWN.canonical("net1", KNOWN) == "Z1"


def test_the_number_e_stays_the_number_e() -> None:
    """With the error signal written e, 1/(1 + e^−Z) is still the sigmoid; a given number called e keeps its name."""
    assert OWN.canonical("e", [*KNOWN, "delta"]) is None
    assert OWN.canonical("e3", KNOWN) == "delta3"
    assert PLAIN.canonical("e", [*KNOWN, "e"]) == "e"


@pytest.mark.parametrize(
    ("value", "decimals", "shown"),
    [
        (-0.7, None, "−0.7"), (0.0, None, "0"), (-0.0, None, "0"), (1 / 3, None, "0.333333333"),
        (1e-8, None, "0.00000001"),
        (1e-12, None, "1×10⁻¹²"), (0.1 + 0.2, None, "0.3"), (-0.0004, 3, "0"), (0.5, 3, "0.5"), (120.0, 1, "120"),
    ],
)  # fmt: skip
def test_numbers_as_shown(value: float, decimals: int | None, shown: str) -> None:
    assert format_number(value, decimals) == shown


def test_values_put_in_for_names() -> None:
    tree = parse("w11*x1 + theta1")
    assert text(tree, PLAIN, {"w11": 0.2, "x1": -1.0, "theta1": -0.4}) == "0.2·(−1) + (−0.4)"
    assert latex(tree, PLAIN, {"w11": 0.2}) == r"0.2 \cdot x_{1} + \theta_{1}"
    assert text(tree, PLAIN, lambda name: "□" if name == "x1" else None) == "w₁₁·□ + θ₁"


def test_a_negative_factor_is_in_brackets_and_not_its_product() -> None:
    tree, numbers = parse("a + w*x"), {"a": 1.0, "w": -0.5, "x": 2.0}
    assert text(tree, PLAIN, numbers) == "1 + (−0.5)·2"
    assert latex(tree, PLAIN, numbers) == r"1 + (-0.5) \cdot 2"


@pytest.mark.parametrize("typed", ["-v(w11)", "-v(w11)^2", "2*v(w11)", "w11 - v(w11)"])
def test_a_memory_is_read_with_a_minus_and_a_power(typed: str) -> None:
    plain = typed.replace("v(w11)", "w11_v")
    assert resolve(parse(typed), lambda name: PLAIN.canonical(name, KNOWN), source=typed) == resolve(
        parse(plain), lambda name: PLAIN.canonical(name, KNOWN), source=plain
    )
