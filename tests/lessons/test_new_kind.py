"""A new kind of block, declared as the guide for contributors says, works everywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import Field
from textual.app import App, ComposeResult
from textual.widgets import Static

from tutor.authoring import Options, check_paths
from tutor.authoring.render import as_text
from tutor.authoring.sheet import make_sheet
from tutor.lessons import LessonProblems, load, plain_data
from tutor.lessons.blocks import Block, TextView, View
from tutor.lessons.building.work import Work
from tutor.lessons.field_types import Words
from tutor.lessons.models import BLOCKS, BlockFile
from tutor.lessons.schema import lesson_schema
from tutor.lessons.template import IsShown, Template, literal
from tutor.session.session import Session
from tutor.store import Store
from tutor.ui.blocks import block_widget, update_block
from tutor.ui.blocks.registry import DRAWINGS, draws

LESSON = """title: New
network: {inputs: [2], target: 1, layers: [{weights: [{w1: 0.5}], activation: sigmoid}]}
screens:
  - title: One
    blocks:
      - %s: The first input is {{x1}}.
        sign: '!'
      - ask: Z1
"""


@dataclass(frozen=True, kw_only=True, eq=False)
class Callout(Block):
    """What ``lessons/blocks/callout.py`` would hold."""

    text: Template
    sign: str

    def markdown(self, is_shown: IsShown | None = None) -> str:
        return f"**{self.sign}** {self.text.fill(is_shown)}"


@pytest.fixture
def callout() -> Iterator[None]:
    """What ``lessons/building/callout.py`` would hold."""

    class CalloutFile(BlockFile):
        kind = "callout"
        called_elsewhere = ("admonition",)
        main: Annotated[Words, Field(alias="callout", description="What to remember.")]
        sign: Words = "i"

        def build(self, work: Work) -> tuple[Callout | None, str]:
            text = work.words("callout", self.main)
            return Callout(**work.common, of=work.owner(), text=text, sign=self.sign), ""

    plain_data._types.cache_clear()
    yield
    del BLOCKS["callout"]
    plain_data._types.cache_clear()


def written(folder: Path, name: str = "callout") -> Path:
    path = folder / "lesson.yaml"
    path.write_text(LESSON % name, encoding="utf-8")
    return path


@pytest.mark.usefixtures("callout")
def test_a_new_kind_is_loaded_checked_cached_shown_and_printed(tmp_path: Path) -> None:
    path = written(tmp_path)
    lesson = load(path)
    block = lesson.blocks[0]
    assert (block.kind, block.id, block.line) == ("callout", "screen1.1", 6)
    assert check_paths([path], Options(with_torch=False)).problems == []
    kept: Any = plain_data.from_data(plain_data.to_data(lesson))
    assert kept.blocks[0].markdown() == block.markdown() == "**!** The first input is 2."
    assert "The first input is 2." in as_text(make_sheet(lesson))
    shown = Session(lesson, Store(None)).screen(0).blocks[0]
    assert shown == TextView("screen1.1", "**!** The first input is 2.")
    assert "callout" in lesson_schema()["$defs"]


@pytest.mark.usefixtures("callout")
def test_another_systems_name_for_a_new_kind_is_corrected(tmp_path: Path) -> None:
    with pytest.raises(LessonProblems, match="did you mean 'callout'"):
        load(written(tmp_path, "admonition"))


async def test_a_new_view_is_drawn_by_its_registered_widget() -> None:
    @dataclass(frozen=True, slots=True)
    class CalloutView(View):
        words: str

    class SignedCallout(Callout):
        def view(self, is_shown: IsShown) -> CalloutView:
            return CalloutView(self.id, self.text.fill(is_shown))

    def seen(words: str) -> View:
        return SignedCallout(id="a", text=literal(words), sign="!").view(lambda of, name: True)

    class CalloutBlock(Static):
        def __init__(self, view: CalloutView) -> None:
            super().__init__(view.words)
            self.view = view

    class Page(App[None]):
        def compose(self) -> ComposeResult:
            yield block_widget(seen("Remember"))

    draws(CalloutView, CalloutBlock, CalloutBlock)
    try:
        async with Page().run_test() as pilot:
            widget = pilot.app.query_one(CalloutBlock)
            assert await update_block(widget, seen("Remember"))
            assert not await update_block(widget, seen("Forget"))
            assert not await update_block(widget, TextView("a", "A text"))
    finally:
        del DRAWINGS[CalloutView]
