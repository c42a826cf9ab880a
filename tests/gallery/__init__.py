"""Pictures of every screen and state, made by the application itself: ``python -m tests.gallery``."""
