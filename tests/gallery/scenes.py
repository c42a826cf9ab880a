"""Every screen and state of the tutor, each as a scene that can be replayed."""

# ruff: noqa: E501  (one scene a line reads as a table)

from __future__ import annotations

from pathlib import Path

from tests.gallery.stage import Given, Scene, Stage
from tutor.store import Store

BACK, FORWARD, LAB2, LAB3 = "backpropagation", "forward-pass", "laboratory-task-2", "laboratory-task-3"
BROKEN = Path(__file__).with_name("broken.yaml")


def _halfway(store: Store) -> None:
    """Record the progress of a learner in the middle of the course."""
    for lesson, done, total, to_fix in (
        ("artificial-neural-networks", 15, 15, 0),
        (FORWARD, 20, 20, 0),
        (LAB2, 16, 17, 1),
        (BACK, 12, 38, 0),
    ):
        store.set_position(lesson, "", 3)
        store.set_summary(lesson, "", done, total, to_fix)


async def _search(stage: Stage) -> None:
    await stage.press("slash")
    await stage.type("back")


async def _search_without_result(stage: Stage) -> None:
    await stage.press("slash")
    await stage.type("quantum")


async def _tour(stage: Stage) -> None:
    await stage.press("enter")


async def _right(stage: Stage) -> None:
    await stage.answer("-0.7")


async def _wrong(stage: Stage) -> None:
    await stage.answer("-0.3")


async def _read(stage: Stage) -> None:
    await stage.type("0.2*1 - 0.5*1 - 0.4")


async def _unreadable(stage: Stage) -> None:
    await stage.answer("0.2*(1 - 0.5")


async def _imprecise(stage: Stage) -> None:
    await stage.focus("H2")
    await stage.answer("0.5")


async def _follows(stage: Stage) -> None:
    await stage.answer("0.07")


async def _sign(stage: Stage) -> None:
    await stage.focus("delta2")
    await stage.answer("-0.00654")


async def _grid(stage: Stage) -> None:
    for text in ("-0.7", "0.1", "-0.5", "0.3"):
        await stage.type(text)
        await stage.press("enter")


async def _choose(stage: Stage) -> None:
    await stage.press("down", "space", "enter")


async def _order(stage: Stage) -> None:
    await stage.press("down", "space", "down", "enter")


async def _fill(stage: Stage) -> None:
    await stage.type("@")
    await stage.press("tab")
    await stage.type("exp")
    await stage.press("enter")


async def _expression(stage: Stage) -> None:
    await stage.answer("w21*H1 + w22*H2")


async def _hints(stage: Stage) -> None:
    await stage.press("f2", "f2", "f2")


async def _given_up(stage: Stage) -> None:
    await stage.press("f8", "y")


async def _derivation(stage: Stage) -> None:
    await stage.focus("delta3")
    await stage.press("f3")
    await stage.until(lambda: type(stage.app.screen).__name__ == "DerivationScreen", "the derivation")
    for _ in range(4):
        await stage.press("down")


async def _worksheet(stage: Stage) -> None:
    await stage.press("f4")


async def _help(stage: Stage) -> None:
    await stage.press("f1")


async def _palette(stage: Stage) -> None:
    await stage.press("ctrl+p")
    await stage.pilot.pause(0.3)


async def _contents(stage: Stage) -> None:
    await stage.press("f7")


async def _leave_then(stage: Stage, key: str) -> None:
    await stage.press("escape", key)


async def _practice(stage: Stage) -> None:
    await _leave_then(stage, "p")


async def _look_back(stage: Stage) -> None:
    await _leave_then(stage, "l")


async def _reset(stage: Stage) -> None:
    await _leave_then(stage, "R")


async def _next(stage: Stage) -> None:
    await _leave_then(stage, "pagedown")


async def _map(stage: Stage) -> None:
    await stage.press("f6")


async def _run(stage: Stage) -> None:
    await stage.run()


async def _slow(stage: Stage) -> None:
    await stage.run("import numpy as np\nZ = np.array([-0.7, 0.1])\nprint(z)")


async def _lab(stage: Stage) -> None:
    session = stage.lesson.session
    lab = next(field for field in session.screen().fields if field.code)
    await stage.run(
        lab.code.partition("# forward")[0] + "Z_hidden = x @ W_hidden + theta_hidden\nH = np.maximum(0, Z_hidden)\n"
        "yhat = np.maximum(0, H @ W_output + theta_output)\ndelta_output = y - yhat\n"
    )


async def _training(stage: Stage) -> None:
    from tutor.lessons.blocks import Lab

    screen = stage.lesson.session.lesson.screens[stage.lesson.session.position]
    lab = next(block for block in screen.blocks if isinstance(block, Lab))
    await stage.run(lab.solution.fill() if lab.solution is not None else None)


async def _explore(stage: Stage) -> None:
    await stage.press("escape", "x", "plus", "plus", "space")


async def _own(stage: Stage) -> None:
    await stage.press("n")
    for line in ("Homework 3", "3-2-1", "1 0 1", "1"):
        await stage.type(line)
        await stage.press("enter")
    await stage.press("shift+tab", "shift+tab", "shift+tab", "shift+tab", *["shift+tab"] * 4)
    for line in ("0.2 -0.3", "0.4 0,1", "-0.5 0.2"):
        await stage.type(line)
        await stage.press("enter")
    await stage.press("f5")


async def _play(stage: Stage) -> None:
    await stage.press("escape", "x", "x", "y", *["f"] * 60, "plus")


RUN_A_PROGRAM = (_run, _slow, _lab, _training)

