"""Learners' programs: run in a sandbox, checked, explained; and the programs that lessons show.

Begin with ``lab.py``: how a lab is run and checked by three processes. ``kernel.py`` keeps one process for several
runs, ``cells.py`` runs the code cells of a lesson in it, and ``sandbox`` contains it. ``checks.py`` compares values and
``torch_checks.py`` looks at what a program did; ``explain.py`` and ``advice.py`` say what went wrong. ``grading.py``
does this for a whole class. ``programs`` writes a network as a program in NumPy or PyTorch.

Nothing here believes what a program says about itself.
"""
