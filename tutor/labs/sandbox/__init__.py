"""Where a learner's program runs: the process, its limits and what isolates it from the rest of the machine.

``inside`` is the code on the other side of the wall; it imports the standard library only.
"""
