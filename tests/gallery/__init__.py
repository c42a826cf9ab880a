"""Make pictures of every screen and state from the running application: ``python -m tests.gallery``."""
