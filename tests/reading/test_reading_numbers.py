"""Everything that people type for one number, and what it means."""

from __future__ import annotations

import math

import pytest

from tests.exercises import BOOK
from tests.reading.reading_exercises import asked, attention
from tutor.network import Network, Worksheet, build_graph
from tutor.reading import Scope, Unreadable, read_number

SIGMOID = 1 / (1 + math.exp(0.7))

SPELLINGS = [
    ("0.332", 0.332),
    (".332", 0.332),
    ("5.", 5),
    ("−0.7", -0.7),
    ("–0,7", -0.7),
    ("—0.7", -0.7),
    ("‐0.7", -0.7),
    ("－0.7", -0.7),
    ("- 0.7", -0.7),
    ("+0.7", 0.7),
    ("3.32e-1", 0.332),
    ("3.32E-01", 0.332),
    ("3.32×10⁻¹", 0.332),
    ("3,32 · 10^-1", 0.332),
    ("3.32 x 10^(-1)", 0.332),
    ("3.32*10**-1", 0.332),
    ("1/3", 1 / 3),
    ("½", 0.5),
    ("33.2%", 0.332),
    ("33,2 %", 0.332),
    ("-7*10^-1", -0.7),
    ("1 e10", 1e10),
    ("1*10^5", 1e5),
    ("1.0*10^5", 1e5),
    ("10^-3", 0.001),
    ("1e-3", 0.001),
    ("~0.332", 0.332),
    ("ca. 0.332", 0.332),
    ("about -0.7", -0.7),
    ("0.332…", 0.332),
    ("0.332...", 0.332),
    ("$0.332$", 0.332),
    ("1/(1 + e^{0.7})", SIGMOID),
    ("0.2 - 0.5 - 0.4", -0.7),
    ("sigmoid(-0.7)", SIGMOID),
    ("σ(−0.7)", SIGMOID),
    ("σ(-0,7)", SIGMOID),
    ("1/(1+e^0.7)", SIGMOID),
    ("1/(1+exp(0.7))", SIGMOID),
    ("1/(1 + np.exp(0.7))", SIGMOID),
    ("max(0, -0.7)", 0),
    ("max(0,5)", 5),
    ("ReLU(0.7)", 0.7),
    ("tanh(0)", 0),
    ("log(e)", 1),
    ("√4", 2),
    ("2(3 + 4)", 14),
    ("2^-1", 0.5),
    ("-2^2", -4),
    ("6÷3", 2),
    ("0,332", 0.332),
    (",332", 0.332),
    ("12,5", 12.5),
    ("1234,5", 1234.5),
    ("0.332;", 0.332),
    ("0.332.", 0.332),
    ("= -0.7", -0.7),
    ("“−0.7”", -0.7),
    ("'-0.7'", -0.7),
    ("„0,7“", 0.7),
    ("（0.7）", 0.7),
    ("０．３３２", 0.332),
    ("２", 2),
    ("٠٫٧", 0.7),
    ("-\u00a00.7", -0.7),
    ("\u20090.7\u202f", 0.7),
    ("0\u200b.7", 0.7),
    ("\ufeff0.7", 0.7),
    ("0.7\r\n", 0.7),
    ("1 234.5", 1234.5),
    ("1\u202f234,5", 1234.5),
    ("0.331 812", 0.331812),
    ("0. 332", 0.332),
    ("1,234,567", 1234567),
    ("1,234.5", 1234.5),
    ("1.234,5", 1234.5),
    ("1'234.5", 1234.5),
    ("[−0.7]", -0.7),
    ("np.float64(-0.7)", -0.7),
    ("array(-0.7)", -0.7),
    ("array([-0.7])", -0.7),
    ("np.array([[-0.7]])", -0.7),
    ("tensor(-0.7000)", -0.7),
    ("tensor(0.3318, grad_fn=<SigmoidBackward0>)", 0.3318),
    ("tensor(0.3318, dtype=torch.float64)", 0.3318),
    ("-0", 0),
]


