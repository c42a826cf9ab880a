"""The animated picture at the top of the README: a hidden unit's error signal is typed with the wrong sign, the mistake
is named and fixed, and the derivation is shown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.gallery.picture import Frame, film, frame
from tests.gallery.scenes import BACK, WORKED
from tests.gallery.stage import Scene, Stage, play
from tutor.ui.screens.questions import READ_AFTER

SIZE = (134, 28)
SCENE = Scene(
    "lesson", "an error signal typed, and its mistake named", BACK, "The error signal of a hidden unit", given=WORKED
)
TITLE = "A lesson: the network as a map, an error signal typed, its mistake named, then fixed and derived line by line"


async def make(path: Path) -> None:
    """Play the flow and write the picture to ``path``."""
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
    """Type as a person does: take a picture after each character, and a longer one once the tutor has read the text."""
    for character in text:
        await stage.key(character)
        take(0.14)
    await stage.rest()
    await stage.pilot.pause(2 * READ_AFTER)
    take(1.2)
