"""Playing on the screen: numbers are changed, typed and trained by keys, and the effects appear at once."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.app import App

from tests.ui.driving import Opener, press, seen, settle, until
from tests.ui.keys import plays
from tutor.lessons.blocks.diagram import DiagramView
from tutor.network import Network, Worksheet
from tutor.play.playground import Playground
from tutor.play.playing import Playing
from tutor.ui.blocks.explore import ExploreBlock
from tutor.ui.drawing import Live, draw
from tutor.ui.screens.lesson import LessonScreen
from tutor.ui.screens.playing import PlayScreen
from tutor.ui.widgets.chart import Chart
from tutor.ui.widgets.regions import Regions

XOR = Network.from_spec(
    {
        "inputs": [[0, 0], [0, 1], [1, 0], [1, 1]],
        "target": [0, 1, 1, 0],
        "layers": [
            {"weights": [[0.5, -0.4], [0.3, 0.8]], "bias": [0.1, -0.1], "activation": "tanh"},
            {"weights": [[0.7], [-0.6]], "bias": [0.1], "activation": "sigmoid"},
        ],
        "loss": "binary_cross_entropy",
        "optimizer": {"sgd": {"lr": 0.5}},
    }
)
DESCENT = Worksheet.from_spec(
    {"given": {"w": 0, "alpha": 0.1}, "steps": {"f": "(w - 3)^2", "g": "df/dw", "w_new": "w - alpha*g"}}
)


def screen_of(app: App[None]) -> PlayScreen:
    assert isinstance(app.screen, PlayScreen)
    return app.screen


@plays(
    "LessonScreen.play", "PlayScreen.move", "PlayScreen.group", "PlayScreen.turn", "PlayScreen.reset",
    "PlayScreen.type", "PlayScreen.close",
)  # fmt: skip
async def test_numbers_are_changed_by_keys_typed_and_reset(opened: Opener) -> None:
    async with opened("every-kind") as pilot:
        await press(pilot, "escape", "x", "y")  # y confirms: answers are still to be found
        playing = screen_of(pilot.app).playing
        await press(pilot, "right", "plus")
        assert playing.chosen == "w12"
        assert playing.ground.numbers["w12"] == pytest.approx(-0.2)
        assert "w₁₂ −0.2" in seen(pilot.app)
        await press(pilot, "shift+down", "left", "up")
        assert playing.ground.numbers["w12"] == pytest.approx(-0.21)
        await press(pilot, "down", "2", "full_stop", "5", "enter")
        assert playing.ground.numbers["w11"] == 2.5
        assert "Z₁ 1.6" in seen(pilot.app)
        await press(pilot, "enter", "x", "escape")  # typed, then cancelled
        assert playing.ground.numbers["w11"] == 2.5
        await press(pilot, "enter", "x", "enter")
        assert screen_of(pilot.app).trouble
        await press(pilot, "0")
        assert playing.ground.numbers == playing.ground.original
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, LessonScreen)


@plays(
    "PlayScreen.step", "PlayScreen.fast", "PlayScreen.train", "PlayScreen.rate", "PlayScreen.pin", "PlayScreen.view",
    "PlayScreen.copy", "PlayScreen.sample",
)  # fmt: skip
async def test_training_runs_step_by_step_and_continuously(opened: Opener) -> None:
    async with opened() as pilot:
        playing = Playing(Playground(XOR), "XOR", "xor")
        await pilot.app.push_screen(PlayScreen(playing))
        await settle(pilot)
        await press(pilot, "space", "f")
        assert playing.ground.steps == 2
        rate = screen_of(pilot.app).rate
        await press(pilot, "greater_than_sign")
        assert screen_of(pilot.app).rate > rate
        await press(pilot, "less_than_sign")
        assert screen_of(pilot.app).rate == rate
        await press(pilot, "greater_than_sign", "greater_than_sign", "t")
        await until(pilot, lambda: playing.ground.steps > 6, "several ticks of training")
        await press(pilot, "t")
        steps = playing.ground.steps
        await pilot.pause(0.3)
        assert playing.ground.steps == steps
        await press(pilot, "p", "Z", "1", "left_square_bracket", "2", "right_square_bracket", "enter")
        assert playing.pinned == "Z1[2]"
        assert "Z₁[2]" in seen(pilot.app)
        await press(pilot, "s")
        assert "sample 2 of 4" in seen(pilot.app)
        await press(pilot, "v", "c")
        assert pilot.app.clipboard.startswith("tutor play 'xor#")
        assert f"@{steps}" in pilot.app.clipboard


async def test_a_step_is_animated_and_a_second_press_finishes_it(opened: Opener) -> None:
    async with opened(size=(100, 30)) as pilot:
        pilot.app.animation_level = "full"
        playing = Playing(Playground(XOR), "XOR")
        await pilot.app.push_screen(PlayScreen(playing))
        await settle(pilot)
        await press(pilot, "space")
        assert "step 1: forward" in seen(pilot.app)
        assert playing.ground.steps == 0
        await until(pilot, lambda: "step 1: backward" in seen(pilot.app), "the backward pass")
        await press(pilot, "space")
        assert playing.ground.steps == 1
        assert "step 2" not in seen(pilot.app)


async def test_regions_and_curves_are_drawn_where_they_apply(opened: Opener) -> None:
    async with opened(size=(100, 30)) as pilot:
        await pilot.app.push_screen(PlayScreen(Playing(Playground(XOR), "XOR")))
        await settle(pilot)
        regions = pilot.app.screen.query_one(Regions)
        await until(pilot, lambda: regions._grid, "the regions")
        assert seen(pilot.app).count("●") >= 2  # at least the data of class 1
        await pilot.app.push_screen(PlayScreen(Playing(Playground(DESCENT), "Descent")))
        await settle(pilot)
        assert not pilot.app.screen.query(Regions)
        assert {chart.id for chart in pilot.app.screen.query(Chart)} == {"over", "loss"}
        await until(pilot, lambda: "after a step" in seen(pilot.app), "the ball and its step")


async def test_a_training_that_diverges_stops_with_a_message(opened: Opener) -> None:
    async with opened() as pilot:
        playing = Playing(Playground(DESCENT), "Descent")
        playing.choose("alpha")
        playing.set(50)
        await pilot.app.push_screen(PlayScreen(playing))
        await settle(pilot)
        await press(pilot, "greater_than_sign", "t")
        screen = screen_of(pilot.app)
        await until(pilot, lambda: screen.trouble, "the end")
        assert "diverged" in screen.trouble
        assert screen._training is None


async def test_playing_fits_every_size(opened: Opener) -> None:
    async with opened(size=(60, 20)) as pilot:
        for model in (XOR, DESCENT):
            await pilot.app.push_screen(PlayScreen(Playing(Playground(model), "A model")))
            for size in ((60, 20), (80, 24), (140, 45)):
                await pilot.resize_terminal(*size)
                await settle(pilot)
                assert "Play: A model" in seen(pilot.app), size
                assert "the gradient says" in seen(pilot.app), size


def test_a_wire_shows_its_weights_sign_and_size() -> None:
    playing = Playing(Playground(XOR))
    view = DiagramView("d", "", XOR, playing.graph, dict.fromkeys(playing.ground.numbers, "1"))
    weights = {"w1_1_1": 0.9, "w1_1_2": -0.1, "w1_2_1": 0.2, "w1_2_2": -0.9, "w2_1_1": 0.5, "w2_2_1": -0.5}
    drawn = draw(view, 120, 20, live=Live(weights, "w1_1_1", "[1]", frozenset({"theta1"}), frozenset({"w2_1_1"})))
    styles = {style for row in drawn.rows for _, style in row}
    assert {"wire-plus-1", "wire-minus-1", "wire-minus-3", "wire-pulse", "chosen", "changed"} <= styles
    assert "╌" in "".join(text for row in drawn.rows for text, style in row if style.startswith("wire-minus"))


EXPLORE = """
title: Turn it
id: turn-it
worksheets:
  descent:
    given: {w: 0, alpha: 0.1}
    steps: {f: (w - 3)^2, g: df/dw, w_new: w - alpha*g}