HIDDEN: tuple[Given, ...] = (("Z1", "-0.7"), ("Z2", "0.1"), ("hidden.H", ("0", "0.1")))
GAPS: tuple[Given, ...] = (("numpy-layer", ("@", "exp")),)
WORKED: tuple[Given, ...] = (("dE/dyhat", "-0.5261"), ("dyhat/dZ3", "0.2493"), ("delta3", "-0.1312"))

SCENES = (
    Scene("welcome", "the first start: a tour of one minute is offered over the list of lessons", newcomer=True),
    Scene("tour", "the tour's first page: a real question on one unit", newcomer=True, acts=_tour),
    Scene("home", "the lessons with their progress; the line Continue has the focus", prepare=_halfway),
    Scene("home-new", "the lessons before any is begun"),
    Scene("home-search", "the search field with a word, and only the lessons that contain it", prepare=_halfway, acts=_search),
    Scene("home-nothing", "that nothing was found, and how to see all again", acts=_search_without_result),
    Scene("text", "text, a sum with its limits, the drawn network with Z₂ lit, a question", FORWARD, "The weighted sum"),
    Scene("plot", "the sigmoid's curve and its formula", FORWARD, "The sigmoid"),
    Scene("matrix", "matrices in two dimensions", FORWARD, "A whole layer at once"),
    Scene("reading", "how a sum is read, under the field, while it is typed", LAB2, "The hidden layer", _read),
    Scene("right", "a tick and a word beside Z₁; the next field has the focus", LAB2, "The hidden layer", _right),
    Scene("wrong", "a cross, and that the bias is missing", LAB2, "The hidden layer", _wrong),
    Scene("unreadable", "where reading stopped and what was expected", LAB2, "The hidden layer", _unreadable),
    Scene("imprecise", "that the value is right but has too few decimals", FORWARD, "The hidden activations", _imprecise),
    Scene(
        "follows", "that Z₃ follows from the learner's Z₂, where the mistake is", LAB2, "The output", _follows,
        (("Z1", "-0.7"), ("Z2", "0.15"), ("hidden.H", ("0", "0.15"))),
    ),
    Scene("sign", "that the size is right but the sign is not", BACK, "The error signal of a hidden unit", _sign, WORKED),
    Scene("grid", "a grid of four cells, verdicts in the cells", FORWARD, "Two samples at once", _grid),
    Scene("choose", "the chosen option, marked, with its reply", FORWARD, "One direction", _choose),
    Scene("order", "the steps in the order that the learner has made", FORWARD, "The forward pass, in order", _order),
    Scene("fill", "gaps in code, filled and marked", FORWARD, "The same in NumPy", _fill),
    Scene("expression", "a formula marked, with its mistake named", FORWARD, "In symbols", _expression),
    Scene("hints", "three rungs open, the next one with its cost", LAB2, "The hidden layer", _hints),
    Scene("given-up", "the answer, marked as shown", LAB2, "The hidden layer", _given_up),
    Scene("map", "a unit of the network chosen, with its formula", LAB2, "The hidden layer", _map),
    Scene("derivation", "five lines unfolded, what changed lit", BACK, "The error signal of the output", _derivation),
    Scene("worksheet", "every quantity of the network, some filled in", LAB3, "The task", _worksheet, (("hidden.H", ("0", "0.1")),)),
    Scene("explore", "sliders for w and α, the curve with the ball and its next step, two tasks", BACK, "Turn it yourself", _explore),
    Scene("play", "a network that learns: wires by sign and size, the regions, the curve", "xor", "Watch it learn", _play),
    Scene("own", "the form for the network on a homework sheet, a comma in place of a point reported with its line", acts=_own),
    Scene("look-back", "all answers, the wrong ones with what was said", LAB2, "The output", _look_back, (("Z1", "-0.3"), *HIDDEN)),
    Scene("contents", "the screens with the progress in each", LAB2, "The output", _contents, HIDDEN),
    Scene("practice", "the lesson with other numbers, their number in the title", LAB2, "The hidden layer", _practice),
    Scene("help", "help for the focused field, and every key that works", LAB2, "The hidden layer", _help),
    Scene("palette", "the commands by name", LAB2, "The hidden layer", _palette, replayed=True),
    Scene("reset", "the first of two questions before anything is emptied", LAB2, "The output", _reset, HIDDEN),
    Scene("end", "the end of a lesson: what is done, what it taught, where to go next", LAB2, "Looking back", _next, HIDDEN),
    Scene("table", "a table of data", "laboratory-task-4", "Penguins"),
    Scene("two-outputs", "a network of two outputs, labels apart", "two-outputs", "Blame from two sides"),
    Scene("batch", "a batch's network and a row of four cells", "a-mini-batch", "Four sums at once"),
    Scene("softmax", "a sum over the classes, a curve with both axes named", "softmax-and-cross-entropy", "Cross-entropy"),
    Scene("deep", "a chain of five layers", "vanishing-gradients", "A chain of units"),
    Scene("attention", "matrices, and a grid of four cells", "one-step-of-attention", "Scores"),
    Scene("run", "a cell and what it printed", FORWARD, "The same in NumPy", _run, GAPS),
    Scene("run-error", "a program's error explained", FORWARD, "The same in NumPy", _slow, GAPS),
    Scene("lab", "a program, its checks, and the wrong sign named", LAB3, "Forward and backward in NumPy", _lab),
    Scene("training", "a training's curve and its checks", "laboratory-task-4", "The program", _training),
    Scene("error", "what is wrong with a lesson: file, line, column, the line itself, what to do", str(BROKEN)),
    Scene("plot-blocks", "the sigmoid's curve, drawn with blocks", FORWARD, "The sigmoid", braille=False),
    Scene("too-small", "that there is too little room, and that nothing is lost", LAB2, size=(50, 16)),
)  # fmt: skip
