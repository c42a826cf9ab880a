"""Every example in the description of the lesson format loads unchanged and means what the description says."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path

import pytest

from tutor.authoring.render import as_text
from tutor.authoring.sheet import make_sheet
from tutor.authoring.sheet_html import as_html
from tutor.lessons import Lesson, LessonProblems, load, load_source, with_models
from tutor.lessons.blocks import (
    Ask,
    Choose,
    Diagram,
    Expression,
    Fill,
    Given,
    Lab,
    Number,
    Order,
    Plot,
    Run,
    Table,
    Write,
)
from tutor.lessons.blocks.given import given_groups, given_latex
from tutor.network import Network, Worksheet

EXAMPLES = Path(__file__).parent / "examples"


def example(name: str) -> str:
    return (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "data").mkdir()
    (tmp_path / "networks").mkdir()
    (tmp_path / "data" / "yield.csv").write_text("temp,rain,apples\n73,67,56\n91,88,81\n87,134,119\n102,43,22\n")
    rows = "\n".join(f"{hours},{sleep},{passed}" for hours, sleep, passed in [(1, 8, 0), (2, 7, 0), (6, 6, 1)] * 3)
    (tmp_path / "data" / "admission.csv").write_text(f"hours,sleep,passed\n{rows}\n")
    lab2 = textwrap.dedent(example("lesson").split("networks:\n  lab2:\n")[1].split("screens:")[0])
    (tmp_path / "networks" / "lab2.yaml").write_text("network:\n" + textwrap.indent(lab2, "  "))
    return tmp_path


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def lesson_of(folder: Path, top: str, blocks: str) -> Lesson:
    text = f"title: A test\n{top}\nscreens:\n  - title: One\n    blocks:\n{blocks}"
    return load(written(folder, "test.yaml", text))


def test_a_table_from_a_file_aligns_decimals_and_counts_its_rows(folder: Path) -> None:
    (folder / "data" / "bills.csv").write_text(
        "kind,bill,mass,\nAdelie,39.1,3750,1\nAdelie,-42,3650,\nGentoo,,n/a,2.5\n"
    )
    blocks = "      - table: data/bills.csv\n        rows: 1-2\n      - table: data/bills.csv\n"
    some, every = lesson_of(folder, "", blocks).screens[0].blocks
    assert isinstance(some, Table)
    assert isinstance(every, Table)
    shown = [[cell.fill() for cell in row] for row in every.rows]
    assert shown == [
        ["Adelie", "39.1", "3750", "1.0"], ["Adelie", "-42.0", "3650", ""], ["Gentoo", "", "n/a", "2.5"],
    ]  # fmt: skip
    assert [[cell.fill() for cell in row] for row in some.rows] == shown[:2]
    assert (some.caption.fill(), every.caption.fill()) == ("Rows 1–2 of 3", "")


def test_a_curves_axes_are_labelled_in_mathematical_notation(folder: Path) -> None:
    block = "      - plot: -ln(sigmoid(theta))\n        over: {theta: [-1, 7]}\n        alt: It falls.\n"
    (plot,) = lesson_of(folder, "", block).screens[0].blocks
    assert isinstance(plot, Plot)
    assert (plot.x_label, plot.y_label) == ("θ", "−ln(σ(θ))")


LOSSES = "epoch,train,val,kind\n1,0.9,1.0,early\n2,0.5,0.7,early\n3,0.3,0.8,late\n"


def test_a_plot_can_have_several_columns_or_classes(folder: Path) -> None:
    (folder / "data" / "losses.csv").write_text(LOSSES)
    plot = "      - plot: data/losses.csv\n        x: epoch\n        alt: They part.\n"
    lesson = lesson_of(
        folder,
        "",
        f"{plot}        y: [train, val]\n        line: true\n{plot}        y: val\n        colour: kind\n",
    )
    both, classes = lesson.screens[0].blocks
    assert isinstance(both, Plot)
    assert isinstance(classes, Plot)
    assert [(each.name, each.xs, each.ys) for each in both.series()] == [
        ("train", (1, 2, 3), (0.9, 0.5, 0.3)), ("val", (1, 2, 3), (1.0, 0.7, 0.8)),
    ]  # fmt: skip
    assert (both.is_line, both.y_label, classes.is_line, classes.y_label) == (True, "", False, "val")
    assert [(each.name, each.xs, each.ys) for each in classes.series()] == [
        ("early", (1, 2), (1.0, 0.7)), ("late", (3,), (0.8,)),
    ]  # fmt: skip
    page = as_html(make_sheet(lesson))
    assert page.count("<polyline") == 4  # two curves and their entries in the legend
    assert page.count("●") == 3  # two points and one entry in the legend
    assert "Plot: They part." in as_text(make_sheet(lesson))
    for wrong, says in (("y: [train, vale]", "did you mean 'val'"), ("y: kind", "a cell that is not a number")):
        with pytest.raises(LessonProblems, match=says):
            lesson_of(folder, "", f"{plot}        {wrong}\n")


def test_given_shows_everything_or_only_what_it_lists(folder: Path) -> None:
    top = "network: {inputs: [1, 2], target: 1, layers: [{weights: [[0.5], [0.3]]}], optimizer: {sgd: {lr: 0.1}}}"
    every, some = lesson_of(folder, top, "      - given\n      - given: [y, alpha]\n").screens[0].blocks
    assert isinstance(every, Given)
    assert isinstance(some, Given)
    assert some.only == ("y", "alpha")
    assert given_groups(some.graph, some.only) == (("y = 1", r"\alpha = 0.1"),)
    assert given_latex(some.graph, some.only) == (r"y = 1,\quad \alpha = 0.1",)
    assert len(given_groups(every.graph)) > 1
    with pytest.raises(LessonProblems, match="Z1 is not given"):
        lesson_of(folder, top, "      - given: [y, Z1]\n")


def test_the_example_lesson(folder: Path) -> None:
    lesson = load(written(folder, "02-forward.yaml", example("lesson")))
    assert (lesson.id, lesson.number, lesson.minutes) == ("forward-pass", 2, 15)
    assert lesson.requires == ("artificial-neural-networks",)
    assert [block.kind for block in lesson.blocks] == ["text", "diagram", "ask", "ask", "derive"]
    assert [item.name for item in lesson.asked()] == ["Z1", "Z2", "hidden.H"]
    assert lesson.graph("lab2").values["yhat"] == pytest.approx(0.08)
    hidden = lesson.blocks[3]
    assert isinstance(hidden, Ask)
    assert hidden.items[0].decimals == 3
    assert hidden.items[0].quantity.shape == (2,)


def test_a_network_based_on_another(folder: Path) -> None:
    lesson = load_source(written(folder, "two.yaml", example("taken_from_elsewhere")))
    sigmoid, lab2 = lesson.models["sigmoid"], lesson.models["lab2"]
    assert isinstance(sigmoid, Network)
    assert isinstance(lab2, Network)
    assert [layer.activation.name for layer in sigmoid.layers] == ["sigmoid", "sigmoid"]
    assert [layer.activation.name for layer in lab2.layers] == ["relu", "relu"]
    assert sigmoid.optimizer is not None
    assert sigmoid.optimizer["lr"] == 0.9
    assert lesson.parts["sigmoid"].origin == lesson.parts["lab2"].origin
    assert lesson.graph("sigmoid").values["yhat"] == pytest.approx(0.473888899, abs=1e-9)


def test_a_textbook_network(folder: Path) -> None:
    lesson = load_source(written(folder, "mazur.yaml", example("textbook")))
    assert lesson.form == "network"
    assert lesson.graph().values["E"] == pytest.approx(0.298371109, abs=1e-9)
    assert lesson.graph().values["w1_1_1_new"] == pytest.approx(0.149780716, abs=1e-9)


def test_a_batch_from_a_file(folder: Path) -> None:
    lesson = load_source(written(folder, "batch.yaml", example("batch")))
    network = lesson.models["admission"]
    assert isinstance(network, Network)
    assert len(network.inputs) == 9
    assert network.batch_size == 4
    assert "E[4]" in lesson.graph().nodes


def test_every_kind_of_block(folder: Path) -> None:
    top = "networks: {lab2: {from: networks/lab2.yaml}}"
    lesson = lesson_of(folder, top, "      - ask: hidden.H\n" + example("blocks"))
    kinds = [type(block) for block in lesson.blocks]
    expected = [Ask, Ask, Number, Choose, Choose, Expression, Order, Fill, Table, Plot, Run, Write, Lab]
    assert kinds == expected
    _, ask, number, dead, nested, expression, order, fill, table, plot, run, _, lab = lesson.blocks
    assert isinstance(ask, Ask)
    assert ask.items[0].decimals == 4
    assert str(ask.items[0].mistakes[0].say) == "The bias θ₂ belongs inside the ReLU."
    assert isinstance(number, Number)
    assert number.value == 11
    assert isinstance(dead, Choose)
    assert [option.correct for option in dead.options] == [True, False]
    assert dead.after is not None
    assert dead.after.block_id == "hidden.H"
    assert isinstance(nested, Choose)
    assert str(nested.prompt) == "Which layer does backpropagation visit first?"
    assert isinstance(expression, Expression)
    assert expression.using == ("yhat", "y", "H1")
    assert isinstance(order, Order)
    assert [len(group) for group in order.groups] == [2, 1, 1, 1]
    assert isinstance(fill, Fill)
    assert fill.gaps == (("backward",), ("step",))
    assert isinstance(table, Table)
    assert [str(cell) for cell in table.rows[2]] == ["87", "134", "119"]
    assert isinstance(plot, Plot)
    (curve,) = plot.series(9)
    assert (curve.xs[4], curve.ys[4]) == (3.0, 0.0)
    assert isinstance(run, Run)
    assert run.output == "torch.Size([15, 3])"
    assert isinstance(lab, Lab)
    assert [check.kind for check in lab.checks] == ["variable", "variable", "python"]
    assert lab.checks[0].equals == pytest.approx([0.08])
    assert lab.checks[1].equals[1] == pytest.approx([0.4, 0.1])  # type: ignore[index]


def test_the_example_blocks_load_alone(folder: Path) -> None:
    lesson = lesson_of(folder, "networks: {lab2: {from: networks/lab2.yaml}}", example("blocks"))
    assert len(lesson.blocks) == 12


def test_the_example_worksheets(folder: Path) -> None:
    lesson = load_source(written(folder, "sheets.yaml", example("worksheets")))
    assert all(isinstance(model, Worksheet) for model in lesson.models.values())
    assert lesson.graph("momentum").values["w_new"] == pytest.approx(1 - 0.1 * (0.9 * 0.2 + 0.4))
    assert lesson.graph("descent").values["w_new@3"] == pytest.approx(3 - 3 * 0.8**3)
    assert lesson.graph("adam").values["w_new"] == pytest.approx(0.9, abs=1e-6)
    (mistake,) = lesson.parts["attention"].mistakes["A"]
    assert len(mistake.cells) == 4


def test_the_example_of_vary(folder: Path) -> None:
    text = textwrap.dedent(example("lesson"))
    text = text.replace("    optimizer: {sgd: {lr: 0.001}}", "    optimizer: {sgd: {lr: 0.001}}\n" + example("vary"))

    vary = load(written(folder, "v.yaml", text)).parts["lab2"].vary
    assert vary.pick == {"inputs": (0.0, 1.0)}
    assert vary.ranges == {"weights": (-0.9, 0.9, 0.1)}
    assert vary.keep == ("target",)
    assert vary.where is not None


def test_after_prefers_its_networks_quantity_to_an_old_id(folder: Path) -> None:
    """``was`` remembers that the first network's question was once called ``Z1``; ``after`` means the second's."""
    lesson = lesson_of(
        folder,
        "networks: {one: {from: networks/lab2.yaml}, two: {from: one}}",
        "      - {ask: Z1, of: one}\n"
        "      - {ask: Z1, of: two}\n"
        "      - {text: Then this., of: two, after: Z1}\n"
        "      - {text: And this., of: one, after: Z1}\n",
    )
    assert [block.id for block in lesson.questions] == ["one:Z1", "two:Z1"]
    assert [block.after.block_id for block in lesson.blocks[2:] if block.after] == ["two:Z1", "one:Z1"]


def test_a_variant_resolves_texts_and_conditions_again(folder: Path) -> None:
    lesson = lesson_of(
        folder,
        "networks: {lab2: {from: networks/lab2.yaml}}",
        "      - text: 'We have $x_1 = {{x1}}$.'\n"
        "      - choose: Is unit 1 dead?\n"
        "        options: [{text: yes, correct: Z1 < 0}, {text: no, correct: Z1 > 0}]\n",
    )
    spec = dict(lesson.parts["lab2"].spec)
    other = with_models(lesson, {"lab2": {**spec, "inputs": [3, 0, 0]}}, "17")
    assert other.variant == "17"
    assert other.blocks[0].markdown() == "We have $x_1 = {3}$."
    question = other.blocks[1]
    assert isinstance(question, Choose)
    assert [option.correct for option in question.options] == [False, True]
    assert math.isclose(other.graph().values["Z1"], 0.2)


def test_diagram_and_given_use_the_only_network(folder: Path) -> None:
    lesson = lesson_of(
        folder,
        "networks: {lab2: {from: networks/lab2.yaml}}",
        "      - given\n      - diagram:\n      - diagram: lab2\n",
    )
    assert all(block.of == "lab2" for block in lesson.blocks)
    assert isinstance(lesson.blocks[1], Diagram)
