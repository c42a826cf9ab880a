"""Derive vectors and matrices: the matrix form with its numbers, and one cell in full."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice

import sympy

from tutor.engines.sympy.convert import Expression, number
from tutor.engines.sympy.steps import MOST_WORKED_OUT, Value
from tutor.engines.sympy.writer import Writer, Written, digits, joined, share
from tutor.formulas import FUNCTIONS, latex, text
from tutor.formulas.tree import Name, sub, walk
from tutor.network import Layer, Network, Quantity
from tutor.network.naming import Names
from tutor.network.nodes import suffixed

#: The most cells of a matrix that is written out; a larger one is shown by its name.
MOST_CELLS = 24


def derive_array(writer: Writer, quantity: Quantity, derive_cell: Callable[[str], None]) -> Value:
    """Write the lines of an array: its matrix form, one cell in full, all values.

    Return its value by SymPy, or () where its formulas are too long for SymPy.
    """
    form = _matrix_form(writer, quantity)
    worth = _worked_out(writer, quantity) if form is None else _shaped(form.value, quantity)
    shown = worth or _in_shape(tuple(map(writer.number, quantity.cells)), quantity)
    if form is not None:
        form.write(writer, quantity)
    elif quantity.name in writer.graph.array_formulas:
        tree = writer.graph.array_formulas[quantity.name]
        body = latex(tree, writer.notation), text(tree, writer.notation)
        what = "The step, for all cells at once; one of them in full below."
        writer.words(what, quantity.name, body, shown, named=True)
    example = max(quantity.cells, key=lambda cell: _telling(writer, cell))
    if len(quantity.cells) > 1 or form is None:
        derive_cell(example)
    what = "All cells." if len(quantity.cells) > 1 else "The value."
    writer.words(what, quantity.name, written(writer, quantity), shown, named=True)
    return worth


def _worked_out(writer: Writer, quantity: Quantity) -> Value:
    """Return an array's value from the formulas of its cells, or () where these are too long together."""
    formulas = [writer.graph.definition(cell) for cell in quantity.cells]
    parts = (part for formula in formulas for part in walk(formula))
    if any(True for _ in islice(parts, MOST_WORKED_OUT, None)):
        return ()
    return _in_shape(tuple(map(writer.value, formulas)), quantity)


def _telling(writer: Writer, cell: str) -> float:
    """Return how instructive a cell is as an example: its size or, for a new parameter, the size of its change."""
    old = writer.graph.nodes[cell].role.get("old")
    return abs(writer.number(cell) - (writer.number(old) if old else 0.0))


def _in_shape(flat: tuple[float, ...], quantity: Quantity) -> Value:
    if len(quantity.shape) == 1:
        return flat
    width = quantity.shape[1]
    return tuple(flat[start : start + width] for start in range(0, len(flat), width))


def written(writer: Writer, quantity: Quantity) -> Written:
    """Return an array with its numbers, as LaTeX and as text; the name of a large one."""
    if len(quantity.cells) > MOST_CELLS:
        return writer.notation.latex(quantity.name), writer.notation.text(quantity.name)
    numbers = [writer.put(cell) for cell in quantity.cells]
    if not quantity.shape:
        return digits(numbers[0])
    width = quantity.shape[-1]
    rows = [numbers[start : start + width] for start in range(0, len(numbers), width)]
    body = r" \\ ".join(" & ".join(row) for row in rows).replace("−", "-")
    line = ", ".join(f"[{', '.join(row)}]" for row in rows)
    return rf"\begin{{bmatrix}} {body} \end{{bmatrix}}", line if len(quantity.shape) == 1 else f"[{line}]"


