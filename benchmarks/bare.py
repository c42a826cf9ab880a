"""A bare Textual application with the same kinds of widget and nothing behind them, to compare with in ``screen.py``.

``python benchmarks/bare.py home`` shows a bar, a list with a text beside it, and a footer. ``… lesson`` shows a text, a
drawing with as many rows, fields with a word beside each, and a button; Enter writes ``Right.``, Page Down shows
another page.
"""

from __future__ import annotations

import sys
from typing import ClassVar

from textual.app import App, ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widgets import Button, Footer, Input, Markdown, OptionList, Static

DRAWING = "\n".join("x₁ 1 ●───────── w₁₁ 0.2 ────────▶ │ Z₁ ? │ ───── w₂₁ −0.3 ────▶ │ Z₃ ? │" for _ in range(11))


class BareHome(App[None]):
    CSS = "Horizontal { height: 1fr; } OptionList { width: 62; }"
    BINDINGS: ClassVar = [("slash", "search", "search"), ("n", "new", "new numbers"), ("f1", "explain", "help")]

    def compose(self) -> ComposeResult:
        yield Static("A bare list")
        with Horizontal():
            yield OptionList(*[f"{number:3}  Lesson {number}   ──────────   0 of 20" for number in range(1, 18)])
            with VerticalScroll():
                yield Static("Artificial neurons: units, weights and layers; how a network is trained.")
        yield Footer()

    def action_search(self) -> None:
        """For the footer."""

    def action_new(self) -> None:
        """For the footer."""

    def action_explain(self) -> None:
        """For the footer."""


class BareLesson(App[None]):
    CSS = "Input { width: 20; } .field { height: 1; } .field Static { width: auto; }"
    BINDINGS: ClassVar = [("f2", "hint", "hint"), ("pagedown", "next", "next"), ("f1", "explain", "help")]

    page = 0

    def compose(self) -> ComposeResult:
        yield Static("A bare lesson")
        yield VerticalScroll(id="page", can_focus=False)
        yield Footer()

    async def on_mount(self) -> None:
        await self.action_next()

    def action_hint(self) -> None:
        """For the footer."""

    def action_explain(self) -> None:
        """For the footer."""

    async def action_next(self) -> None:
        self.page += 1
        page = self.query_one("#page", VerticalScroll)
        await page.remove_children()
        await page.mount(
            Static(f"Screen {self.page:03}"),
            Markdown("Each hidden unit adds its weighted inputs and its bias."),
            Static(DRAWING),
            *[
                Horizontal(Static(f"Z{n}"), Input(compact=True), Static("", id=f"word{n}"), classes="field")
                for n in (1, 2)
            ],
            Button("Next"),
        )
        for field in self.query(Input):
            field.cursor_blink = False
        self.query(Input).first().focus()

    def on_input_submitted(self) -> None:
        self.query_one("#word1", Static).update("Right.")


if __name__ == "__main__":
    (BareLesson if sys.argv[1:] == ["lesson"] else BareHome)().run()
