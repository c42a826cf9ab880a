"""The optimizers, with PyTorch's parameters and defaults. To add one, add an entry here and its mathematics in each
engine.

Source of the rules: the algorithms in the documentation of ``torch.optim`` (SGD, Adagrad, RMSprop, Adam, AdamW).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

#: An optimizer's parameters by PyTorch's names, with their values.
Options = Mapping[str, float | bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """The formulas of one training step for one parameter.

    ``memory`` holds the name and the formula of each number that the optimizer remembers, in order; ``change`` is
    subtracted from the parameter. The formulas use the gradient ``g``, the parameter's old value ``w``, the memories by
    name (``v_before`` is the ``v`` of the step before), the number of this ``step`` (from 1), how many steps came
    ``earlier``, ``start`` (the ``initial_accumulator_value``), and the optimizer's constants: the learning rate is
    ``alpha``, RMSprop's ``alpha`` is ``rho``, and the others have the names of their parameters.
    """

    memory: tuple[tuple[str, str], ...]
    change: str


@dataclass(frozen=True, slots=True)
class OptimizerRule:
    """One optimizer; ``torch`` is its class in ``torch.optim``.

    ``rule`` returns the formulas of a step (counted from 1) with these options. ``program`` returns the last lines of
    ``def step(w, g)`` in a NumPy program for the first step, when every memory is still empty. In both, the gradient
    already includes weight decay, unless ``decays_apart`` is set.
    """

    name: str
    title: str
    torch: str
    parameters: Options
    rule: Callable[[Options, int], Rule]
    program: Callable[[Options], list[str]]
    aliases: tuple[str, ...] = ()
    #: A description of the memory ``v``.
    velocity: str = "A running average of the squared gradients."
    #: Whether weight decay shrinks the parameter directly instead of being part of the gradient.
    decays_apart: bool = False


# -- the rules --------------------------------------------------------------------------------------------------------


def _moving(memory: str, rate: str, fresh: str, step: int) -> str:
    """Return the formula of a moving average that starts at 0."""
    share = f"(1 - {rate})*{fresh}"
    return share if step == 1 else f"{rate}*{memory}_before + {share}"


def _corrected(memory: str, rate: str, step: int) -> str:
    """Return the formula of a moving average that started at 0, corrected for the bias towards 0."""
    return f"{memory}/(1 - {rate})" if step == 1 else f"{memory}/(1 - {rate}^step)"


def _sgd(options: Options, step: int) -> Rule:
    """Return the rule of SGD; the first velocity is the gradient itself, without dampening."""
    if not options["momentum"]:
        return Rule((), "alpha*g")
    fresh = "(1 - dampening)*g" if options["dampening"] else "g"
    velocity = "g" if step == 1 else f"momentum*v_before + {fresh}"
    return Rule((("v", velocity),), "alpha*(g + momentum*v)" if options["nesterov"] else "alpha*v")


def _adagrad(options: Options, step: int) -> Rule:
    before = "v_before + " if step > 1 else "start + " if options["initial_accumulator_value"] else ""
    rate = "alpha/(1 + earlier*lr_decay)" if options["lr_decay"] and step > 1 else "alpha"
    return Rule((("v", f"{before}g^2"),), f"({rate})*g/(sqrt(v) + eps)")


def _rmsprop(options: Options, step: int) -> Rule:
    memory = [("v", _moving("v", "rho", "g^2", step))]
    spread = "v"
    if options["centered"]:
        memory.append(("gavg", _moving("gavg", "rho", "g", step)))
        spread = "v - gavg^2"
    if not options["momentum"]:
        return Rule(tuple(memory), f"alpha*g/(sqrt({spread}) + eps)")
    scaled = f"g/(sqrt({spread}) + eps)"
    memory.append(("buf", scaled if step == 1 else f"momentum*buf_before + {scaled}"))
    return Rule(tuple(memory), "alpha*buf")


def _adam(options: Options, step: int) -> Rule:
    """Return the rule of Adam (Kingma and Ba, 2015); AMSGrad keeps the largest average of the squares so far."""
    memory = [("m", _moving("m", "beta1", "g", step)), ("v", _moving("v", "beta2", "g^2", step))]
    squares = "v"
    if options["amsgrad"]:
        squares = "vmax"
        memory.append(("vmax", "v" if step == 1 else "max(vmax_before, v)"))
    memory += [("mhat", _corrected("m", "beta1", step)), ("vhat", _corrected(squares, "beta2", step))]
    return Rule(tuple(memory), "alpha*mhat/(sqrt(vhat) + eps)")


def _adamw(options: Options, step: int) -> Rule:
    """Return the rule of AdamW (Loshchilov and Hutter, 2019): Adam, and w also shrinks by rate · decay · w."""
    rule = _adam(options, step)
    return Rule(rule.memory, f"alpha*weight_decay*w + {rule.change}") if options["weight_decay"] else rule


# -- programs ---------------------------------------------------------------------------------------------------------


def _sgd_program(options: Options) -> list[str]:
    momentum = float(options["momentum"])
    if not momentum:
        return ["return w - lr * g"]
    return [
        "v = g  # the first step; later momentum * v + g",
        f"return w - lr * (g + {momentum!r} * v)" if options["nesterov"] else "return w - lr * v",
    ]


def _adagrad_program(options: Options) -> list[str]:
    start = float(options["initial_accumulator_value"])
    return [
        f"v = {f'{start!r} + ' if start else ''}g ** 2",
        f"return w - lr * g / (np.sqrt(v) + {float(options['eps'])!r})",
    ]


def _rmsprop_program(options: Options) -> list[str]:
    keep = float(options["alpha"])
    lines = [f"v = (1 - {keep!r}) * g ** 2"]
    if options["centered"]:
        lines.append(f"v = v - ((1 - {keep!r}) * g) ** 2")
    return [*lines, f"return w - lr * g / (np.sqrt(v) + {float(options['eps'])!r})"]


def _adam_program(options: Options) -> list[str]:
    first, second = float(options["beta1"]), float(options["beta2"])
    return [
        f"m = (1 - {first!r}) * g",
        f"v = (1 - {second!r}) * g ** 2",
        f"m_hat, v_hat = m / (1 - {first!r}), v / (1 - {second!r})",
        f"return w - lr * m_hat / (np.sqrt(v_hat) + {float(options['eps'])!r})",
    ]


def _adamw_program(options: Options) -> list[str]:
    return [f"w = w - lr * {float(options['weight_decay'])!r} * w", *_adam_program(options)]


# -- the entries ------------------------------------------------------------------------------------------------------

_ADAM: Options = {
    "lr": 1e-3,
    "beta1": 0.9,
    "beta2": 0.999,
    "eps": 1e-8,
    "weight_decay": 0.0,
    "amsgrad": False,
}

_ENTRIES = (
    OptimizerRule(
        "sgd",
        "SGD",
        "SGD",
        {"lr": 1e-3, "momentum": 0.0, "dampening": 0.0, "nesterov": False, "weight_decay": 0.0},
        _sgd,
        _sgd_program,
        aliases=("momentum", "gd"),
        velocity="The velocity: a share of the last one, and the gradient.",
    ),
    OptimizerRule(
        "adagrad",
        "AdaGrad",
        "Adagrad",
        {"lr": 1e-2, "lr_decay": 0.0, "weight_decay": 0.0, "initial_accumulator_value": 0.0, "eps": 1e-10},
        _adagrad,
        _adagrad_program,
        velocity="All squared gradients so far, added up.",
    ),
    OptimizerRule(
        "rmsprop",
        "RMSprop",
        "RMSprop",
        {"lr": 1e-2, "alpha": 0.99, "eps": 1e-8, "weight_decay": 0.0, "momentum": 0.0, "centered": False},
        _rmsprop,
        _rmsprop_program,
    ),
    OptimizerRule("adam", "Adam", "Adam", _ADAM, _adam, _adam_program),
    OptimizerRule(
        "adamw", "AdamW", "AdamW", {**_ADAM, "weight_decay": 1e-2}, _adamw, _adamw_program, decays_apart=True
    ),
)

#: Every optimizer by name, in the order in which they are listed.
OPTIMIZERS: dict[str, OptimizerRule] = {entry.name: entry for entry in _ENTRIES}