# -- matrix forms ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Form:
    """A formula over arrays: its pieces of mathematics (LaTeX, text) and arrays in order, and its value by SymPy."""

    what: str
    pieces: tuple[Written | Quantity, ...]
    value: Expression

    def write(self, writer: Writer, quantity: Quantity) -> None:
        """Write the formula with names, then with numbers."""
        notation = writer.notation
        computed = _shaped(self.value, quantity)
        named = [
            (notation.latex(piece.name), notation.text(piece.name)) if isinstance(piece, Quantity) else piece
            for piece in self.pieces
        ]
        writer.words(self.what, quantity.name, joined(*named), computed, named=True)
        arrays = [piece for piece in self.pieces if isinstance(piece, Quantity)]
        if all(len(piece.cells) <= MOST_CELLS for piece in arrays):
            filled = [written(writer, piece) if isinstance(piece, Quantity) else piece for piece in self.pieces]
            words = "With the numbers put in; one cell in full below." if len(quantity.cells) > 1 else "The numbers."
            writer.words(words, quantity.name, joined(*filled), computed)


def _shaped(matrix: Expression, quantity: Quantity) -> Value:
    return _in_shape(tuple(float(cell) for cell in matrix), quantity)


def _matrix_form(writer: Writer, quantity: Quantity) -> Form | None:
    """Return the matrix form of a layer's vector or matrix, or None if it has no useful one."""
    network = writer.graph.model
    if not isinstance(network, Network):
        return None
    name, _, step = quantity.name.partition("@")
    layer_name, dot, what = name.partition(".")
    places = [place for place, layer in enumerate(network.layers) if layer.name == layer_name]
    if not dot or not places:
        return None
    return _Forms(writer, network, places[0], int(step or 1)).form(what)


