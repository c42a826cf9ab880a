"""The child process that loads PyTorch: it reads questions as JSON from standard input and writes answers as JSON."""

from __future__ import annotations

import json
import sys
from typing import Any


def main() -> None:
    """Answer the questions on standard input."""
    questions = json.load(sys.stdin)["questions"]
    json.dump({"answers": [_answer(question) for question in questions]}, sys.stdout)


def _answer(question: dict[str, Any]) -> dict[str, float]:
    from tutor.engines.torch.engine import network_values
    from tutor.engines.torch.sheets import worksheet_values
    from tutor.network import Network, Worksheet

    if "worksheet" in question:
        return worksheet_values(Worksheet.from_spec(question["worksheet"]))
    return network_values(Network.from_spec(question["network"]), question["steps"])


if __name__ == "__main__":
    main()
