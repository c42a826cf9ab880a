"""Find the fenced blocks of a page, and complete fragments to lessons."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "writing-lessons.md"
README = ROOT / "README.md"

_FENCE = re.compile(r"^```(?P<info>[^\n]*)\n(?P<text>.*?)^```$", re.M | re.S)
_PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fedccc59e70000000049454e44ae426082"
)


@dataclass(frozen=True)
class Example:
    """A fenced block: its language, the file name after it, its text and the line on which the text begins."""

    language: str
    name: str
    text: str
    line: int


def examples(page: Path, language: str | None = None) -> list[Example]:
    """Return every fenced block of a page, or those of one language."""
    source = page.read_text(encoding="utf-8")
    found = []
    for match in _FENCE.finditer(source):
        kind, _, name = match["info"].strip().partition(" ")
        line = source.count("\n", 0, match.start("text")) + 1
        found.append(Example(kind, name.strip(), match["text"], line))
    return [each for each in found if language is None or each.language == language]


def folder_with_files(folder: Path) -> Path:
    """Write every file that the guide shows with a name, and a picture, into the folder and return it."""
    for example in examples(GUIDE):
        if example.name:
            path = folder / example.name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(example.text, encoding="utf-8")
    (folder / "unit.png").write_bytes(_PNG)
    return folder


def lesson_around(blocks: str) -> str:
    """Return a lesson on the guide's network that asks what some blocks wait for, then has a screen for each block."""
    screens = re.split(r"^(?=- )", blocks, flags=re.M)[1:]
    text = "title: Around\nnetworks: {lab2: {from: networks/lab2.yaml}}\nscreens:\n"
    return text + "".join(
        f"  - blocks:\n{textwrap.indent(each, '      ')}" for each in ["- ask: Z1, Z2, H1\n", *screens]
    )


def network_with(keys: str) -> str:
    """Return the guide's network with these keys added."""
    network = (example.text for example in examples(GUIDE) if example.name == "networks/lab2.yaml")
    return next(network) + textwrap.indent(keys, "  ")
