"""Reading formulas: what is typed, what it means, and where reading stops."""

import math
import re

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from tutor.errors import FormulaError
from tutor.formulas import Notation, evaluate, parse, resolve, text
from tutor.formulas.parse import MAX_DEPTH, suggestion
from tutor.formulas.tokens import MAX_LENGTH
from tutor.formulas.tree import Compare, Derivative, Div, Index, Logic, MatMul, Mul, Name, Num, Transpose

VALUES = {"Z1": -0.7, "w11": 0.2, "x1": 1.0, "theta1": -0.4, "yhat": 0.474, "y": 1.0, "a": 2.0, "b": 3.0, "c": 4.0}
KNOWN = {**dict.fromkeys([*VALUES, "dE/dw11", "w11_new", "Z1[2]", "w11_v", "hidden.H"])}


def meant(typed: str) -> float:
    canonical = Notation().canonical
    return evaluate(resolve(parse(typed), lambda name: canonical(name, KNOWN), source=typed, known=KNOWN), VALUES)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        (".332", 0.332),
        ("5.", 5),
        ("3.32e-1", 0.332),
        ("−0.7", -0.7),
        ("–0.7", -0.7),
        ("3.32×10⁻¹", 0.332),
        ("-7*10^-1", -0.7),
        ("1/3", 1 / 3),
        ("33.2%", 0.332),
        ("0.2 - 0.5 - 0.4", -0.7),
        ("-2^2", -4),
        ("2^3^2", 512),
        ("2**-1", 0.5),
        ("8/4/2", 1),
        ("√4 + √(9)", 5),
        ("2a(b + c)", 28),
        ("(a)(b)c", 24),
        ("a²b", 12),
        ("1/(1+e^0.7)", 1 / (1 + math.exp(0.7))),
        ("sigmoid(-0.7)", 1 / (1 + math.exp(0.7))),
        ("σ(Z₁)", 1 / (1 + math.exp(0.7))),
        ("np.exp(Z_1)", math.exp(-0.7)),
        ("ReLU(Z1) + relu'(3) + LeakyReLU(-1, 0.1)", 0.9),
        ("σ′(Z1)", 1 / (1 + math.exp(0.7)) * (1 - 1 / (1 + math.exp(0.7)))),
        ("w₁₁·x₁ + θ₁", -0.2),
        ("w_11*x1 + theta_1", -0.2),
        ("ŷ − y", -0.526),
        ("y\u0302 - y", -0.526),
        ("２．５ × ２", 5),
        ("max(0, -3, 2)", 2),
        ("log(e) + ln(e) + log10(100)", 4),
        ("2π", 2 * math.pi),
    ],
)
def test_a_typed_formula_has_its_value(typed: str, value: float) -> None:
    assert meant(typed) == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("typed", "tree"),
    [
        ("dE/dw11", Name("dE/dw11")),
        ("∂E/∂w₁₁", Name("dE/dw11")),
        ("dH1/dZ1", Name("dH1/dZ1")),
        ("d1/d2", Div(Name("d1"), Name("d2"))),
        ("delta1/delta2", Div(Name("delta1"), Name("delta2"))),
        ("w11'", Name("w11'")),
        ("w11′", Name("w11'")),
        ("w11@2", Name("w11@2")),
        ("Z1[2]@2", Name("Z1[2]@2")),
        ("hidden.H", Name("hidden.H")),
        ("lab2:Z1", Name("lab2:Z1")),
        ("X[1,2]", Index(Name("X"), ((1, 1), (2, 2)))),
        ("X[1..2, 2..3]", Index(Name("X"), ((1, 2), (2, 3)))),
        ("Q @ K.T", MatMul(Name("Q"), Transpose(Name("K")))),
        ("Z1 < 0", Compare("<", Name("Z1"), Num(0.0, "0"))),
    ],
)
def test_names_and_arrays(typed: str, tree: object) -> None:
    assert parse(typed) == tree


@pytest.mark.parametrize(
    ("typed", "holds"),
    [
        ("Z1 < 0 and a > 1", 1),
        ("not Z1 < 0 or a = 2", 1),
        ("0 < Z1 < 1", 0),
        ("a >= 2 && b != 3", 0),
        ("0.1 + 0.2 = 0.3", 1),
        ("a ≤ 1", 0),
    ],
)
def test_conditions(typed: str, holds: int) -> None:
    assert meant(typed) == holds


def test_not_applies_to_the_comparison_after_it() -> None:
    assert parse("not a < b and c") == Logic("and", (Logic("not", (Compare("<", Name("a"), Name("b")),)), Name("c")))


