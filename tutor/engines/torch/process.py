"""Ask PyTorch in a child process, so that its imports (1.7 seconds, 200 MB) never slow down the tutor."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec

from tutor.engines.torch.describe import network_spec, worksheet_spec
from tutor.errors import TutorError
from tutor.network import Network, Worksheet
from tutor.paths import child_environment

TIME_LIMIT = 120.0


class CrosscheckError(TutorError):
    """Raised when PyTorch is not installed or gives no answer."""

    title = "PyTorch could not be asked"


def available() -> bool:
    """Return whether PyTorch is installed, without importing it."""
    return find_spec("torch") is not None


def torch_values(model: Network | Worksheet, steps: int = 1) -> dict[str, float]:
    """Return every number of the model as PyTorch computes it in a child process.

    Raises:
        CrosscheckError: PyTorch is not installed, fails, or takes longer than two minutes.
    """
    return torch_values_of([(model, steps)])[0]


def torch_values_of(models: Sequence[tuple[Network | Worksheet, int]]) -> list[dict[str, float]]:
    """Return the same for several models, each with its number of training steps, from one child process."""
    if not available():
        raise CrosscheckError("PyTorch is not installed.", hint="tutor doctor names the command for it.")
    questions = [_question(model, steps) for model, steps in models]
    try:
        child = subprocess.run(
            [sys.executable, "-P", "-m", "tutor.engines.torch.child"],
            input=json.dumps({"questions": questions}),
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIME_LIMIT,
            env={**child_environment(), "PYTHONIOENCODING": "utf-8"},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise CrosscheckError(f"PyTorch gave no answer within {TIME_LIMIT:.0f} seconds.") from None
    if child.returncode != 0:
        last_line = child.stderr.strip().rpartition("\n")[2]
        raise CrosscheckError(f"PyTorch failed: {last_line or 'no message'}")
    answers: list[dict[str, float]] = json.loads(child.stdout)["answers"]
    return answers


def _question(model: Network | Worksheet, steps: int) -> dict[str, object]:
    if isinstance(model, Worksheet):
        return {"worksheet": worksheet_spec(model)}
    return {"network": network_spec(model), "steps": steps}
