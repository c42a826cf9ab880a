"""Three engines work out every quantity, each in its own way, and never look at one another.

``numpy`` is the truth that answers are marked against, ``sympy`` writes the derivations, ``torch`` the second
opinion.
"""
