"""Random worksheets for tests and benchmarks: every optimizer written out, every function and their slopes."""

from __future__ import annotations

import random
import re
from typing import Any

#: Each optimizer's steps as a worksheet writes them, with its constants.
OPTIMIZERS: dict[str, tuple[dict[str, float], dict[str, str]]] = {
    "sgd": ({}, {"w_new": "w - alpha*g"}),
    "momentum": ({"v": 0.0, "mu": 0.9}, {"v_new": "mu*v + g", "w_new": "w - alpha*v_new"}),
    "nesterov": (
        {"v": 0.0, "mu": 0.9},
        {"v_new": "mu*v + g", "s": "g + mu*v_new", "w_new": "w - alpha*s"},
    ),
    "adagrad": ({"G": 0.0, "eps": 1e-8}, {"G_new": "G + g^2", "w_new": "w - alpha*g/(sqrt(G_new) + eps)"}),
    "rmsprop": (
        {"v": 0.0, "rho": 0.9, "eps": 1e-8},
        {"v_new": "rho*v + (1 - rho)*g^2", "w_new": "w - alpha*g/(sqrt(v_new) + eps)"},
    ),
    "adam": (
        {"m": 0.0, "v": 0.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8},
        {
            "m_new": "beta1*m + (1 - beta1)*g",
            "v_new": "beta2*v + (1 - beta2)*g^2",
            "m_hat": "m_new/(1 - beta1^t)",
            "v_hat": "v_new/(1 - beta2^t)",
            "w_new": "w - alpha*m_hat/(sqrt(v_hat) + eps)",
        },
    ),
    "adamw": (
        {"m": 0.0, "v": 0.0, "beta1": 0.9, "beta2": 0.999, "eps": 1e-8, "lam": 0.01},
        {
            "m_new": "beta1*m + (1 - beta1)*g",
            "v_new": "beta2*v + (1 - beta2)*g^2",
            "s": "m_new/(1 - beta1^t)/(sqrt(v_new/(1 - beta2^t)) + eps)",
            "w_new": "w - alpha*(s + lam*w)",
        },
    ),
}

#: Functions of one number; ``p`` stands for a positive one.
FUNCTIONS = (
    "sigmoid(z)", "tanh(z)", "relu(z)", "leaky_relu(z, 0.1)", "elu(z, 0.7)", "softplus(z)", "gelu(z)", "silu(z)",
    "exp(z)", "ln(p)", "log10(p)", "sqrt(p)", "abs(z)", "1/p", "z^3", "z/(1 + p)", "max(z, 0.2)", "min(z, 0.2)",
)  # fmt: skip

#: Lists that choose rows, and masks, which cannot be random numbers.
FIXED: dict[str, Any] = {"ids": [3, 1, 3], "M": [[0, "-inf", "-inf"], [0, 0, "-inf"], [0, 0, 0]]}

