"""The NumPy solver: every quantity of a network or worksheet, computed with matrices and never from formula trees."""

from tutor.engines.numpy.solution import Solution, Value
from tutor.engines.numpy.solve import Given, solve
from tutor.engines.numpy.worksheet import solve_worksheet

__all__ = ["Given", "Solution", "Value", "solve", "solve_worksheet"]
