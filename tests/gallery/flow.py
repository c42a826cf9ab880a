"""The picture that the README opens with: a hidden error typed with the wrong sign, named, mended, and derived."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.gallery.picture import Frame, film, frame
from tests.gallery.scenes import BACK, WORKED
from tests.gallery.stage import Scene, Stage, play
from tutor.ui.screens.questions import READ_AFTER

SIZE = (134, 28)
SCENE = Scene(
    "lesson", "a hidden error typed, and its slip named", BACK, "The error signal of a hidden unit", given=WORKED
)
TITLE = "A lesson: the network as a map, a hidden error typed, its slip named, then mended and derived line by line"


async def make(path: Path) -> None:
    """Play the flow and write it."""
    frames: list[Frame] = []
    seconds: list[float] = []
    still = 0

    async def flow(stage: Stage) -> None:
        nonlocal still

        def take(length: float) -> None:
            frames.append(frame(stage.app))
            seconds.append(length)

        await stage.focus("delta2")
        take(1.5)
        await _typed(stage, "-0.00654", take)
        await stage.press("enter")
        still = len(frames)
        take(3.5)
        await stage.press("f2")
        take(3.0)
        await stage.press(*["backspace"] * len("-0.00654"))
        await _typed(stage, "0.00654", take)
        await stage.press("enter")
        take(2.5)
        await stage.press("f3")
        await stage.until(lambda: type(stage.app.screen).__name__ == "DerivationScreen", "the derivation")
        await stage.rest()
        take(1.2)
        for _ in range(5):
            await stage.press("down")
            take(1.2)
        take(3.0)

    await play(SCENE, SIZE, flow)
    path.write_text(film(frames, title=TITLE, seconds=seconds, still=still), encoding="utf-8")


async def _typed(stage: Stage, text: str, take: Callable[[float], None]) -> None:
    """Type as a person does, a picture for each character, a longer one once it has been read."""
    for character in text:
        await stage.key(character)
        take(0.14)
    await stage.rest()
    await stage.pilot.pause(2 * READ_AFTER)
    take(1.2)
