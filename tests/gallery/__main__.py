"""Make the gallery: ``python -m tests.gallery [--only WORD] [--size 80x24] [--theme dark] [--out FOLDER]``.

Writes every scene, dark and light, at three sizes, as SVG files, and a page ``index.html`` that shows them all. With
``--readme``, writes only the animated picture at the top of the README.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import tempfile
import time
from os import environ
from pathlib import Path

from tests.gallery.flow import make
from tests.gallery.page import page
from tests.gallery.picture import frame, svg
from tests.gallery.scenes import SCENES
from tests.gallery.stage import Scene, Stage, play

DOCS = Path(__file__).parents[2] / "docs"
SIZES = ((80, 24), (100, 30), (140, 45))
THEMES = ("dark", "light")


def main() -> int:
    """Take the pictures and write the page. Return 1 if a scene failed, else 0."""
    wanted = _arguments()
    environ.pop("NO_COLOR", None)
    if wanted.readme:
        asyncio.run(make(DOCS / "lesson.svg"))
        return 0
    wanted.out.mkdir(parents=True, exist_ok=True)
    scenes = [scene for scene in SCENES if wanted.only in scene.name]
    failed = []
    with tempfile.TemporaryDirectory(prefix="tutor-gallery-") as home:
        environ["TUTOR_HOME"] = home
        environ.pop("TUTOR_LESSONS", None)
        for scene in scenes:
            begun = time.perf_counter()
            for size in [scene.size] if scene.size else wanted.sizes:
                try:
                    asyncio.run(_pictures(scene, size, wanted.themes, wanted.out))
                except Exception as error:
                    failed.append(scene.name)
                    print(f"{scene.name} at {size[0]}×{size[1]}: {type(error).__name__}: {error}", file=sys.stderr)
            print(f"{scene.name:14} {time.perf_counter() - begun:5.1f} s  {scene.see}", flush=True)
    (wanted.out / "index.html").write_text(page(wanted.out, SCENES, SIZES, THEMES), encoding="utf-8")
    print(f"{wanted.out / 'index.html'}")
    if failed:
        print(f"These scenes could not be played: {', '.join(dict.fromkeys(failed))}.", file=sys.stderr)
    return 1 if failed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description="Pictures of every screen.")
    parser.add_argument("--only", default="", metavar="WORD", help="only scenes with this in their name")
    parser.add_argument("--size", dest="sizes", type=_size, action="append", help="80x24; may be repeated")
    parser.add_argument("--theme", dest="themes", choices=THEMES, action="append")
    parser.add_argument("--out", type=Path, default=DOCS / "gallery")
    parser.add_argument("--readme", action="store_true", help="make only docs/lesson.svg, at the top of the README")
    wanted = parser.parse_args()
    wanted.sizes, wanted.themes = wanted.sizes or SIZES, wanted.themes or THEMES
    return wanted


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return int(width), int(height)


async def _pictures(scene: Scene, size: tuple[int, int], themes: tuple[str, ...], folder: Path) -> None:
    if scene.replayed and len(themes) > 1:
        for theme in themes:
            await _pictures(scene, size, (theme,), folder)
        return

    async def take(stage: Stage) -> None:
        for theme in themes:
            stage.app.theme = f"tutor-{theme}"
            await stage.rest()
            name = f"{scene.name}-{size[0]}x{size[1]}-{theme}.svg"
            (folder / name).write_text(svg(frame(stage.app), title=f"{scene.name}: {scene.see}"), encoding="utf-8")

    await play(scene, size, take, theme=f"tutor-{themes[0]}")


if __name__ == "__main__":
    sys.exit(main())
