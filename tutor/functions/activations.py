"""The activations.

To add one, add an entry here and its mathematics in each engine: ``PLAIN`` in ``engines/numpy/activations.py`` (and
``ELEMENTWISE`` in ``functions.py`` for worksheets), ``taught(…)`` in ``engines/sympy/functions.py``, and ``FUNCTIONS``
in ``engines/torch/engine.py``.

At a kink the slope is PyTorch's: relu′(0) = 0, leaky_relu′(0) = its slope; a z no larger than ``NOISE`` counts as 0.
The formulas are those of PyTorch's documentation of ``torch.nn``; GELU is the exact one, with the normal distribution's
Φ.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tutor.functions.equality import NOISE

Scalar = Callable[..., float]
#: A function of the NumPy module and of arrays.
OfArrays = Callable[..., Any]


@dataclass(frozen=True, slots=True)
class ActivationFunction:
    """One activation. If ``value`` is None, it acts on a whole layer (softmax), not on a single number.

    ``says`` and ``about`` are its name and a description in words. ``parameter`` is the name and default of what it
    takes besides z. ``formula`` and ``slope_formula`` are LaTeX over z, as they are taught. ``slope_of_h`` is the slope
    as a formula of the activation h itself, if it is taught so; ``slope_of_h_words`` is the same for sentences.
    """

    name: str
    symbol: str
    latex: str
    says: str
    about: str
    formula: str
    value: Scalar | None = None
    slope: Scalar | None = None
    curvature: Scalar | None = None
    slope_formula: str = ""
    aliases: tuple[str, ...] = ()
    parameter: tuple[str, float] | None = None
    #: Whether formulas leave out the parameter if it has its default.
    hides_default: bool = False
    #: The function written with elementary ones, over z, if that fits in a formula.
    written_out: str = ""
    #: Its two branches over z, above and below 0, if it has them.
    branches: tuple[str, str] | None = None
    slope_of_h: str = ""
    slope_of_h_words: str = ""
    #: The range of the slope, or None if it is not known.
    slope_range: tuple[float, float] | None = None
    #: Whether the slope is largest at 0 and falls to both sides.
    slope_peaks: bool = False
    rises: bool = True
    slope_rises: bool = False
    #: Whether the slope jumps at 0.
    kinks: bool = False
    #: Whether the value has no more decimals than z; the slope is then 0 or 1.
    keeps_decimals: bool = False
    #: Whether it is 0 for every z below 0, so that a unit can be dead.
    clips: bool = False
    #: Whether it contains e^z, whose sign is easily reversed.
    has_exponential: bool = False
    #: Whether ``tutor new`` offers it.
    is_offered: bool = False
    #: Whether people type it written out into a calculator.
    is_typed_written_out: bool = False
    #: NumPy code for it and for its slope, over z and {parameter}, and the code that must come before both.
    numpy: str = ""
    numpy_slope: str = ""
    numpy_before: str = ""
    #: PyTorch code for it, over {z} and {parameter}.
    torch: str = ""
    #: Its class in ``torch.nn``, the attribute of that class for the parameter, and an option with the only value that
    #: is supported.
    torch_module: str = ""
    torch_parameter: str = ""
    torch_fixed: tuple[str, object] | None = None
    #: The function and its slope over arrays, given the NumPy module; without these, they are computed cell by cell.
    array: OfArrays | None = None
    array_slope: OfArrays | None = None


# -- values -----------------------------------------------------------------------------------------------------------


def sigmoid(z: float) -> float:
    """Return 1 / (1 + e^−z), without overflow for any z."""
    if z >= 0:
        return 1 / (1 + math.exp(-z))
    exponential = math.exp(z)
    return exponential / (1 + exponential)


def _sigmoid1(z: float) -> float:
    s = sigmoid(z)
    return s * (1 - s)


def _sigmoid2(z: float) -> float:
    s = sigmoid(z)
    return s * (1 - s) * (1 - 2 * s)


def _step(z: float, at_zero: float = 0.0) -> float:
    return at_zero if abs(z) <= NOISE else 1.0 if z > 0 else 0.0


def _softplus(z: float) -> float:
    return z + math.log1p(math.exp(-z)) if z > 0 else math.log1p(math.exp(z))


def _normal(z: float) -> float:
    return math.exp(-z * z / 2) / math.sqrt(2 * math.pi)


def _normal_below(z: float) -> float:
    return 0.5 * (1 + math.erf(z / math.sqrt(2)))


def _zero(*_: float) -> float:
    return 0.0


# -- values of arrays -------------------------------------------------------------------------------------------------


def _sigmoids(np: Any, z: Any) -> Any:
    return 1 / (1 + np.exp(-np.clip(z, -700, 700)))


def _steps(np: Any, z: Any, at_zero: Any = 0.0) -> Any:
    return np.where(np.abs(z) <= NOISE, at_zero, np.where(np.asarray(z) > 0, 1.0, 0.0))


# -- the entries ------------------------------------------------------------------------------------------------------

_ENTRIES = (
    ActivationFunction(
        "linear",
        symbol="linear",
        torch_module="Identity",
        latex=r"\operatorname{linear}",
        says="the identity",
        about="A linear unit passes its sum on as it is.",
        formula="f(z) = z",
        slope_formula="f'(z) = 1",
        value=lambda z: z,
        slope=lambda z: 1.0,
        curvature=_zero,
        aliases=("identity",),
        slope_rises=True,
        keeps_decimals=True,
        array=lambda np, z: z,
        array_slope=lambda np, z: np.ones_like(z, dtype=float),
    ),
    ActivationFunction(
        "sigmoid",
        symbol="σ",
        latex=r"\sigma",
        says="the sigmoid",
        about="The sigmoid squeezes any number into (0, 1).",
        formula=r"\sigma(z) = \frac{1}{1 + e^{-z}}",
        slope_formula=r"\sigma'(z) = \sigma(z) (1 - \sigma(z)) = h (1 - h)",
        value=sigmoid,
        slope=_sigmoid1,
        curvature=_sigmoid2,
        aliases=("σ", "logistic", "sig", "expit"),
        written_out="1/(1 + exp(-z))",
        slope_of_h="h*(1 - h)",
        slope_of_h_words="H(1 − H)",
        slope_range=(0.0, 0.25),
        slope_peaks=True,
        has_exponential=True,
        is_offered=True,
        is_typed_written_out=True,
        numpy="1 / (1 + np.exp(-z))",
        numpy_slope="sigmoid(z) * (1 - sigmoid(z))",
        torch="torch.sigmoid({z})",
        torch_module="Sigmoid",
        array=_sigmoids,
        array_slope=lambda np, z: (s := _sigmoids(np, z)) * (1 - s),
    ),
    ActivationFunction(
        "tanh",
        symbol="tanh",
        latex=r"\tanh",
        says="the hyperbolic tangent",
        about="The hyperbolic tangent squeezes any number into (−1, 1).",
        formula=r"\tanh(z) = \frac{e^{z} - e^{-z}}{e^{z} + e^{-z}}",
        slope_formula=r"\tanh'(z) = 1 - \tanh^{2}(z) = 1 - h^{2}",
        value=math.tanh,
        slope=lambda z: 1 - math.tanh(z) ** 2,
        curvature=lambda z: -2 * (t := math.tanh(z)) * (1 - t * t),
        written_out="(exp(z) - exp(-z))/(exp(z) + exp(-z))",
        slope_of_h="1 - h^2",
        slope_of_h_words="1 − H²",
        slope_range=(0.0, 1.0),
        slope_peaks=True,
        has_exponential=True,
        is_offered=True,
        numpy="np.tanh(z)",
        numpy_slope="1 - np.tanh(z) ** 2",
        torch="torch.tanh({z})",
        torch_module="Tanh",
        array=lambda np, z: np.tanh(z),
        array_slope=lambda np, z: 1 - (t := np.tanh(z)) * t,
    ),
    ActivationFunction(
        "relu",
        symbol="ReLU",
        latex=r"\operatorname{ReLU}",
        says="ReLU",
        about="ReLU keeps what is above 0 and makes the rest 0.",
        formula=r"\text{ReLU}(z) = \max(0, z)",
        slope_formula=r"f'(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}",
        value=lambda z: z if z > 0 else 0.0,
        slope=_step,
        curvature=_zero,
        written_out="max(0, z)",
        slope_rises=True,
        kinks=True,
        keeps_decimals=True,
        clips=True,
        is_offered=True,
        is_typed_written_out=True,
        numpy="np.maximum(0, z)",
        numpy_slope="(z > 0) * 1.0",
        torch="torch.relu({z})",
        torch_module="ReLU",
        array=lambda np, z: np.maximum(z, 0.0),
        array_slope=_steps,
    ),
    ActivationFunction(
        "leaky_relu",
        symbol="LeakyReLU",
        latex=r"\operatorname{LeakyReLU}",
        says="leaky ReLU",
        about="Leaky ReLU keeps what is above 0 and multiplies the rest by its small slope.",
        formula=r"f(z) = \begin{cases} z & z > 0 \\ \text{slope} \cdot z & z \le 0 \end{cases}",
        slope_formula=r"f'(z) = \begin{cases} 1 & z > 0 \\ \text{slope} & z \le 0 \end{cases}",
        value=lambda z, slope=0.01: z if z > 0 else slope * z,
        slope=lambda z, slope=0.01: 1.0 if z > NOISE else slope,
        curvature=_zero,
        aliases=("leakyrelu", "lrelu"),
        parameter=("slope", 0.01),
        branches=("z", "parameter*z"),
        slope_rises=True,
        kinks=True,
        is_offered=True,
        numpy="np.where(z > 0, z, {parameter} * z)",
        numpy_slope="np.where(z > 0, 1, {parameter})",
        torch="torch.nn.functional.leaky_relu({z}, {parameter})",
        torch_module="LeakyReLU",
        torch_parameter="negative_slope",
        array=lambda np, z, slope=0.01: np.where(np.asarray(z) > 0, z, slope * z),
        array_slope=lambda np, z, slope=0.01: np.where(np.asarray(z) > NOISE, 1.0, slope),
    ),
    ActivationFunction(
        "elu",
        symbol="ELU",
        latex=r"\operatorname{ELU}",
        says="ELU",
        about="ELU keeps what is above 0; below it approaches −α.",
        formula=r"f(z) = \begin{cases} z & z > 0 \\ \alpha (e^{z} - 1) & z \le 0 \end{cases}",
        slope_formula=r"f'(z) = \begin{cases} 1 & z > 0 \\ \alpha e^{z} & z \le 0 \end{cases}",
        value=lambda z, alpha=1.0: z if z > 0 else alpha * math.expm1(z),
        slope=lambda z, alpha=1.0: 1.0 if z > NOISE else alpha * math.exp(z),
        curvature=lambda z, alpha=1.0: 0.0 if z > NOISE else alpha * math.exp(z),
        parameter=("alpha", 1.0),
        branches=("z", "parameter*(exp(z) - 1)"),
        kinks=True,
        has_exponential=True,
        numpy="np.where(z > 0, z, {parameter} * (np.exp(z) - 1))",
        numpy_slope="np.where(z > 0, 1, {parameter} * np.exp(z))",
        torch="torch.nn.functional.elu({z}, {parameter})",
        torch_module="ELU",
        torch_parameter="alpha",
    ),
    ActivationFunction(
        "softplus",
        symbol="softplus",
        latex=r"\operatorname{softplus}",
        says="softplus",
        about="Softplus is a ReLU without the corner.",
        formula=r"f(z) = \ln(1 + e^{z})",
        slope_formula=r"f'(z) = \sigma(z)",
        value=_softplus,
        slope=sigmoid,
        curvature=_sigmoid1,
        written_out="ln(1 + exp(z))",
        slope_range=(0.0, 1.0),
        has_exponential=True,
        is_offered=True,
        numpy="np.log(1 + np.exp(z))",
        numpy_slope="1 / (1 + np.exp(-z))",
        torch="torch.nn.functional.softplus({z})",
        torch_module="Softplus",
        torch_fixed=("beta", 1.0),
        array=lambda np, z: np.logaddexp(0.0, z),
        array_slope=_sigmoids,
    ),
    ActivationFunction(
        "gelu",
        symbol="GELU",
        latex=r"\operatorname{GELU}",
        says="GELU",
        about="GELU multiplies Z by Φ(Z), the normal distribution's probability of a value below Z.",
        formula=r"f(z) = z \cdot \Phi(z)",
        value=lambda z: z * _normal_below(z),
        slope=lambda z: _normal_below(z) + z * _normal(z),
        curvature=lambda z: _normal(z) * (2 - z * z),
        rises=False,
        numpy="z * normal(z)",
        numpy_slope="normal(z) + z * np.exp(-(z**2) / 2) / np.sqrt(2 * np.pi)",
        numpy_before="from math import erf\n\nnormal = np.vectorize(lambda z: (1 + erf(z / np.sqrt(2))) / 2)\n",
        torch="torch.nn.functional.gelu({z})",
        torch_module="GELU",
        torch_fixed=("approximate", "none"),
    ),
    ActivationFunction(
        "silu",
        symbol="SiLU",
        latex=r"\operatorname{SiLU}",
        says="SiLU",
        about="SiLU multiplies Z by its sigmoid.",
        formula=r"f(z) = z \cdot \sigma(z)",
        slope_formula=r"f'(z) = \sigma(z) (1 + z (1 - \sigma(z)))",
        value=lambda z: z * sigmoid(z),
        slope=lambda z: sigmoid(z) + z * _sigmoid1(z),
        curvature=lambda z: 2 * _sigmoid1(z) + z * _sigmoid2(z),
        aliases=("swish",),
        written_out="z/(1 + exp(-z))",
        rises=False,
        has_exponential=True,
        numpy="z / (1 + np.exp(-z))",
        numpy_slope="(1 + z / (1 + np.exp(z))) / (1 + np.exp(-z))",
        torch="torch.nn.functional.silu({z})",
        torch_module="SiLU",
        array=lambda np, z: z * _sigmoids(np, z),
    ),
    ActivationFunction(
        "softmax",
        symbol="softmax",
        latex=r"\operatorname{softmax}",
        says="softmax",
        about="Softmax shares 1 among the units of its layer.",
        formula=r"\hat{y}_{k} = \frac{e^{z_{k}}}{\sum_{j} e^{z_{j}}}",
        rises=False,
        numpy="np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True)",
        torch="torch.softmax({z}, dim=-1)",
        torch_module="Softmax",
    ),
    ActivationFunction(
        "step",
        symbol="step",
        latex=r"\operatorname{step}",
        says="the step function",
        about="The step is 1 above 0 and 0 below; at 0 it is 0.",
        formula=r"f(z) = \begin{cases} 1 & z > 0 \\ 0 & z \le 0 \end{cases}",
        value=_step,
        slope=_zero,
        curvature=_zero,
        aliases=("heaviside",),
        parameter=("at_zero", 0.0),
        hides_default=True,
        kinks=True,
        numpy="np.heaviside(z, {parameter})",
        torch="torch.heaviside({z}, torch.tensor({parameter}, dtype=torch.float64))",
        array=_steps,
    ),
)

#: Every activation by name, in the order in which they are listed.
ACTIVATIONS: dict[str, ActivationFunction] = {entry.name: entry for entry in _ENTRIES}
