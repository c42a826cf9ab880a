"""A lesson from a page or a notebook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutor.cli.new import command
from tutor.lessons import load
from tutor.lessons.blocks import Run, Text

PAGE = """\
Before: a colon, and "quotes".

# First: the sum

Some *prose* with $x_1$.

```python
if True:
    print("a: b")
```

![a picture](p.png)

## Second

```sh
ls
```
"""


def made(tmp_path: Path, source: Path) -> Path:
    said = CliRunner().invoke(command, [str(tmp_path / "new.yaml"), "--from", str(source)], standalone_mode=False)
    assert said.exception is None, said.output
    assert said.return_value == 0, said.output
    return tmp_path / "new.yaml"


def test_a_page_of_markdown(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    file = made(tmp_path, tmp_path / "page.md")
    lesson = load(file)
    assert [screen.title for screen in lesson.screens] == ["New", "First: the sum", "Second"]
    assert [type(block) for block in lesson.screens[1].blocks] == [Text, Run]
    run = lesson.screens[1].blocks[1]
    assert isinstance(run, Run)
    assert run.code.source.strip() == 'if True:\n    print("a: b")'
    assert "# line 12, left out: ![a picture](p.png)" in file.read_text()


def test_a_notebook_with_what_its_cells_printed(tmp_path: Path) -> None:
    pytest.importorskip("nbformat", reason="nbformat is not installed")
    output = {"output_type": "stream", "name": "stdout", "text": ["42\n"]}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Six times seven\n", "Work it out."]},
        {"cell_type": "code", "metadata": {}, "source": "print(6 * 7)", "outputs": [output], "execution_count": 1},
        {"cell_type": "code", "metadata": {}, "source": "%matplotlib inline", "outputs": [], "execution_count": 2},
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    (tmp_path / "book.ipynb").write_text(json.dumps(book))
    file = made(tmp_path, tmp_path / "book.ipynb")
    (screen,) = load(file).screens
    run = screen.blocks[1]
    assert isinstance(run, Run)
    assert (screen.title, (run.output or "").strip()) == ("Six times seven", "42")
    assert "%matplotlib" in file.read_text()