@pytest.mark.parametrize(("typed", "value"), SPELLINGS, ids=repr)
def test_a_number_is_read_as_it_was_meant(typed: str, value: float) -> None:
    assert read_number(typed).value == pytest.approx(value, abs=1e-12)


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("w11*x1 + θ1", -0.2),
        ("w_11 x_1 + theta_1", -0.2),
        ("w₁₁·x₁ + θ₁", -0.2),
        ("w11·x1 + b1", -0.2),
        ("Z1 = -0.7", -0.7),
        ("Z₁ = −0.7", -0.7),
        ("z1: -0,7", -0.7),
        ("net1 = -0.7", -0.7),
        ("-0.7 = Z1", -0.7),
        ("x[1]", 1),
        ("hidden.W[1,2]", -0.3),
        ("2*x1", 2),
    ],
)
def test_names_of_the_exercise_in_every_spelling(typed: str, value: float) -> None:
    assert read_number(typed, asked("Z1")).value == pytest.approx(value)


@pytest.mark.parametrize(
    ("typed", "name", "value"),
    [
        ("(yhat - y)*yhat*(1 - yhat)", "delta3", -0.1311690782),
        ("(ŷ − y)·ŷ(1 − ŷ)", "delta3", -0.1311690782),
        ("(y_hat - y)*dyhat/dZ3", "delta3", -0.1311690782),
        ("δ3·w21·H1(1−H1)", "delta1", 0.0087245620),
        ("delta*w21*σ'(Z1)", "delta1", 0.0087245620),
        ("∂E/∂w₁₁ = 0.0087", "dE/dw11", 0.0087),
        ("∂E/∂w₁₁ = δ₁·x₁ = 0.0087", "dE/dw11", 0.0087),
        ("0.0087 = ∂E/∂w₁₁", "dE/dw11", 0.0087),
        ("∂E/∂ŷ · ∂ŷ/∂Z₃ · ∂Z₃/∂H₁ · ∂H₁/∂Z₁", "delta1", 0.0087245620),
        ("dE/dH1 * dH1/dZ1", "delta1", 0.0087245620),
        ("δ₁·x₁", "dE/dw11", 0.0087245620),
        ("w11 − α·∂E/∂w₁₁", "w11_new", 0.1921478942),
        ("w11 - 0.9*dE/dw11", "w11_new", 0.1921478942),
        ("dZ3/dH1", "delta1", -0.3),
    ],
)
def test_names_stand_for_true_values(typed: str, name: str, value: float) -> None:
    assert read_number(typed, asked(name)).value == pytest.approx(value, abs=1e-9)


def test_a_name_stands_for_the_learners_answer_first() -> None:
    reading = read_number("σ(Z1)", asked("H1", Z1=0.5))
    assert reading.value == pytest.approx(1 / (1 + math.exp(-0.5)))


# -- reading back ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("-0.7", "I read −0.7"),
        (".332", "I read 0.332"),
        ("1.0000", "I read 1.0000"),
        ("33.2%", "I read 0.332"),
        ("3.32e-1", "I read 0.332"),
        ("1/3", "I read 1/3 = 0.333"),
        ("0.2 - 0.5 - 0.4", "I read 0.2 − 0.5 − 0.4 = −0.7"),
        ("sigmoid(-0.7)", "I read σ(−0.7) = 0.332"),
        ("x1*w11", "I read x₁·w₁₁ = 0.2"),
        ("0.2*1 + 0.4*0 - 0.5*1 - 0.4 = -0.7", "I read 0.2·1 + 0.4·0 − 0.5·1 − 0.4 = −0.7"),
        ("H2", "I read H₂ = 0.55"),
        ("Z2 + H2", "I read Z₂ + H₂"),
        ("Z2", "I read Z₂"),
        ("yhat = σ(Z2) = 0.6", "I read σ(Z₂) = 0.6"),
        ("0.0001/3", "I read 0.0001/3 = 0.0000333"),
    ],
)
def test_the_reading_is_shown_before_marking(typed: str, shown: str) -> None:
    scope = Scope(asked("yhat").graph, "yhat", {"H2": 0.55}, decimals=3)
    assert read_number(typed, scope).shown == shown


def test_a_true_value_that_was_not_found_is_hidden() -> None:
    assert read_number("σ(Z1)", asked("H1")).shown == "I read σ(Z₁)"
    assert read_number("σ(Z1)", asked("H1", Z1=-0.7)).shown == "I read σ(Z₁) = 0.331812"
    assert read_number("w11*x1", asked("Z1")).shown == "I read w₁₁·x₁ = 0.2"
    line = read_number("σ(Z1) = 0.332", asked("H1"))
    assert line.shown == "I read σ(Z₁) = 0.332"
    assert [part.hidden for part in line.working] == [True, False]


