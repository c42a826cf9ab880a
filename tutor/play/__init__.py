"""Numbers to turn: a network or worksheet whose given numbers can be changed and trained, everything else following.

``playground`` holds the numbers and works out what follows with the NumPy engine; ``sharing`` writes them as a short
text. Nothing here knows a screen: the terminal, the plain mode and the tests drive it alike.
"""
