"""The NumPy solver: every quantity of a network or worksheet, computed with matrices and never from formula trees."""

from tutor.solver.solution import Solution, Value
from tutor.solver.solve import Given, solve
from tutor.solver.worksheet import solve_worksheet

__all__ = ["Given", "Solution", "Value", "solve", "solve_worksheet"]