@pytest.mark.parametrize(
    ("typed", "column"),
    [
        ("", 1),
        ("3 4", 3),
        ("(1", 3),
        ("1 +", 4),
        ("0.2 # 1", 5),
        ("1 + foo", 5),
        ("sigmoid(1, 2)", 1),
        ("2 + sigmoid Z1", 5),
        ("1e999", 1),
        ("X[0]", 3),
        ("[1, 2", 6),
        ("__import__('os')", 12),
    ],
)
def test_an_error_says_where_reading_stopped(typed: str, column: int) -> None:
    with pytest.raises(FormulaError) as caught:
        meant(typed)
    assert caught.value.column == column


@pytest.mark.parametrize(
    "hostile",
    ["(" * 500, "-" * 500, "9^" * 200 + "9", "1" * (MAX_LENGTH + 1), "+1" * 300, "sigmoid(" * 80, "[" * 100, "!" * 300],
)
def test_hostile_input_is_refused_within_bounds(hostile: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(parse(hostile))


def test_a_sign_without_meaning_is_quoted_as_it_was_typed() -> None:
    with pytest.raises(FormulaError, match=re.escape(r"The sign '\' has no")):
        parse(r"\hat + 1")


def test_depth_up_to_the_bound_is_read() -> None:
    deep = MAX_DEPTH - 1
    assert evaluate(parse("(" * deep + "1" + ")" * deep)) == 1


def test_a_near_name_is_suggested() -> None:
    with pytest.raises(FormulaError, match=r"Did you mean theta1\?"):
        meant("theta7 + 1")


def test_conditions_in_a_row_have_no_brackets() -> None:
    nested = Logic("and", (Logic("and", (parse("a > 1"), parse("b > 2"))), parse("c > 3")))
    assert text(nested) == "a > 1 and b > 2 and c > 3"
    assert text(parse("a > 1 and (b > 2 or c > 3)")) == "a > 1 and (b > 2 or c > 3)"


def test_a_unit_is_not_taken_for_a_name() -> None:
    with pytest.raises(FormulaError) as refused:
        resolve(parse("16*kg"), lambda name: None, known=("gb", "c"))
    assert not refused.value.hint


def test_a_name_that_exists_decides_what_a_slope_is() -> None:
    known = {"f", "w", "d1", "d2"}

    def canonical(name: str) -> str | None:
        return name if name in known else None

    assert resolve(parse("df/dw"), canonical) == Derivative("f", "w")
    assert resolve(parse("d1/d2"), canonical) == Div(Name("d1"), Name("d2"))
    assert resolve(parse("2*dE / dw11"), lambda name: name if name == "dE/dw11" else None) == Mul(
        (Num(2.0, "2"), Name("dE/dw11"))
    )


@given(st.text(max_size=60))
@settings(max_examples=400)
def test_any_text_is_read_or_refused(typed: str) -> None:
    column = 1
    try:
        evaluate(parse(typed), VALUES)
    except FormulaError as error:
        column = error.column
    assert 1 <= column <= len(typed) + 1


FORMULA_TEXT = st.recursive(
    st.sampled_from(["a", "b", "c", "Z₁", "ŷ", "0.5", "2", "1e-3"]),
    lambda inner: st.one_of(
        st.builds("{}{}{}".format, inner, st.sampled_from([" + ", "-", "−", "*", "×", "/", "^", " "]), inner),
        st.builds("{}({})".format, st.sampled_from(["", "-", "2", "√", "σ", "σ'", "exp", "abs"]), inner),
        st.builds("|{}|".format, inner),
        st.builds("-{}".format, inner),
        st.builds("({})^2".format, inner),
    ),
    max_leaves=8,
)


@given(FORMULA_TEXT)
@settings(max_examples=200)
def test_a_formula_as_shown_reads_back_with_the_same_value(typed: str) -> None:
    try:
        value = meant(typed)
    except FormulaError:  # a division by zero, or two numbers side by side
        assume(False)
        return
    canonical = Notation().canonical
    shown = text(resolve(parse(typed), lambda name: canonical(name, KNOWN), source=typed, known=KNOWN), Notation())
    assert meant(shown) == pytest.approx(value), shown


@pytest.mark.parametrize(
    ("typed", "meant"), [("thta1", "theta1"), ("Z9", "Z1"), ("abc", ""), ("half", ""), ("apples", "")]
)
def test_a_name_is_only_suggested_if_it_begins_alike(typed: str, meant: str) -> None:
    said = suggestion(typed, ["Z1", "b", "theta1", "yhat"])
    assert said == (f"Did you mean {meant}?" if meant else "")