class _Forms:
    """Makes the matrix forms of one layer in one training step; samples are rows."""

    def __init__(self, writer: Writer, network: Network, place: int, step: int) -> None:
        self.writer, self.network, self.place, self.step = writer, network, place, step
        self.layer = network.layers[place]
        self.is_last = place == len(network.layers) - 1
        self.turned = self.layer.layout == "units_by_inputs"

    def form(self, what: str) -> Form | None:
        """Return the form of ``Z``, ``H``, ``delta`` and so on."""
        match what:
            case "Z":
                return self._sums()
            case "H" | "yhat":
                return self._activations()
            case "delta":
                return self._output_signals() if self.is_last else self._hidden_signals()
            case "dW":
                return self._gradients()
            case "dtheta":
                return self._bias_gradients()
            case "W_new" | "theta_new":
                return self._updates(what.removesuffix("_new"))
        return None

    # -- arrays -----------------------------------------------------------------------------------------------------

    def _array(self, name: str, step: int | None = None) -> Quantity:
        at = self.step if step is None else step
        for candidate in (suffixed(name, step=at), name):
            known = self._known(candidate)
            if known is not None:
                return known
        raise KeyError(name)

    def _known(self, name: str) -> Quantity | None:
        """Return an array or a number of the graph by its exact name."""
        graph = self.writer.graph
        return graph.as_quantity(name) if name in graph.arrays or name in graph.nodes else None

    def _weights(self, layer: Layer) -> Quantity:
        return self._held(f"{layer.name}.W")

    def _held(self, name: str) -> Quantity:
        """Return the layer's weights or biases at the start of this step."""
        return self._array(name, 1) if self.step == 1 else self._array(f"{name}_new", self.step - 1)

    def _entering(self) -> Quantity:
        if self.place == 0:
            return self._array("x", self.network.data_step(self.step))
        return self._array(f"{self.network.layers[self.place - 1].name}.H")

    def _own(self, what: str) -> Quantity:
        return self._array(f"{self.layer.name}.{what}")

    def _matrix(self, quantity: Quantity) -> Expression:
        """Return an array as a SymPy matrix with samples (or the array's rows) as rows; a vector is one row."""
        width = quantity.shape[-1] if quantity.shape else 1
        exact = [number(self.writer.number(cell)) for cell in quantity.cells]
        return sympy.Matrix(len(exact) // width, width, exact)

    def _cell_by_cell(self, quantity: Quantity) -> Expression:
        """Return an array as a matrix, each cell computed from its formula."""
        graph, width = self.writer.graph, quantity.shape[-1]
        worked_out = [number(self.writer.value(graph.definition(cell))) for cell in quantity.cells]
        return sympy.Matrix(len(worked_out) // width, width, worked_out)

    def _as_written(self, layer: Layer) -> tuple[Expression, Written]:
        """Return a layer's weights as inputs × units, and the transpose sign (LaTeX, text) that this needs."""
        matrix = self._matrix(self._weights(layer))
        return (matrix.T, ("^{T}", "ᵀ")) if layer.layout == "units_by_inputs" else (matrix, ("", ""))

    # -- forms ------------------------------------------------------------------------------------------------------

    def _sums(self) -> Form:
        weights, turn = self._as_written(self.layer)
        entering = self._entering()
        value = self._matrix(entering) * weights
        pieces: list[Written | Quantity] = [entering, (r" \cdot ", "·"), self._weights(self.layer), turn]
        what = "All units at once: each row of inputs times the matrix of weights"
        if self.layer.bias is not None:
            bias = self._held(f"{self.layer.name}.theta")
            row = list(self._matrix(bias)) * (self.layer.n_units if self.layer.shares_bias else 1)
            value += sympy.Matrix([row] * value.rows)
            pieces += [(" + ", " + "), bias]
            what += ", and the shared bias added to each" if self.layer.shares_bias else ", and the biases added"
        return Form(f"{what}.", tuple(pieces), value)

    def _activations(self) -> Form | None:
        name = self.layer.activation.name
        pre = self._own("Z")
        value = self._cell_by_cell(self._own("yhat" if self.is_last else "H"))
        if name == "softmax":
            head = (r"\operatorname{softmax}", "softmax")
            return Form("Softmax, row by row.", (head, ("(", "("), pre, (")", ")")), value)
        if name == "linear":
            return Form("A linear layer passes its sums on.", (pre,), value)
        head = (FUNCTIONS[name].latex, FUNCTIONS[name].text)
        return Form("The activation of every cell.", (head, ("(", "("), pre, (")", ")")), value)

    def _slope(self) -> list[Written | Quantity]:
        """Return the pieces of ∘ f′(Z); none for a linear layer."""
        name = self.layer.activation.name
        if name == "linear":
            return []
        slope = FUNCTIONS[name + "'"]
        return [(rf" \circ {slope.latex}(", f" ∘ {slope.text}("), self._own("Z"), (")", ")")]

    def _output_signals(self) -> Form | None:
        """Return (ŷ − y) ∘ f′(Z) for the half squared error, and ŷ − y where f′ cancels or is left out by rule."""
        network = self.network
        name = self.layer.activation.name
        value = self._cell_by_cell(self._own("delta"))
        targets, guesses = self._targets(), self._own("yhat")
        if targets is None:
            return None
        targets = replace(targets, shape=guesses.shape)  # one target for each sample: a column, as ŷ is
        ends = (targets, guesses) if network.delta_sign == "minus" else (guesses, targets)
        difference: list[Written | Quantity] = [ends[0], (" - ", " − "), ends[1]]
        if self._is_plain_difference():
            return Form("Every output's error signal.", tuple(difference), value)
        if network.loss == "half_squared_error" and name not in ("softmax", "linear"):
            pieces = [("(", "("), *difference, (")", ")"), *self._slope()]
            return Form("Every output's error times the slope of its activation.", tuple(pieces), value)
        return None

    def _targets(self) -> Quantity | None:
        at = self.network.data_step(self.step)
        names = self.network.target_names
        return self._known(suffixed("y", step=at)) or (
            self._known(suffixed(names[0], step=at)) if len(names) == 1 else None
        )

    def _is_plain_difference(self) -> bool:
        """Return whether every output's δ is just ŷ − y (or y − ŷ)."""
        graph = self.writer.graph
        for cell in self._own("delta").cells:
            role = graph.nodes[cell].role
            guess, target = Name(role["output"]), Name(role["target"])
            ends = (target, guess) if self.network.delta_sign == "minus" else (guess, target)
            if graph.definition(cell) != sub(*ends):
                return False
        return True

    def _hidden_signals(self) -> Form:
        after = self.network.layers[self.place + 1]
        weights, turn = self._as_written(after)
        signals = self._array(f"{after.name}.delta")
        names = Names(self.network)
        units = (unit for sample, _ in names.samples(self.step) for unit in names.units(self.place, sample, self.step))
        slopes = [number(self.writer.number(unit.slope)) for unit in units]
        back = self._matrix(signals) * weights.T
        value = back.multiply_elementwise(sympy.Matrix(back.rows, back.cols, slopes))
        turned_back = ("^{T}", "ᵀ") if turn == ("", "") else ("", "")
        pieces: list[Written | Quantity] = [signals, (r" \cdot ", "·"), self._weights(after), turned_back]
        if self._slope():
            pieces = [("(", "("), *pieces, (")", ")"), *self._slope()]
        what = "The error signals go back through the weights of the forward pass, times the slopes."
        return Form(what, tuple(pieces), value)

    def _gradients(self) -> Form:
        signals, entering = self._own("delta"), self._entering()
        x, delta = self._matrix(entering), self._matrix(signals)
        value, order = (delta.T * x, (signals, entering)) if self.turned else (x.T * delta, (entering, signals))
        pieces = [*self._share(), order[0], ("^{T}", "ᵀ"), (r" \cdot ", "·"), order[1]]
        minus = "minus " if self.network.delta_sign == "minus" else ""
        what = f"Every weight's gradient is {minus}its input times its unit's error signal: one product gives all."
        return Form(what, tuple(pieces), value * self._factor())

    def _bias_gradients(self) -> Form:
        signals = self._own("delta")
        delta = self._matrix(signals)
        value = sympy.Matrix([[sum(delta.col(column)) for column in range(delta.cols)]]) * self._factor()
        if self.layer.shares_bias:
            over = (r"\sum_{n,j} ", "Σₙⱼ ") if self.network.is_batch else (r"\sum_{j} ", "Σⱼ ")
            what = "For a shared bias, add the error signals of all units."
            return Form(what, (*self._share(), over, signals), sympy.Matrix([[sum(value)]]))
        if not self.network.is_batch:
            return Form("For a bias, only the error signal counts.", (*self._share(), signals), value)
        pieces = (*self._share(), (r"\sum_{n} ", "Σₙ "), signals)
        return Form("For a bias, add the error signals of all samples.", pieces, value)

    def _factor(self) -> Expression:
        share = sympy.Rational(1, self.network.divisor(self.step))
        return -share if self.network.delta_sign == "minus" else share

    def _share(self) -> list[Written | Quantity]:
        """Return the minus sign of δ = −∂E/∂Z and the 1/N of a mean, where they apply."""
        sign = ("-", "−") if self.network.delta_sign == "minus" else ("", "")
        return [sign, share(self.network.divisor(self.step))]

    def _updates(self, what: str) -> Form | None:
        """Return W − α·∂E/∂W, or None for any optimizer but plain gradient descent."""
        optimizer = self.network.optimizer
        plain = optimizer is not None and optimizer.name == "sgd"
        if optimizer is None or not plain or optimizer["momentum"] or optimizer["weight_decay"]:
            return None
        if what == "theta" and not self.network.update_bias:
            return None
        old, gradient = self._held(f"{self.layer.name}.{what}"), self._own(f"d{what}")
        value = self._matrix(old) - number(optimizer["lr"]) * self._matrix(gradient)
        pieces = (old, (" - ", " − "), self._array("alpha", 1), (r" \cdot ", "·"), gradient)
        what_is_done = "Against the slope, all at once: the old values minus the rate times the gradients."
        if not self.writer.graph.notation.follows_loss:
            what_is_done = "All at once: the old values minus the rate times the directions."
        return Form(what_is_done, pieces, value)
