"""The page that shows all pictures: a section for each scene, its sizes side by side, dark above light."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from html import escape
from pathlib import Path

from tests.gallery.stage import Scene

HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>The neural tutor, every screen</title>
<style>
body{font:16px/1.5 system-ui,sans-serif;margin:2rem;background:#f4f2ec;color:#20242c}
nav a{margin-right:.8em}
figure{margin:0;overflow-x:auto}
.row{display:flex;gap:1rem;align-items:start;overflow-x:auto;padding-bottom:1rem}
img{display:block;box-shadow:0 2px 12px #0003;border-radius:8px}
figcaption{font-size:.8em;color:#666}
</style>
<h1>Every screen, every state</h1>
"""


def page(
    folder: Path,
    scenes: Iterable[Scene],
    sizes: Sequence[tuple[int, int]],
    themes: Sequence[str],
    *,
    scale: float = 0.7,
) -> str:
    """Return the HTML page for the pictures in a folder."""
    shown = [scene for scene in scenes if any(folder.glob(f"{scene.name}-[0-9]*x*.svg"))]
    links = " ".join(f'<a href="#{scene.name}">{scene.name}</a>' for scene in shown)
    parts = [HEAD, f"<nav>{links}</nav>"]
    for scene in shown:
        parts.append(f'<h2 id="{scene.name}">{scene.name}</h2><p>You should see {escape(scene.see)}.</p>')
        parts += _rows(folder, scene, sizes, themes, scale)
    return "\n".join(parts)


def _rows(
    folder: Path, scene: Scene, sizes: Sequence[tuple[int, int]], themes: Sequence[str], scale: float
) -> Iterator[str]:
    for theme in themes:
        yield '<div class="row">'
        for width, height in [scene.size] if scene.size else sizes:
            name = f"{scene.name}-{width}x{height}-{theme}.svg"
            if (folder / name).is_file():
                alt = escape(f"{scene.see}, {theme}, {width}×{height}")
                pixels = round((width * 9 + 16) * scale)
                yield (
                    f'<figure><img src="{name}" width="{pixels}" alt="{alt}" loading="lazy">'
                    f"<figcaption>{width}×{height}, {theme}</figcaption></figure>"
                )
        yield "</div>"
