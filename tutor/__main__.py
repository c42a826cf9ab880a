"""`python -m tutor` is the command `tutor`."""

import sys
from pathlib import Path

# ``-m`` puts the working folder first on the path, and what lies there may be a stranger's ``click.py``.
if not sys.flags.safe_path and Path(sys.path[0]).resolve() != Path(__file__).resolve().parents[1]:
    del sys.path[0]

from tutor.cli import main

main()
