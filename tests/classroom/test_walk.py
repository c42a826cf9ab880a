"""An instructor's work from assignment to gradebook, for a small class; ``class_walk`` itself has 120 learners."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from benchmarks.campaigns.class_walk import walk
from tutor.cli import group


def test_from_an_empty_folder_to_two_gradebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    def tutor(*arguments: str) -> str:
        if arguments[0] == "check":  # it starts three engines and is tested elsewhere
            return ""
        done = CliRunner().invoke(group, arguments, catch_exceptions=False)
        assert done.exit_code == 0, done.output
        return done.output

    for outcome in walk(tmp_path, 14, tutor):
        assert outcome.tried > 0, outcome.name
        assert outcome.broken == [], outcome.name
