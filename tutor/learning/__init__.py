"""What a learner can do, and what to ask next.

``skills`` reads the operations from a model's graph, ``evidence`` turns answers into observations of them, ``record``
folds the observations into an estimate of each skill (``elo`` for strength, a spaced repetition scheduler for
forgetting), ``index`` knows which lesson practises what, and ``choice`` picks the next question. Nothing here knows a
screen.
"""
