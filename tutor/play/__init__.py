"""Play with numbers: change and train the given numbers of a network or worksheet, and see what follows from them.

``playground`` holds the numbers and computes the rest with the NumPy engine; ``playing`` adds what is selected, pinned
and done; ``sharing`` writes the numbers as a short text. Nothing here knows a screen: the terminal, the plain mode and
the tests all use it.
"""
