"""Write a new lesson that already works, with comments that teach the format."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from tutor.errors import TutorError
from tutor.functions import ACTIVATIONS
from tutor.lessons.yaml.document import Document

Kind = Literal["network", "worksheet"]

HIDDEN_ACTIVATIONS = tuple(name for name, entry in ACTIVATIONS.items() if entry.is_offered)

#: Inputs and parameters that are easy to work with.
INPUTS = (1, 2, 3, 1.5, 0.5, 2.5)
TENTHS = tuple(sign * tenths / 10 for tenths in range(1, 10) for sign in (1, -1))
_TRIES = 60


@dataclass(frozen=True)
class Wish:
    """What the author wants the new lesson to be about."""

    title: str = "My first lesson"
    id: str = "my-first-lesson"
    kind: Kind = "network"
    inputs: int = 2
    hidden: int = 2
    outputs: int = 1
    activation: str = "sigmoid"


def starter_lesson(wish: Wish) -> str:
    """Return the text of the new file.

    Raises:
        TutorError: The network is too large to work by hand, or the activation is unknown.
    """
    if wish.kind == "worksheet":
        return (_HEAD + _WORKSHEET).format(title=_quoted(wish.title), id=_quoted(wish.id))
    if not all(1 <= size <= 6 for size in (wish.inputs, wish.hidden, wish.outputs)):
        raise TutorError("A lesson by hand has 1 to 6 inputs, hidden units and outputs.")
    if wish.activation not in HIDDEN_ACTIVATIONS:
        raise TutorError(f"{wish.activation!r} is none of {', '.join(HIDDEN_ACTIVATIONS)}.")
    return _network_lesson(wish)


def _network_lesson(wish: Wish) -> str:
    """Return the lesson for the first random network without warnings (no dead unit, no hidden mistake), or for the one
    with the fewest."""
    best, fewest = "", -1
    for seed in range(_TRIES):
        text = _written(wish, random.Random(seed))
        count = _count_warnings(text)
        if fewest < 0 or count < fewest:
            best, fewest = text, count
        if not count:
            break
    return best


def _count_warnings(text: str) -> int:
    from tutor.authoring.preview import quick_warnings
    from tutor.lessons.loader import load_text

    return len(quick_warnings(load_text(Document(text, "new"), Path("new.yaml"))))


def _written(wish: Wish, draw: random.Random) -> str:
    units = wish.hidden + wish.outputs
    target = "1" if wish.outputs == 1 else "[" + ", ".join("10"[n % 2] for n in range(wish.outputs)) + "]"
    last = wish.hidden + 1
    outputs = "yhat" if wish.outputs == 1 else "output.yhat"
    top = (_HEAD + _TOP).format(
        title=_quoted(wish.title),
        id=_quoted(wish.id),
        inputs=", ".join(f"{value:g}" for value in INPUTS[: wish.inputs]),
        target=target,
        hidden_weights=_rows(wish.inputs, wish.hidden, 1, draw),
        hidden_bias=_bias(1, wish.hidden, draw),
        activation=wish.activation,
        output_weights=_rows(wish.hidden, wish.outputs, 2, draw),
        output_bias=_bias(last, wish.outputs, draw),
    )
    forward = _FORWARD.format(
        sums=_noted(f"- ask: [{_units(1, wish.hidden)}]", "each is marked, with hints and explained mistakes"),
        layer=_noted("- ask: hidden.H", "a whole layer: one cell per unit"),
        last_sums=_units(last, units),
        outputs=outputs,
        count=f"{wish.inputs}*{wish.hidden} + {wish.hidden} + {wish.hidden}*{wish.outputs} + {wish.outputs}",
        weights_only=f"{wish.inputs}*{wish.hidden} + {wish.hidden}*{wish.outputs}",
    )
    backward = _BACKWARD.format(
        last=last,
        w=_name(2, 0, 0),
        derive=_noted(f"- derive: delta{last}", "the derivation, unfolded line by line"),
        update=_noted(f"- ask: {_name(2, 0, 0)}_new", "after one step of the optimizer"),
    )
    return "\n".join([top, forward, backward])


def _noted(line: str, note: str) -> str:
    """Return a line with a comment, aligned with the other comments."""
    return f"{line:<30}  # {note}"


def _units(first: int, last: int) -> str:
    return ", ".join(f"Z{unit}" for unit in range(first, last + 1))


def _name(layer: int, source: int, unit: int) -> str:
    return f"w{layer}_{source + 1}_{unit + 1}"


def _rows(inputs: int, units: int, layer: int, draw: random.Random) -> str:
    """Return the rows of a weight matrix with named weights, one row per input."""
    lines = []
    for source in range(inputs):
        cells = [f"{_name(layer, source, unit)}: {draw.choice(TENTHS):g}" for unit in range(units)]
        lines.append(f"        - {{{', '.join(cells)}}}")
    return "\n".join(lines)


def _bias(first: int, units: int, draw: random.Random) -> str:
    return "{" + ", ".join(f"theta{first + n}: {draw.choice(TENTHS):g}" for n in range(units)) + "}"


def _quoted(title: str) -> str:
    """Return a title as a YAML value, in quotes if it needs them."""
    clean = " ".join(title.split()) or "My first lesson"
    if re.fullmatch(r"[A-Za-z][\w ,.!?()'-]*", clean) and not re.fullmatch(r"(?i)true|false|null|no|yes", clean):
        return clean
    return "'" + clean.replace("'", "''") + "'"


_HEAD = """\
# yaml-language-server: $schema=lesson.schema.json
# A lesson for `tutor`. Look at it as a learner does:   tutor preview THIS-FILE
# What is wrong or doubtful in it:                      tutor check THIS-FILE
tutor: 1
title: {title}
id: {id}  # progress is kept under it, so leave it as it is when you rename the file
summary: One sentence for the list of lessons.
minutes: 10
"""

_TOP = """
# The network, once. Diagram, marking, hints, derivations, typical mistakes and practice come from it.
network:
  inputs: [{inputs}]
  target: {target}
  layers:
    - name: hidden
      weights:                        # one row per input, one column per unit
{hidden_weights}
      bias: {hidden_bias}
      activation: {activation}
    - name: output
      weights:
{output_weights}
      bias: {output_bias}
      activation: sigmoid
  optimizer: {{sgd: {{lr: 0.5}}}}