screens:
  - title: Turn it yourself
    blocks:
      - explore: f
        turn: {w: [-1, 7], alpha: [0.05, 1]}
        goals:
          - {when: f < 6 and steps > 0, say: 'At {{f:2}} after {{steps}} steps.'}
      - ask: g
"""


@plays(
    "ExploreBlock.move", "ExploreBlock.turn", "ExploreBlock.step", "ExploreBlock.reset", "ExploreBlock.all",
    "ExploreBlock.let_go",
)  # fmt: skip
async def test_an_explore_block_changes_numbers_and_sets_tasks(opened: Opener, lessons: Path) -> None:
    (lessons / "02-turn-it.yaml").write_text(EXPLORE, encoding="utf-8")
    async with opened("turn-it", size=(100, 30)) as pilot:
        await press(pilot, "escape", "x")
        block = pilot.app.screen.query_one(ExploreBlock)
        assert block.has_focus
        assert "Reach f < 6 and steps > 0" in seen(pilot.app)
        await press(pilot, "plus", "equals_sign", "minus", "space")
        assert block.playing.ground.steps == 1
        assert "At 4.00 after 1 steps." in seen(pilot.app)
        await press(pilot, "down", "minus", "minus")
        assert block.playing.ground.numbers["alpha"] == pytest.approx(0.05)
        await press(pilot, "x", "y")  # y confirms, as g is still to be found
        assert screen_of(pilot.app).playing is block.playing
        await press(pilot, "escape")
        assert isinstance(pilot.app.screen, LessonScreen)
        await press(pilot, "0")
        assert block.playing.ground.numbers == block.playing.ground.original
        await press(pilot, "escape")
        assert not block.has_focus
