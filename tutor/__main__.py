"""Run the command `tutor` as `python -m tutor`."""

import sys
from pathlib import Path

# ``-m`` puts the working folder first on the path, and a stranger's ``click.py`` may be in it.
if not sys.flags.safe_path and Path(sys.path[0]).resolve() != Path(__file__).resolve().parents[1]:
    del sys.path[0]

from tutor.cli import main

main()
