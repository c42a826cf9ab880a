"""Broken lessons: each error is reported at the right line with a sentence that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from tutor.lessons import LessonProblems, load
from tutor.lessons.yaml.document import Document

NETWORK = """\
title: Broken
network:
  inputs: [1, 0, 1]
  target: 1
  layers:
    - weights: [{w11: 0.2, w12: -0.3}, {w13: 0.4, w14: 0.1}, {w15: -0.5, w16: 0.2}]
      bias: {theta1: -0.4, theta2: 0.2}
      activation: relu
    - weights: [{w21: -0.3}, {w22: -0.2}]
      bias: {theta3: 0.1}
      activation: relu
  optimizer: {sgd: {lr: 0.001}}
screens:
  - title: One
    blocks:
"""
FIRST_BLOCK = NETWORK.count("\n") + 1


def problems(text: str, folder: Path) -> list[tuple[int, int, str]]:
    path = folder / "lesson.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(LessonProblems) as raised:
        load(path)
    return [(problem.line, problem.column, problem.message) for problem in raised.value.problems]


def check(text: str, line: int, column: int, words: str, folder: Path) -> None:
    found = problems(text, folder)
    assert (line, column) in [(at, column_) for at, column_, _ in found], found
    message = next(message for at, column_, message in found if (at, column_) == (line, column))
    for word in words.split(" … "):
        assert word in message


# Each case: one or more blocks on the network above, the line counted from the first block, the column, the words.
BLOCKS = [
    ("- aks: Z1", 1, 9, "no block 'aks' … 'ask'"),
    ("- order: A\n  steps: [a, b]\n  before: [[b, a]]", 3, 9, "The steps in this order do not keep"),
    ("- order: A\n  steps: [a, b]\n  before: [[a, c]]", 3, 18, "'c' names no single step"),
    ("- order: A\n  steps: [a, b]\n  before: [[a]]", 3, 17, "Two steps or more"),
    ("- ask: Z9", 1, 14, "no quantity 'Z9' … Did you mean Z"),
    ("- ask: [Z1, H7]", 1, 19, "no quantity 'H7' … Did you mean H"),
    ("- ask: x1", 1, 14, "x1 is given"),
    ("- ask: Z1\n  decimal: 3", 2, 9, "no key 'decimal' … 'decimals'"),
    ("- ask: Z1\n  decimals: three", 2, 19, "whole number from 0 to 12 … 'three'"),
    ("- ask: Z1\n  decimals: 3\n  figures: 2", 3, 9, "decimals or figures, not both"),
    ("- ask: Z1\n  reveal: no", 2, 17, "true or false … 'no'"),
    ("- ask: Z1\n  hint: [Look again.]", 2, 9, "no key 'hint' … 'hints'"),
    ("- ask: Z1\n  mistakes: [{when: Z1 + , say: No.}]", 2, 31, "number or a name is missing"),
    ("- ask: Z1\n  mistakes: [{when: Q1*x1, say: No.}]", 2, 27, "Q1 is not a name here"),
    ("- ask: Z1\n  mistakes: [{when: hidden.H, say: No.}]", 2, 27, "2 cells … a single number"),
    ("- ask: Z1\n  mistakes: [{if: Z1, say: No.}]", 2, 21, "no key 'if'"),
    ("- ask: Z1\n  after: Z7", 2, 16, "No block asks for 'Z7'"),
    ("- ask: Z1\n  after: Z1", 2, 16, "asked before it"),
    ("- ask: Z1\n- ask: Z1", 2, 9, "'Z1' is also the id of the block on line 16"),
    ("- ask: {Z1: {decimls: 3}, Z2: {}}", 1, 20, "no key 'decimls' … 'decimals'"),
    ("- ask: Z1\n  of: lab3", 2, 13, "no network or worksheet 'lab3'"),
    ("- derive: x1", 1, 17, "x1 is given"),
    ("- diagram: lab3", 1, 18, "no network or worksheet 'lab3'"),
    ("- number: How many?", 1, 9, "'answer' is missing"),
    ("- number: How many?\n  answer: 3*", 2, 19, "number or a name is missing"),
    ("- number: How many?\n  answer: 1/(x2)", 2, 17, "zero"),
    ("- number: How many?\n  answer: 3\n  tolerance: 0.1", 3, 9, "no key 'tolerance' … 'within'"),
    ("- choose: Which?\n  options: [{text: a}, {text: b}]", 2, 9, "No option is correct"),
    ("- choose: Which?\n  options: [{text: a, correct: true}]", 2, 18, "At least 2"),
    ("- choose: Which?\n  options:\n    - a\n    - {text: b, correct: true}", 3, 13, "option is written {text: … 'a'"),
    ("- choose: Which?\n  options: [{text: a, correct: Z1 <}, {text: b, correct: true}]", 2, 42, "missing at the end"),
    ("- choose: Which?\n  options: [{txt: a, correct: true}, {text: b}]", 2, 20, "no key 'txt' … 'text'"),
    ("- choose:\n    question: Which?\n    options: [{text: a, correct: true}, {text: b}]\n    shufle: false",
     4, 11, "no key 'shufle' … 'shuffle'"),
    ("- choose: Which?\n  options: [{text: No, that is H., correct: true}, {text: b}]", 2, 30, "comma … single quotes"),
    ("- ask: H1\n  mistakes: [{when: max(0.01, Z1), say: No.}]", 2, 37, "comma … single quotes"),
    ("- choose: Which?\n  options: [{text: $x_{1}$, correct: true}, {text: b}]", 2, 29, "bracket … single quotes"),
    ("- order: Steps\n  steps: [one]", 2, 16, "At least 2"),
    ("- order: Steps\n  steps: [one, two, one]", 2, 16, "'one' is there twice"),
    ("- fill: loss.____()\n  gaps: [backward, step]", 2, 9, "1 gap (____), and there are 2 answers"),
    ("- fill: loss.backward()\n  gaps: [backward]", 2, 9, "no gap (____, four underscores)"),
    ("- expression: dE/dw99", 1, 21, "no quantity 'dE/dw99'"),
    ("- expression: dE/dw21\n  using: [yhat, z9]", 2, 23, "no quantity 'z9'"),
    ("- table: data/none.csv", 1, 16, "no file 'data/none.csv'"),
    ("- table:\n  columns: [a, b]\n  rows: [[1, 2, 3]]", 3, 16, "3 cells, and there are 2 columns"),
    ("- plot: (w - 3)^2", 1, 15, "over: {w: [-1, 7]}"),
    ("- plot: (q - 3)^2\n  over: {w: [-1, 7]}", 1, 16, "q is not a name here"),
    ("- plot: (w - 3)^2\n  over: {w: -1, 7}", 2, 23, "Several numbers are a list: [-1, 7]"),
    ("- image: unit.png", 1, 9, "'alt' is missing"),
    ("- lab: A pass\n  checks: [{variable: yhat}]", 2, 18, "says nothing about the variable"),
    ("- lab: A pass\n  checks: [{variable: yhat, equals: output.yhatt}]", 2, 43, "output.yhatt"),
    ("- lab: A pass\n  checks: [{variable: total, equals: 1/(x1-x1)}]", 2, 44, "divides by zero"),
    ("- lab: A pass\n  checks: [{variable: total, equals: [1, 'ln(0*x1)']}]", 2, 49, "logarithm"),
    ("- lab: A pass\n  checks: [{python: 'assert lr ='}]", 2, 28, "not Python"),
    ("- lab: A pass\n  checks: [{prints: '(Epoch'}]", 2, 27, "pattern cannot be read"),
    ("- lab: A pass\n  checks: [{epochs: 9}]\n  solution: a = 1\n  wrong: [{replace: [b, c], fails: 1}]", 4, 28,
     "is not in the solution"),
    ("- text: 'The sum is {{Z9}}.'", 1, 27, "Z9 is not a name … Did you mean Z"),
    ("- text: |\n    First line.\n    The sum is {{Z9}}.", 3, 22, "Z9 … \\{{"),
    ("- text: 'So $Z = \\fracc{1}{2}$.'", 1, 24, "fracc … \\frac"),
    ("- text: |\n    First.\n\n    $$\n    \\frac{1{2}\n    $$", 5, 16, "never closed"),
    ("- text: Note: the bias is added.", 1, 19, "colon and a space … single quotes"),
    ("- text: `Z1` is a sum.", 1, 15, "begins with ` … single quotes"),
    ("- text: [0.1] is a vector.", 1, 15, "begins with [ … single quotes"),
    ("- text: {{Z1}} is a sum.", 1, 15, "begins with { … single quotes"),
    ("- text: *Z* is a sum.", 1, 15, "begins with * … single quotes"),
    ("- text: &H is a sum.", 1, 15, "begins with & … single quotes"),
    ("- text: !H is a sum.", 1, 15, "begins with ! … single quotes"),
    ("- text: %H is a sum.", 1, 15, "begins with % … single quotes"),
    ("- text: @H is a sum.", 1, 15, "begins with @ … single quotes"),
    ("- text: > 5 is positive.", 1, 15, "begins with > … single quotes"),
    ("- text: |Z| is a size.", 1, 15, "begins with | … single quotes"),
    ('- text: "The bias is $\\theta$."', 1, 15, "turn the \\t of \\theta into a tab … single quotes"),
    ('- text: "The slope is $\\sigma$."', 1, 30, "read \\s as an escape … single quotes"),
    ("- text: 'The unit's sum.'", 1, 24, "apostrophe … twice"),
    ("- text: 'The unit Z1", 1, 15, "never closed"),
    ("- text: It is sample #2 and step #3.", 1, 28, "# begin a comment … single quotes"),
    ("- text:The sum.", 1, 13, "space after the colon"),
    ("- text The sum.", 1, 9, "block is its name with a colon … 'text"),
    ("- ask: Z1\n\tdecimals: 3", 2, 1, "a tab … spaces"),
    ("- ask: Z1\n   decimals: 3", 2, 10, "indented under the one above"),
    ("- ask: Z1\n decimals: 3", 2, 8, "aligns with nothing"),
    ("- ask: [Z1, Z2\n- ask: Z2", 1, 14, "never closed"),
    ("- ask: Z1\n-ask: Z2", 2, 7, "space after the dash: - ask: Z2"),
    ("- heading: Hello", 1, 9, "no block 'heading' … 'text'"),
    ("- number: How many?\n  answer: 0,5", 2, 18, "A decimal has a point here: 0.5"),
    ("- number: How heavy?\n  answer: 3 kg", 2, 17, "A unit has a key of its own: answer: 3, unit: kg"),
    ("- choose: Which?\n  options:\n    - {text: 'It's so', correct: true}\n    - text: b", 3, 23, "apostrophe"),
    ("- choose: Which?\n  options:\n    - {text: Step #1, correct: true}\n    - {text: b}", 3, 25, "# begin a comment"),
    ("- choose: Which?\n  options:\n    - {text: [0, 1], correct: true}\n    - text: b", 3, 20, "a list … quotes"),
    ("- title: Hello\n  text: x", 1, 9, "belongs to a screen"),
    ("- text: |\n  Not further in.", 2, 9, "Text after | must be indented further"),
    ("- choose: Which?\n  options: [{text: a, correct: true}, {text: a}]", 2, 45, "'a' is there twice"),
    ("- choose: Which?\n  options: [a, b]", 2, 19, "option is written {text: … not the text 'a'"),
    ("- choose: Which?\n  options: [{text: a, correct: yes}, {text: b}]", 2, 38, "Write true here, not yes"),
    ("- ask: Z1\n  reveal: off", 2, 17, "true or false … 'off'"),
    ("- ask: Z1\n  ask: Z2", 2, 9, "'ask' is given twice (first on line 16)"),
    ("- ask: Z1\n  choose: Which?", 2, 9, "begins a block of its own"),
    ("- ask: Z1\n  prompt: {text: Now}", 2, 17, "Write text here … mapping"),
]  # fmt: skip


@pytest.mark.parametrize(("blocks", "line", "column", "words"), BLOCKS, ids=[case[0][:40] for case in BLOCKS])
def test_an_error_in_a_block_is_located_and_explained(
    blocks: str, line: int, column: int, words: str, tmp_path: Path
) -> None:
    indented = "".join(f"      {row}\n" if not row.startswith("\t") else f"{row}\n" for row in blocks.split("\n"))
    check(NETWORK + indented, FIRST_BLOCK + line - 1, column, words, tmp_path)


# Each case: a change to the lesson above (old, new), the line, the column, the words.
CHANGES = [
    ("title: Broken", "titel: Broken", 1, 1, "no key 'titel' … 'title'"),
    ("title: Broken", "title: [a, b]", 1, 8, "Write text here … a list"),
    ("title: Broken", "titleBroken", 1, 1, "':' after a key is missing"),
    ("title: Broken", "title:Broken", 1, 6, "space after the colon"),
    ("title: Broken", "title: Broken\nminutes: soon", 2, 10, "whole number … 'soon'"),
    ("title: Broken", "title: Broken\ntutor: 2", 2, 8, "version 2 … Update the tutor"),
    ("title: Broken", "title: Broken\ntitle: Again", 2, 1, "'title' is given twice"),
    ("title: Broken", "title: Broken\nlicense: MIT", 2, 1, "no key 'license' … 'licence'"),
    ("title: Broken", "title: Broken\nfiles: [none.csv]", 2, 9, "no file 'none.csv'"),
    ("title: Broken", "title: Broken\noptions: []", 2, 1, "no key 'options' … belongs to choose"),
    ("  target: 1", "  target: [1, 2]", 4, 11, "2 values … 1 output"),
    ("  target: 1", "  targets: 1", 4, 3, "no key 'targets' … 'target'"),
    ("inputs: [1, 0, 1]", "inputs: [1, 0]", 6, 16, "3×2 … 2 values enter"),
    ("inputs: [1, 0, 1]", "inputs: [1, zero, 1]", 3, 15, "number is expected … 'zero'"),
    ("inputs: [1, 0, 1]", "inputs: [1, .inf, 1]", 3, 15, "finite"),
    ("activation: relu\n    - w", "activation: relo\n    - w", 8, 19, "relo … relu"),
    ("activation: relu\n    - w", "activaton: relu\n    - w", 8, 7, "no key 'activaton' … 'activation'"),
    ("weights: [{w21: -0.3}, {w22: -0.2}]", "weight: [{w21: -0.3}, {w22: -0.2}]", 9, 7, "no key 'weight' … 'weights'"),
    ("{w22: -0.2}", "{w21: -0.2}", 9, 16, "'w21' is given twice"),
    ("{w22: -0.2}", "{Z1: -0.2}", 9, 16, "'Z1' cannot be the name"),
    ("bias: {theta3: 0.1}", "bias: [0.1, 0.2]", 10, 7, "2 values … 1 unit"),
    ("optimizer: {sgd: {lr: 0.001}}", "optimizer: {sdg: {lr: 0.001}}", 12, 15, "sdg … sgd"),
    ("optimizer: {sgd: {lr: 0.001}}", "optimizer: {sgd: {learn: 0.001}}", 12, 21, "learn"),
    ("optimizer: {sgd: {lr: 0.001}}", "learning_rate: 0.001", 12, 3, "no key 'learning_rate' … sgd: {lr: …}}"),
    ("optimizer: {sgd: {lr: 0.001}}", "loss: cross_entropy", 12, 9, "softmax"),
    ("  optimizer: {sgd: {lr: 0.001}}", "  vary: {weight: [0, 1]}", 12, 10, "no 'weight' to vary … 'weights'"),
    ("  optimizer: {sgd: {lr: 0.001}}", "  vary: {where: Z1 > 0}", 12, 17, "does not hold"),
    ("  optimizer: {sgd: {lr: 0.001}}", "  vary: {where: Q1 > 0}", 12, 17, "Q1 is not a name"),
    ("screens:", "screen:", 13, 1, "no key 'screen' … did you mean 'screens'"),
    ("title: Broken", "title:\u00a0Broken", 1, 7, "no-break space"),
    ("network:", "networks:", 2, 1, "holds several … network: instead"),
    ("inputs: [1, 0, 1]", "inputs: 1, 0, 1", 3, 3, "must be a list … [1, 0, 1]"),
    ("inputs: [1, 0, 1]", "inputs: [1, 0 -1]", 3, 15, "comma may be missing"),
    ("{w21: -0.3}, {w22", "{w21: -0.3} {w22", 9, 29, "A comma is missing before this"),
    ("bias: {theta3: 0.1}", "bias: [theta3: 0.1]", 10, 14, "Named values: {theta3: 0.1"),
    ("target: 1", "target: 0,5", 4, 11, "A decimal has a point here: 0.5"),
    ("{w22: -0.2}", "{w22: -0,2}", 9, 39, "A decimal has a point here: -0.2, not -0,2"),
    ("{w22: -0.2}", "{w22:-0.2}", 9, 31, "space after the colon: w22: -0.2"),
    ("[{w21: -0.3}, {w22: -0.2}]", "[-0.3, -0.2]", 9, 7, "list of rows, one for each input"),
    ("{sgd: {lr: 0.001}}", "{sgd:{lr: 0.001}}", 12, 18, "space after the colon: sgd"),
    ("{sgd: {lr: 0.001}}", "{sgd: {lr: 0.001}}}", 12, 32, "a } too many"),
    ("{sgd: {lr: 0.001}}", "{lr: 0.001}", 12, 15, "'lr' is a parameter … {sgd: {lr: 0.001}}"),
    ("{sgd: {lr: 0.001}}", "{SGD: {lr: 0.001}}", 12, 15, "Did you mean sgd"),
    ("activation: relu\n  opt", "activation: logistic\n  opt", 11, 19, "Did you mean sigmoid"),
    ("  - title: One\n    blocks:\n", "  - title: One\n", 15, 7, "write a key before it, such as blocks:"),
    ("screens:", "screns:", 13, 1, "no key 'screns' … 'screens'"),
    ("  - title: One", "  - titel: One", 14, 5, "no key 'titel' … 'title'"),
    ("    blocks:", "    block:", 15, 5, "no key 'block' … 'blocks'"),
    ("      - ask", "        ask", 16, 9, "Write a list here … Begin each of its members with '- '"),
    ("network:\n", "network: {from: none.yaml}\nnetworks:\n", 2, 17, "no file 'none.yaml'"),
    ("inputs: [1, 0, 1]\n  target: 1", "data: {columns: [a, b], rows: [[1, 0]], inputs: [[1, 0]], target: b}", 3, 51,
     "Name the columns here … under 'rows'."),
    ("inputs: [1, 0, 1]\n  target: 1", "data: {columns: [a, b], rows: [[1, 0]], inputs: 3, target: b}", 3, 51,
     "Unknown column '3'"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "line", "column", "words"), CHANGES, ids=[case[1][:50] for case in CHANGES])
def test_an_error_above_the_blocks_is_located_and_explained(
    old: str, new: str, line: int, column: int, words: str, tmp_path: Path
) -> None:
    text = NETWORK + "      - ask: yhat\n"
    assert old in text
    check(text.replace(old, new, 1), line, column, words, tmp_path)


WORKSHEETS = [
    ("given: {a: 1}\n  steps:\n    b: a + q", 3, 12, "q is not a name here"),
    ("given: {a: 1}\n  steps:\n    b: c + a\n    c: b + a", 3, 8, "These steps need one another: b → c → b"),
    ("given: {a: [1, 2], M: [[1, 2]]}\n  steps:\n    b: M @ M", 3, 8, "shapes do not fit"),
    ("given: {a: 1}\n  steps:\n    b: sin(a)", 3, 8, "There is no function sin"),
    ("given: {A: [[1]]}\n  steps:\n    b: transpose(A)", 3, 8, "Write A.T instead"),
    ("given: {A: [[1]]}\n  steps:\n    b: np.matmul(A, A)", 3, 8, "Write A @ B instead"),
    ("given: {A: [[1]]}\n  steps:\n    b: sum(A, axis=0)", 3, 15, "sum(A, rows)"),
    ("given: {A: [[1, 2]], q: [1, 2]}\n  steps:\n    b: dot(A, q)", 3, 8, "write A @ B for matrices"),
    ("given: {A: [[1, 2], [3, 4]]}\n  steps:\n    b: maxpol(A, 2)", 3, 8, "no function maxpol … Did you mean maxpool"),
    ("given: {A: [[1, 2], [3, 4]], i: [0, 1]}\n  steps:\n    b: A[i]", 3, 8, "no row 0 … E[ids + 1]"),
    ("given: {a: 1}\n  steps:\n    b: 2*a - 0,1*a", 3, 15, "A decimal has a point here: 0.1."),
    ("given: {a: 1}\n  steps:\n    b: b = 2*a", 3, 8, "Write only what comes after the ="),
    ("given: {a: 1}\n  steps:\n    f: a^2\n    b: df/dx", 4, 8, "slope of a step … steps are f, b, given is a"),
    ("given: {a: 1, t: 2}\n  steps:\n    b: a", 1, 17, "t is the number of the round"),
    ("given: {a: 1}\n  steps:\n    a: 2", 3, 5, "'a' is given and a step"),
    ("given: {a: 1}\n  step:\n    b: 2", 2, 3, "no key 'step' … 'steps'"),
    ("given: {M: [[1, 2], [3]]}\n  steps:\n    b: sum(M)", 1, 23, "rows differ in length"),
    ("given: {a: 1}\n  steps:\n    b: a + 1\n  mistakes:\n    c: [{when: a, say: no}]", 5, 5, "no step 'c'"),
    ("given: {a: 1}\n  steps:\n    b: a + 1\n  repeat: often", 4, 11, "whole number … 'often'"),
]


@pytest.mark.parametrize(("sheet", "line", "column", "words"), WORKSHEETS, ids=[case[0][-30:] for case in WORKSHEETS])
def test_an_error_in_a_worksheet_is_located_and_explained(
    sheet: str, line: int, column: int, words: str, tmp_path: Path
) -> None:
    text = f"title: Broken\nworksheet:\n  {sheet}\nscreens:\n  - blocks:\n      - ask: b\n"
    check(text, line + 2, column, words, tmp_path)


@pytest.mark.parametrize(
    ("line", "asked", "words"),
    [
        ("  target: 1\n", "delta", "delta needs a target:"),
        ("  target: 1\n", "w11_new", "w11_new needs a target:"),
        ("  optimizer: {sgd: {lr: 0.001}}\n", "w11_new", "w11_new needs an optimizer:"),
        (
            "      activation: relu\n  optimizer: {sgd: {lr: 0.001}}\n",
            "dE/dw11",
            "needs a slope, and the activation step",
        ),
    ],
)
def test_a_missing_target_optimizer_or_slope_is_named(line: str, asked: str, words: str, tmp_path: Path) -> None:
    step = "      activation: step\n" if "activation" in line else ""
    ((_, column, message),) = problems(NETWORK.replace(line, step) + f"      - ask: {asked}\n", tmp_path)
    assert column == 14
    assert words in message


# Errors after which a YAML parser stops, and misspelt keys whose content would be skipped.
HIDING = [
    "- diagram: network\n\tshow: names",
    "- diagram: network\n   show: names",
    "- diagram: network\n show: names",
    "- diagram: network\n  highlight: [Z1, H1",
    "- text: !H is a sum.",
    "- text: The \x07 bell.",
    "- text: 'The unit Z1",
    "- text: 'The unit's sum.'",
    "- text: |\n  Not further in.\n  And more of it.",
    "- choose: Which?\n  options:\n    - {text: 'It's so', correct: true}\n    - text: b",
    "- choose: Which?\n  options:\n    - {text: Step #1, correct: true}\n    - {text: b}",
    "- choose: Which?\n  options: [{text: $x_{1}$, correct: true}, {text: b}]",
    "- choose: Which?\n  options [{text: a, correct: true}, {text: b}]",
]


@pytest.mark.parametrize("error", HIDING, ids=[case[-40:] for case in HIDING])
def test_an_error_hides_no_other(error: str, tmp_path: Path) -> None:
    lines = [f"      {row}\n" if not row.startswith("\t") else f"{row}\n" for row in error.split("\n")]
    around = ["      - aks: Z9\n", *lines, "      - ask: Z8\n", "      - text: So\n        after: H1\n", *lines]
    found = problems(NETWORK + "".join(around) + "      - ask: H2\n        decimal: 3\n", tmp_path)
    alone = {message for _, _, message in problems(NETWORK + "".join(lines), tmp_path)}
    rows = [line - FIRST_BLOCK for line, _, message in found if message not in alone]
    assert rows == [0, 0, 1 + len(lines), 5 + 2 * len(lines)]
    assert len(found) == 4 + 2 * len(alone)


def test_all_errors_of_a_network_are_reported_together(tmp_path: Path) -> None:
    text = NETWORK.replace("[1, 0, 1]", "[1, zero, 1]").replace("target: 1", "targets: [1, 2]")
    text = text.replace("relu", "relo", 1).replace("{theta3: 0.1}", "[0.1, 0.2]").replace("{w22: -0.2}", "{w21: -0.2}")
    found = problems(text.replace("sgd", "sdg") + "      - ask: [Z1, delta1, w11_new]\n", tmp_path)
    assert [line for line, _, _ in found] == [3, 4, 4, 8, 9, 10, 12]


def test_all_errors_of_a_worksheet_are_reported_together(tmp_path: Path) -> None:
    steps = "{b: a + q, c: b^2, d: sin(a), e: df/dc, f: a*2, f_new: f, g: f @ }"
    text = f"title: Broken\nworksheet:\n  given: {{a: 1, k: x}}\n  steps: {steps}\nscreens: [{{blocks: [ask: c]}}]\n"
    found = [message for _, _, message in problems(text, tmp_path)]
    assert len(found) == 4, found


def test_an_empty_network_is_reported_once(tmp_path: Path) -> None:
    text = "title: Broken\nnetwork:\nscreens:\n  - blocks:\n      - ask: Z1\n      - text: '{{Z1}}'\n"
    assert [(line, message) for line, _, message in problems(text, tmp_path)] == [
        (2, "Write a mapping (key: value) here, not nothing.")
    ]


def test_networks_that_are_not_a_mapping_are_reported_once(tmp_path: Path) -> None:
    text = "title: Broken\nnetworks: [1, 2]\nscreens:\n  - blocks:\n      - ask: Z1\n"
    assert [line for line, _, _ in problems(text, tmp_path)] == [2]


def test_a_key_indented_too_little_hides_no_other_error(tmp_path: Path) -> None:
    blocks = "      - aks: Z9\n  - title: Two\n  blocks:\n      - ask: Z8\n"
    assert [line - FIRST_BLOCK for line, _, _ in problems(NETWORK + blocks, tmp_path)] == [0, 0, 2, 3]


def test_an_item_outside_any_list_hides_no_other_error(tmp_path: Path) -> None:
    blocks = "      - aks: Z9\n   - title: Two\n     blocks: [ask: Z1]\n  - titel: Three\n    blocks: [ask: Z8]\n"
    assert [line - FIRST_BLOCK for line, _, _ in problems(NETWORK + blocks, tmp_path)] == [0, 0, 1, 3, 4]


def test_waiting_for_a_broken_block_is_not_another_error(tmp_path: Path) -> None:
    blocks = "      - ask: Z9\n        id: first\n      - text: So\n        after: first\n"
    assert [line - FIRST_BLOCK for line, _, _ in problems(NETWORK + blocks, tmp_path)] == [0]


def test_all_errors_of_a_file_are_reported_together(tmp_path: Path) -> None:
    blocks = """\
      - aks: Z1
      - ask: Z9
      - text: Note: this is not YAML.
      - text: 'So $\\foo$ and {{Z8}}.'
      - choose: Which?
        options: [{text: a}, {text: b}]
      - text: `code`
    """
    found = problems(NETWORK + blocks, tmp_path)
    assert [line - FIRST_BLOCK + 1 for line, _, _ in found] == [1, 2, 3, 4, 4, 6, 7]


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ("- choose: Which?\n  options: [{text: a, correct: Z1}, {text: b}]", "Write a condition here"),
        ("- number: How many?\n  answer: Z1 < 0", "Write a number here"),
        ("- ask: Z1\n  mistakes: [{when: Z1 < 0, say: No.}]", "Write the number that the mistake gives here"),
    ],
)
def test_conditions_and_numbers_are_not_interchangeable(lines: str, words: str, tmp_path: Path) -> None:
    found = problems(NETWORK + "      " + lines.replace("\n", "\n      ") + "\n", tmp_path)
    assert len(found) == 1
    assert words in found[0][2]


@pytest.mark.parametrize(
    ("where", "words"),
    [
        ("Z1 > 0", None),
        ("Z1 > 0 and E < 9", None),
        ("not Z1 < 0 and (Z1 > 0.6 or y = 0)", None),
        ("E < 9 and Z1 > 0.6", "does not hold"),
        ("Z1 > 0.6", "does not hold"),
        ("Z1[1] > 0.6", None),
        ("Z1", "Write a condition here"),
    ],
)
def test_a_condition_on_a_batch_holds_for_every_sample(where: str, words: str | None, tmp_path: Path) -> None:
    network = "network: {inputs: [[2], [1]], target: [1, 0], layers: [{weights: [[0.5]]}], vary: {where: '%s'}}"
    # The second block is wrong, so there is always an error to report.
    found = problems(
        f"title: Batch\n{network % where}\nscreens:\n  - blocks:\n      - ask: E\n      - ask: Q\n", tmp_path
    )
    told = [message for line, _, message in found if line == 2]
    assert len(told) == (words is not None)
    assert all(words is not None and words in message for message in told)


def test_a_broken_condition_is_reported_once(tmp_path: Path) -> None:
    blocks = "      - choose: Which?\n        options: [{text: a, correct: Z1 > Q}, {text: b}]\n"
    assert [(line, column) for line, column, _ in problems(NETWORK + blocks, tmp_path)] == [(17, 43)]


def test_a_wrong_key_of_a_quantity_is_reported_once(tmp_path: Path) -> None:
    found = problems(NETWORK + "      - ask: {Z1: {hint: x}}\n", tmp_path)
    assert [(line, column) for line, column, _ in found] == [(16, 20)]


def test_a_broken_network_is_reported_once(tmp_path: Path) -> None:
    text = NETWORK.replace("activation: relu", "activation: rely", 1)
    found = problems(text + "      - ask: [Z1, Z2]\n      - text: '{{Z1}}'\n      - derive: H1\n", tmp_path)
    assert [line for line, _, _ in found] == [8]


def test_the_excerpt_underlines_the_error(tmp_path: Path) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_text(NETWORK + "      - ask: Z1\n        decimal: 3\n", encoding="utf-8")
    with pytest.raises(LessonProblems) as raised:
        load(path)
    assert str(raised.value).split("\n") == [
        f"{path}:17:9: There is no key 'decimal' here; did you mean 'decimals'?",
        "  17 |         decimal: 3",
        "     |         ^^^^^^^",
    ]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("just a text", "holds the text"),
        ("- a\n- b\n", "holds a list"),
        ("title: x\nnetwork: {inputs: [1]}\n", "'screens' is missing"),
        ("title: a\n---\ntitle: b\n", "second document"),
        ("title: a\x07b\n", "control character"),
        ("title: !!python/object/apply:os.system [ls]\n", "tag"),
        ("title: " + "9" * 5000, "too many digits"),
        ("a: " + "[" * 500 + "]" * 500, "nested too deeply"),
        ("[" * 100_000, "nested too deeply"),
        ("a: &a [*a]\n", "holds itself"),
        ("[1, 2]: b\n", "single quotes"),
    ],
)
def test_files_that_are_not_lessons_are_refused(text: str, words: str, tmp_path: Path) -> None:
    assert any(words in message for _, _, message in problems(text, tmp_path))


def test_an_alias_bomb_is_refused(tmp_path: Path) -> None:
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for number in range(1, 9):
        before, name = "abcdefghi"[number - 1], "abcdefghi"[number]
        bomb += f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    assert any("too many values" in message for _, _, message in problems(bomb, tmp_path))


def test_a_huge_file_is_refused(tmp_path: Path) -> None:
    assert any("MB" in message for _, _, message in problems("# " + "x" * 2_100_000, tmp_path))


def test_bytes_that_are_not_utf_8_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lesson.yaml"
    path.write_bytes(b"title: caf\xe9\n")
    with pytest.raises(LessonProblems, match="UTF-8"):
        load(path)


def test_scalars_follow_yaml_1_2() -> None:
    data = Document("a: no\nb: 1e-8\nc: 0x1F\nd: on\ne: ~\nf: 012\ng: .5\nh: 1_000\n").data
    assert data == {"a": "no", "b": 1e-8, "c": 31, "d": "on", "e": None, "f": 12, "g": 0.5, "h": "1_000"}


def test_numbers_are_kept_as_written() -> None:
    document = Document("a: 0.10\nb: [-0.7, 1e-3, .5]\nc: '2'\n")
    assert document.written == {"a": "0.10", "b": ["-0.7", "1e-3", ".5"], "c": "2"}


@pytest.mark.parametrize(
    "text",
    ["title: a\rscreens: *x\r", "title: 'a\x85b\x85c'\nscreens:\n  - title: x\n   blocks: 3\n"],
    ids=["carriage returns", "next lines"],
)
def test_a_broken_file_with_unusual_line_ends_is_reported(text: str) -> None:
    assert Document(text).problems


def test_a_misspelt_key_behind_an_alias_is_not_also_missing(tmp_path: Path) -> None:
    block = "      - &asked {ask: Z1, explian: So.}\n      - *asked\n"
    assert [words for _, _, words in problems(NETWORK + block, tmp_path) if "missing" in words] == []
