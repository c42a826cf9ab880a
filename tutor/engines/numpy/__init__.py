"""The NumPy solver: it computes every quantity of a network or worksheet with matrices, never from formula trees.

Begin with ``solve`` and ``solve_worksheet``.
"""

from tutor.engines.numpy.solution import Solution
from tutor.engines.numpy.solve import solve
from tutor.engines.numpy.worksheet import solve_worksheet

__all__ = ["Solution", "solve", "solve_worksheet"]
