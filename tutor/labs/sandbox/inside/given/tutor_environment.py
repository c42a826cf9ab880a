"""Examine the Python that runs this: its version, environment and PyTorch, as a line of JSON or as sentences.

from tutor_environment import check
check()
"""

from __future__ import annotations

import json
import os
import platform
import sys
import time
from typing import Any


def facts() -> dict[str, Any]:
    """Return version, environment, PyTorch and device as plain data; ``error`` says why PyTorch cannot be imported."""
    found: dict[str, Any] = {
        "python": platform.python_version(),
        "bits": 64 if sys.maxsize > 2**32 else 32,
        "executable": sys.executable,
        "prefix": sys.prefix,
        "is_own": sys.prefix != sys.base_prefix or os.path.isdir(os.path.join(sys.prefix, "conda-meta")),
        "active": os.environ.get("VIRTUAL_ENV") or os.environ.get("CONDA_PREFIX") or "",
    }
    begun = time.perf_counter()
    try:
        import torch
    except ModuleNotFoundError as error:
        found["missing"] = error.name
        return found
    except Exception as error:  # a broken installation raises whatever it likes
        found["error"] = f"{type(error).__name__}: {error}"
        return found
    found["torch"] = str(torch.__version__)
    found["seconds"] = time.perf_counter() - begun
    found["device"] = _device(torch)
    x = torch.tensor([2.0], requires_grad=True)
    (x * x).sum().backward()
    found["slope"] = float(x.grad)
    return found


def _device(torch: Any) -> str:
    if torch.cuda.is_available():
        return f"cuda ({torch.cuda.get_device_name(0)})"
    mps = getattr(torch.backends, "mps", None)
    return "mps" if mps is not None and mps.is_available() else "cpu"


def check() -> None:
    """Print the facts in sentences."""
    found = facts()
    print(f"Python {found['python']}, {found['bits']} bits, on {platform.system()}")
    print("Its folder:", found["prefix"])
    print("An environment of its own:", "yes" if found["is_own"] else "no, make one first")
    print("Switched on in the terminal:", _switched_on(found["active"], found["prefix"]))
    if found["bits"] != 64:
        print("PyTorch needs a Python of 64 bits.")
    print("PyTorch:", found.get("torch") or found.get("error") or _missing(found["missing"]))
    if "device" in found:
        print("Device:", found["device"])


def _switched_on(active: str, prefix: str) -> str:
    """Say which environment was active in the terminal in which the tutor was started."""
    if not active:
        return "none"
    if os.path.realpath(active) == os.path.realpath(prefix):
        return "this one"
    return f"{active}\n  This is another one. What pip installs there is not found here."


def _missing(name: str) -> str:
    if name == "torch":
        return "not installed here. `tutor doctor` names the command."
    return f"installed, but {name} is missing"


if __name__ == "__main__":
    print(json.dumps(facts()))