#: Steps over a vector ``u`` and a matrix ``A``.
ARRAYS = (
    {"s": "softmax(u)", "E": "-ln(s[1])", "g": "dE/du"},
    {"b": "A @ u", "n": "norm(b)", "E": "mean(b^2)", "g": "dE/du"},
    {"r": "sum(A, rows)", "c": "mean(A, columns)", "top": "max(A)", "E": "dot(r, r)/2", "g": "dE/dA"},
    {"d": "u - mean(u)", "q": "mean(d^2)", "k": "d/sqrt(q + 0.01)", "E": "sum(k^3)", "g": "dE/du"},
    {"C": "conv(A, [[1, -0.5], [0.5, 2]])", "R": "relu(C)", "E": "sum(R^2)/2", "g": "dE/dA"},
    {"T": "A.T @ A", "S": "softmax(T)", "o": "S @ u", "E": "sum(o)", "low": "min(o)"},
    {"P": "maxpool(A, 2)", "Q": "avgpool(A, 2, stride=1)", "f": "flatten(Q)", "E": "sum(f^2)*P[1,1]", "g": "dE/dA"},
    {"P": "maxpool(A, 1x2, stride=2x1)", "q": "avgpool(u, 2)", "E": "sum(P^3)*q[1]", "g": "dE/dA", "h": "dE/du"},
    {
        "C": "conv(A, [[1, -0.5], [0.5, 2]], stride=2, pad=1)",
        "p": "pad(A, 1x2)",
        "E": "sum(tanh(C))*sum(p^2)",
        "g": "dE/dA",
    },
    {"c": "conv(u, [0.5, -1], stride=2, pad=1)", "p": "pad(u, 2)", "E": "sum(c^2) + sum(p^3)", "g": "dE/du"},
    {
        "F": "concat(A, A)",
        "G": "concat(A, A.T, columns)",
        "f": "concat(u, 1, u)",
        "R": "reshape(G, 9, 2)",
        "E": "sum(F^2)*sum(R[1..3, 2])*sum(f^2)",
        "g": "dE/dA",
    },
    {
        "T": "A[ids]",
        "d": "u[ids]",
        "r": "A[ids[2]]",
        "b": "A[ids - 1 + 1]",
        "E": "sum(T^3)*dot(d, b[1])*r[2]",
        "g": "dE/dA",
    },
    {"S": "A @ A.T + M", "W": "softmax(S)", "O": "W @ A", "E": "sum(O^2)", "g": "dE/dA"},
    {
        "s": "sign(u)*u^2",
        "C": "conv(A, [[1, 0.5], [-1, 2]])",
        "P": "maxpool(relu(C), 2)",
        "E": "sum(P)*sum(s)",
        "g": "dE/dA",
    },
)


def random_worksheet(seed: int) -> dict[str, Any]:
    """Return a worksheet as an author would write it; consecutive seeds cover every optimizer and function."""
    rng = random.Random(f"worksheet {seed}")
    kind = ("optimizer", "function", "arrays", "difference")[seed % 4]
    match kind:
        case "optimizer":
            return _optimizer(rng, list(OPTIMIZERS)[seed // 4 % len(OPTIMIZERS)])
        case "function":
            return _function(rng, FUNCTIONS[seed // 4 % len(FUNCTIONS)])
        case "arrays":
            rows = [[_number(rng) for _ in range(3)] for _ in range(4)]
            given = {"u": rows[0], "A": rows[1:], **FIXED}
            steps = ARRAYS[seed // 4 % len(ARRAYS)]
            return {"given": _used(given, steps), "steps": dict(steps)}
        case _:
            return _difference_quotient(rng)


def _used(given: dict[str, Any], steps: dict[str, str]) -> dict[str, Any]:
    written = set(re.findall(r"\w+", " ".join(steps.values())))
    return {name: value for name, value in given.items() if {name, f"d{name}"} & written}


def _number(rng: random.Random, places: int = 1) -> float:
    return float(rng.choice([-1, 1]) * rng.randint(1, 20) / 10.0**places)


def _optimizer(rng: random.Random, name: str) -> dict[str, Any]:
    constants, steps = OPTIMIZERS[name]
    rounds = rng.choice((1, 2, 3))
    given: dict[str, Any] = {"w": _number(rng), "alpha": rng.choice((0.001, 0.01, 0.1, 0.5)), **constants}
    if rng.random() < 0.5:
        given["c"] = _number(rng)
        return {"given": given, "steps": {"g": "2*(w - c)*0.3", **steps}, "repeat": rounds}
    given |= {f"g@{at}": rng.choice([-1, 1]) * rng.randint(1, 400) / 1000 for at in range(1, rounds + 1)}
    return {"given": given, "steps": dict(steps), "repeat": rounds}


def _function(rng: random.Random, formula: str) -> dict[str, Any]:
    given = {"x": _number(rng), "y": _number(rng)}
    steps = {"z": "0.4*x - 0.3*y", "p": "0.1 + z^2", "f": formula, "E": "(f - y)^2/2", "slope": "dE/dx"}
    return {"given": given, "steps": steps}


def _difference_quotient(rng: random.Random) -> dict[str, Any]:
    """Return a worksheet that divides the difference of two nearly equal numbers by a small one."""
    given = {"w": _number(rng), "h": rng.choice((0.01, 0.001)), "y": _number(rng)}
    steps = {"a": "(sigmoid(w) - y)^2/2", "b": "(sigmoid(w + h) - y)^2/2", "d": "b - a", "q": "d/h"}
    return {"given": given, "steps": steps}
