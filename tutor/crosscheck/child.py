"""The child process that has PyTorch: a question as JSON on standard input, the values as JSON on standard output."""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Answer the one question on standard input."""
    question = json.load(sys.stdin)
    from tutor.crosscheck.engine import network_values, worksheet_values
    from tutor.network import Network, Worksheet

    if "worksheet" in question:
        values = worksheet_values(Worksheet.from_spec(question["worksheet"]))
    else:
        values = network_values(Network.from_spec(question["network"]), question["steps"])
    json.dump({"values": values}, sys.stdout)


if __name__ == "__main__":
    main()