# -- digits ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "decimals"),
    [
        ("0.05", 2),
        ("0.050", 3),
        ("1.0000", 4),
        ("5.", 0),
        ("100", 0),
        (".332", 3),
        ("0.000", 3),
        ("0", 0),
        ("1e-3", 3),
        ("3.32e-1", 3),
        ("3.32×10⁻¹", 3),
        ("1.0*10^5", 0),
        ("33.2%", 3),
        ("5%", 2),
        ("-0,70", 2),
        ("1,234.50", 2),
        ("0.331 812", 6),
    ],
)
def test_the_digits_that_were_typed_count(typed: str, decimals: int) -> None:
    assert read_number(typed).decimals == decimals


def test_a_formula_has_no_typed_digits() -> None:
    reading = read_number("1/3")
    assert reading.decimals is None
    assert reading.decimals is None


# -- working --------------------------------------------------------------------------------------------------------


def test_a_line_of_working_gives_its_parts() -> None:
    reading = read_number("Z1 = 0.2*1 + 0.4*0 - 0.5*1 - 0.4 = -0.7", asked("Z1"))
    assert [part.value for part in reading.working] == pytest.approx([-0.7, -0.7])
    assert [part.decimals is not None for part in reading.working] == [False, True]
    assert reading.decimals == 1


def test_a_line_that_does_not_add_up_is_still_read() -> None:
    reading = read_number("0.2*1 - 0.5*1 = -0.7", asked("Z1"))
    assert [part.value for part in reading.working] == pytest.approx([-0.3, -0.7])


def test_a_name_and_a_number_are_no_working() -> None:
    assert read_number("Z1 = -0.7", asked("Z1")).working == ()


def test_a_number_that_is_no_quantity_may_have_any_label() -> None:
    assert read_number("n = 11").value == 11
    assert read_number("3*2 + 2 + 2*1 + 1 = 11").value == 11
    assert read_number("11 kg", Scope(unit="kg")).value == 11


# -- refused --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "readings"),
    [
        ("1,234", ("1.234", "1234")),
        ("16,000", ("16.000", "16000")),
        ("-1,234", ("1.234", "1234")),
        ("1,234 + 2", ("1.234", "1234")),
        ("1234,567", ("1234.567", "1234567")),
    ],
)
def test_a_comma_that_can_be_read_two_ways_is_asked_about(typed: str, readings: tuple[str, str]) -> None:
    with pytest.raises(Unreadable) as caught:
        read_number(typed)
    assert caught.value.hint == f"Write {readings[0]} or {readings[1]}."
    assert typed[caught.value.column - 1] == ","