screens:
  - title: What is given
    blocks:
      - text: |
          Text is Markdown with $mathematics$. A display formula goes between double dollar signs:

          $$Z_j = \\sum_i w_{{ij}}\\,x_i + \\theta_j$$

          Write {{{{x1}}}} for a number of the network: then the text stays true when a learner practises with others.
      - given                         # x, y, W, θ and α, set as mathematics
      - diagram
"""

_FORWARD = """\
  - title: The forward pass
    blocks:
      {sums}
      {layer}
        hints: [Put each sum into the activation.]      # yours come before the built-in ones
      - ask: [{last_sums}]
      - ask: {outputs}
        explain: This is what the network answers.
      - choose: What would the output be if all weights and biases were 0?
        options:
          - {{text: '$\\frac{{1}}{{2}}$', correct: true, why: 'The sum is 0, and $\\sigma(0) = \\frac{{1}}{{2}}$.'}}
          - {{text: '0', why: 'The sum is 0. Then it goes through the sigmoid.'}}
      - number: How many parameters does this network have?
        answer: {count}
        mistakes: [{{when: '{weights_only}', say: Biases count too.}}]
"""

_BACKWARD = """\
  - title: The backward pass
    blocks:
      - text: |
          How wrong is it, and which way is down? Start at the output.
      - ask: E
      - ask: delta{last}
      {derive}
      - ask: hidden.delta
      - ask: dE/d{w}
      {update}
"""

_WORKSHEET = """
# Numbers and formulas. Each step is a quantity with marking, hints, a derivation and typical mistakes.
worksheet:
  given: {{w: 1.0, x: 2.0, y: 3.0, alpha: 0.1}}
  steps:
    yhat: w*x
    E: (yhat - y)^2 / 2
    g: dE/dw                          # the tutor differentiates
    w_new: w - alpha*g

screens:
  - title: One step of gradient descent
    blocks:
      - text: |
          Text is Markdown with $mathematics$. Write {{{{w}}}} for a number: then the text stays true in every variant.

          $$E = \\frac{{1}}{{2}}(w x - y)^2$$
      - given
      - ask: [yhat, E]
      - expression: g                 # a formula to type, marked for equivalence
        using: [w, x, y]
      - ask: g
        hints: [Differentiate the square first, then what is inside it.]
      - ask: w_new
"""
