"""Hints for every quantity, made from its formula in the graph, so that no author has to write them.

Begin with ``ladder.py``, which makes up to five; ``words.py`` says what each kind of quantity is.
"""

from tutor.hints.ladder import Rung, RungKind, rungs
from tutor.network.extremes import Known

__all__ = ["Known", "Rung", "RungKind", "rungs"]