@pytest.mark.parametrize(
    ("typed", "column", "message"),
    [
        ("", 1, "A number is expected"),
        ("   ", 4, "A number is expected"),
        ("Z1 =", 5, "on this side of the ="),
        ("0.2**", 6, "missing at the end"),
        ("0.2)", 4, "does not fit"),
        ("((0.2", 6, "bracket is not closed"),
        ("1/(1+", 6, "missing at the end"),
        ("0.2 0.3", 5, "operator is missing"),
        ("0.6.5", 4, "only one point"),
        ("I do not know", 1, "Words cannot be marked"),
        ("-ln 0.381", 2, "Its argument goes in brackets: ln(0.381)."),
        ("2 + exp 3", 5, "exp(3)"),
        ("5, 6", 2, "One number is asked for"),
        ("[1, 2]", 3, "One number is asked for"),
        ("0.7 €", 5, "no meaning"),
        ("foo", 1, "foo is not a name"),
        ("2 + foo", 5, "foo is not a name"),
        ("thta1", 1, "Did you mean theta1?"),
        ("5 kg", 3, "kg is not a name here. Write the number alone."),
        ("0.3cm", 4, "cm is not a name here. Write the number alone."),
        (r"\frac{1}{", 1, "A number or a name is expected here. "),
        ("nan", 1, "nan is not a name"),
        ("inf", 1, "inf is not a name"),
        ("sin(1)", 1, "There is no function sin"),
        ("sigmoid", 1, "σ(…)"),
        ("max()", 5, "expected"),
        ("1/0", 1, "divides by zero"),
        ("1/(w11 - 0.2)", 1, "divides by zero"),
        ("ln(-1)", 1, "no value"),
        ("√(0-1)", 1, "no value"),
        ("9^9^9^9", 1, "too large"),
        ("1e400", 1, "too large"),
        ("1e-400", 1, "too small"),
        ("1e99999999999", 1, "exponent is too large"),
        ("1,2,3", 2, "comma too many"),
        ("1 < 2", 3, "does not fit"),
        ("Z1", 1, "is what is asked for"),
        ("x1 + Z₁", 6, "is what is asked for"),
        ("H1", 1, "comes after Z₁"),
        ("Z2 = 0.3", 1, "This line gives Z2"),
        ("x", 1, "list of numbers"),
        ("hidden.W", 1, "table of numbers"),
        ("x.T", 1, "list of numbers"),
        ("w11_step", 1, "not a name"),
        ("1\x1b[31m", 2, "control character"),
        ("__import__('os').system('x')", 12, "no meaning"),
        ("eval(1)", 1, "There is no function eval"),
        ("a" * 400, 1, "is not a name"),
        ("(" * 200, 61, "nested"),
        ("1+" * 400, 501, "longer than 500"),
        ("1" * 501, 501, "longer than 500"),
    ],
)
def test_an_unreadable_answer_says_where_and_why(typed: str, column: int, message: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_number(typed, asked("Z1"))
    assert message in str(caught.value)
    assert caught.value.column == column
    assert caught.value.hint
    assert len(caught.value.message) < 160


def test_another_unit_than_the_one_asked_for_is_refused() -> None:
    assert read_number("317 g", Scope(unit="g")).value == 317
    with pytest.raises(Unreadable, match=r"kg is not a name here\. Write the number alone, in g\."):
        read_number("0.317 kg", Scope(unit="g"))


@pytest.mark.parametrize(
    ("typed", "caret"),
    [
        ("1/(1+", "1/(1+\n     ^"),
        ("θ₁ + foo", "θ₁ + foo\n     ^"),
        ("权 + 1", "权 + 1\n^"),
        ("1 + 权", "1 + 权\n    ^"),
        ("０．５ + foo", "０．５ + foo\n         ^"),
    ],
)
def test_a_caret_points_at_the_place(typed: str, caret: str) -> None:
    with pytest.raises(Unreadable) as caught:
        read_number(typed, asked("Z1"))
    assert caught.value.caret == caret


def test_a_slope_spans_one_step_of_the_chain() -> None:
    with pytest.raises(Unreadable, match="is not in the formula of H₁"):
        read_number("dH1/dw11", asked("delta1"))


def test_a_gradient_cannot_use_itself() -> None:
    with pytest.raises(Unreadable, match="asked for"):
        read_number("dE/dw11", asked("dE/dw11"))


def test_the_quantity_asked_for_is_refused_under_any_name() -> None:
    with pytest.raises(Unreadable, match="asked for"):
        read_number("dE/dZ3", asked("delta3"))
    with pytest.raises(Unreadable, match="asked for"):
        read_number("w11@2", asked("w11_new"))


def test_only_the_allowed_names_may_be_used() -> None:
    scope = Scope(asked("delta1").graph, "dE/dw21", using=["yhat", "y", "H1"])
    with pytest.raises(Unreadable, match=r"δ₃ may not be used here\. Use ŷ, y, H₁\."):
        read_number("delta3*H1", scope)


def test_cells_of_a_worksheet_are_names() -> None:
    scope = Scope(attention(), "T[1,2]")
    assert read_number("S[1,2]/sqrt(d)", scope).value == pytest.approx(3 / math.sqrt(2))
    with pytest.raises(Unreadable, match="table of numbers"):
        read_number("S/sqrt(d)", scope)


def test_a_later_round_is_typed_as_it_is_shown() -> None:
    given = {"w": 1, "v": 0, "alpha": 0.1, "g@1": 0.4, "g@2": 0.5}
    of = build_graph(
        Worksheet.from_spec({"given": given, "steps": {"v_new": "v + g", "w_new": "w - alpha*v_new"}, "repeat": 2})
    )
    for formula in ("w′ − α·v′@2", "w' - alpha*v'@2", "w_new - alpha*v_new@2"):
        assert read_number(formula, Scope(of, "w_new@2")).value == pytest.approx(0.87), formula


def test_the_label_of_a_field_may_stand_before_its_number() -> None:
    of = build_graph(Network.from_spec({**BOOK, "optimizer": {"sgd": {"lr": 0.5, "momentum": 0.9}}}), 2)
    for name in ("w11_v", "w11_v@2", "dE/dw11", "w11_new"):
        assert read_number(f"{of.notation.text(name)} = −4.4", Scope(of, name)).value == -4.4, name
