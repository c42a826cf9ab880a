"""Pictures of every screen and state, made by the application itself: ``python -m tests.gallery``."""

import os

# Textual reads this once, when it is imported; without a terminal it would take it for one without colours.
os.environ["TEXTUAL_COLOR_SYSTEM"] = "truecolor"
