"""A tutor in the terminal for the mathematics of neural networks.

From Python: ``tutor.network("mine.yaml")`` and ``tutor.Network.from_torch(model, x, y)``; see ``docs/python.md``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tutor.python import Network, network

__version__ = "0.2.0"
__all__ = ["Network", "__version__", "network"]


def __getattr__(name: str) -> object:
    """Load a name when it is first used, so that ``import tutor`` itself stays light."""
    if name not in ("Network", "network"):
        raise AttributeError(f"module 'tutor' has no attribute {name!r}")
    from importlib import import_module

    if name == "network":  # the package of this name can be called
        return import_module("tutor.network")
    return import_module("tutor.python").Network
