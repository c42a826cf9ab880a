"""Read a lesson file as YAML, with the place of every value, and explain its errors in words for authors.

Begin with ``document.py``. ``messages.py`` explains what the parser reports, and ``recovery.py`` finds what to leave
out so that the rest can still be read.
"""
