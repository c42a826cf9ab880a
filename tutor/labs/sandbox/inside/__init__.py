"""The code that runs with a learner's program in the sandbox. It imports nothing but the standard library.

Begin with ``supervisor.py``, the first process (``start.py`` loads it), and ``child.py``, which runs the program.
"""
