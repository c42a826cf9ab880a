"""Three engines that compute every quantity independently; none imports another.

Answers are marked against ``numpy``, ``sympy`` writes the derivations, and ``torch`` gives a second opinion.
"""
