"""A tutor in the terminal for the mathematics of neural networks."""

__version__ = "0.2.0"
