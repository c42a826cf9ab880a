r"""Answers that are typed in LaTeX."""

import pytest

from tutor.reading import Unreadable, read_formula, read_number
from tutor.reading.source import clean
from tutor.reading.typed_latex import without_latex

KNOWN = ["yhat", "y", "w21", "w21_new", "delta3", "H1", "Z1", "Z3", "x1", "dE/dw21", "alpha"]


@pytest.mark.parametrize(
    ("latex", "plain"),
    [
        (r"\hat{y} - y", "yhat - y"),
        (r"\hat y-y", "yhat-y"),
        (r"w_{21}", "w21"),
        (r"w_{21}'", "w21'"),
        (r"w'_{21}", "w21'"),
        (r"w_{21}^{\prime}", "w21'"),
        (r"\delta_{3} \cdot H_{1}", "δ3 * H1"),
        (r"\delta_3\times w_{21}", "δ_3* w21"),
        (r"\frac{1}{3}", "((1)/(3))"),
        (r"\frac12", "((1)/(2))"),
        (r"\frac{\partial E}{\partial w_{21}}", "dE/dw21"),
        (r"\frac{1}{1+e^{-Z_{1}}}", "((1)/(1+e^(-Z1)))"),
        (r"\sigma\left(Z_1\right)", "σ(Z_1)"),
        (r"\sqrt{2}", "sqrt(2)"),
        (r"\mathrm{ReLU}(Z_1)", "ReLU(Z_1)"),
        (r"W^{T}", "W^T"),
        (r"x^{2}", "x^(2)"),
        (r"0.2 \cdot 1 - 0.5", "0.2 * 1 - 0.5"),
        (r"0{,}5", "0.5"),
        (r"\varepsilon", "ε"),
        (r"\delta_{3}H_{1}", "δ3*H1"),
        (r"w_{11}x_{1}", "w11*x1"),
        (r"w_{1}1", "w1*1"),
        (r"\alpha\delta_{3}", "α*δ3"),
        (r"w\,x_1", "w x_1"),
        (r"w\hat{y}", "w*yhat"),
        (r"\hat{y}y", "yhat*y"),
        (r"y\ln\hat{y}", "y*ln yhat"),
        (r"w\sqrt{2}", "w*sqrt(2)"),
        (r"2\frac{1}{3}", "2*((1)/(3))"),
        (r"\alpha\frac{\partial E}{\partial w_{21}}", "α*dE/dw21"),
        (r"\frac{\partial E}{\partial\theta_{1}}", "dE/dθ1"),
        (r"w^{\prime}_{21}", "w21'"),
        (r"w_{21}^\prime", "w21'"),
        (r"\max(0{,}5; 1)", "max(0.5; 1)"),
        (r"\sigma'(Z_{1})x_{1}", "σ'(Z1)x1"),
        ("w_21", "w_21"),
    ],
)
def test_latex_becomes_a_plain_formula(latex: str, plain: str) -> None:
    assert without_latex(clean(latex, 500)).plain == plain


@pytest.mark.parametrize(
    ("latex", "formula"),
    [
        (r"(\hat{y} - y)\,H_{1}", "(yhat - y)*H1"),
        (r"w_{21}' = w_{21} - \alpha \cdot \frac{\partial E}{\partial w_{21}}", "w21 - alpha*dE/dw21"),
        (r"\delta_{3} w_{21} \sigma'(Z_{1})", "delta3*w21*σ'(Z1)"),
        (r"\frac{1}{1 + e^{-Z_1}}", "1/(1 + e^(-Z1))"),
        (r"$\delta_3 \cdot x_1$", "delta3*x1"),
    ],
)
def test_latex_has_the_tree_of_the_plain_formula(latex: str, formula: str) -> None:
    assert read_formula(latex, KNOWN).tree == read_formula(formula, KNOWN).tree


@pytest.mark.parametrize(
    ("latex", "value"),
    [(r"\frac{1}{3}", 1 / 3), (r"\frac13", 1 / 3), (r"0.2\cdot 1 - 0.9", -0.7), (r"-0{,}7", -0.7), (r"$-0.7$", -0.7),
     (r"1 - \sqrt{4}", -1.0), (r"2 \times 10^{-2}", 0.02)],
)  # fmt: skip
def test_latex_is_read_as_a_number(latex: str, value: float) -> None:
    assert read_number(latex).value == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    ["\\", "\\frac", "\\frac{1", "_{", "^{", "\\hat", "\\sqrt{", "'_{", "{", "\\partial", "\\frac{}{}", "\\hat" * 90],
)
def test_incomplete_latex_cannot_be_read(text: str) -> None:
    for read in (read_number, lambda typed: read_formula(typed, KNOWN)):
        with pytest.raises(Unreadable):
            read(text)


def test_an_error_points_at_the_latex_as_typed() -> None:
    with pytest.raises(Unreadable) as caught:
        read_formula(r"\hat{y} + \Omegaful", KNOWN)
    assert caught.value.column == len(r"\hat{y} + ") + 1
    with pytest.raises(Unreadable) as caught:
        read_formula(r"\frac{1}{2 § 3}", KNOWN)
    assert caught.value.column == len(r"\frac{1}{2 ") + 1
