"""The NumPy solver: it computes every quantity of a network or worksheet with matrices, never from formula trees.

Begin with ``solve`` and ``solve_worksheet``.
"""

from tutor.engines.numpy.solution import Solution, Value
from tutor.engines.numpy.solve import Given, solve
from tutor.engines.numpy.worksheet import solve_worksheet

__all__ = ["Given", "Solution", "Value", "solve", "solve_worksheet"]
