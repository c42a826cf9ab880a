"""Making a lesson from a Markdown page or a notebook."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from tutor.authoring.importing import lesson_from
from tutor.cli.new import command
from tutor.errors import TutorError
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


def test_a_markdown_page_becomes_a_lesson(tmp_path: Path) -> None:
    (tmp_path / "page.md").write_text(PAGE)
    file = made(tmp_path, tmp_path / "page.md")
    lesson = load(file)
    assert [screen.title for screen in lesson.screens] == ["New", "First: the sum", "Second"]
    assert [type(block) for block in lesson.screens[1].blocks] == [Text, Run]
    run = lesson.screens[1].blocks[1]
    assert isinstance(run, Run)
    assert run.code.source.strip() == 'if True:\n    print("a: b")'
    assert "# line 12, left out: ![a picture](p.png)" in file.read_text()


@pytest.mark.filterwarnings("error")
def test_a_notebook_keeps_its_recorded_output(tmp_path: Path) -> None:
    pytest.importorskip("nbformat", reason="nbformat is not installed")
    output = {"output_type": "stream", "name": "stdout", "text": ["42\n"]}
    cells = [
        {"cell_type": "markdown", "metadata": {}, "source": ["# Six times seven\n", "Work it out."]},
        {"cell_type": "code", "metadata": {}, "source": "print(6 * 7)", "outputs": [output], "execution_count": 1},
        {"cell_type": "code", "metadata": {}, "source": "%matplotlib inline", "outputs": [], "execution_count": 2},
    ]
    book = {"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "book.ipynb").write_text(json.dumps(book))
    file = made(tmp_path, tmp_path / "book.ipynb")
    (screen,) = load(file).screens
    run = screen.blocks[1]
    assert isinstance(run, Run)
    assert (screen.title, (run.output or "").strip()) == ("Six times seven", "42")
    assert "%matplotlib" in file.read_text()


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("name", "content", "word"), [
    ("no.md", None, "no such file"), ("no.ipynb", None, "no such file"), ("page.md", b"\xff\xfe\xfa", "UTF-8"),
    ("book.ipynb", b"{", "not a notebook"), ("page.md", b"", "no prose"),
])  # fmt: skip
def test_an_unusable_source_is_refused(tmp_path: Path, name: str, content: bytes | None, word: str) -> None:
    pytest.importorskip("nbformat", reason="nbformat is not installed")
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(TutorError, match=word):
        lesson_from(tmp_path / name, title="New", lesson_id="new")
