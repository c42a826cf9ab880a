"""The tile "Neural tutor" in Jupyter, which ``jupyter-server-proxy`` finds by an entry point of this package.

On a JupyterHub, each user's server starts its own tutor: the hub says who the learner is, and its spawner decides where
the tutor runs. The tutor listens on a socket in a folder that only this user can open.
"""

from __future__ import annotations

import getpass
import os
import re
import sys
from hashlib import sha256
from pathlib import Path

TITLE = "Neural tutor"


def learner() -> str:
    """Return the hub's or the computer's name for this user; an invalid learner's name always becomes the same valid
    one."""
    from tutor.cli.serving import learner_of

    user = os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    name = learner_of(user)
    if name is not None:
        return name
    readable = re.sub(r"\W+", "-", user).strip("-_")[:30] or "learner"
    return f"{readable}-{sha256(user.encode('utf-8', 'replace')).hexdigest()[:8]}"


def setup() -> dict[str, object]:
    """Return the description of the server for ``jupyter-server-proxy``."""
    command = [sys.executable, "-P", "-m", "tutor", "serve", "--unix-socket", "{unix_socket}", "--learner", learner()]
    return {
        "command": command,
        "unix_socket": True,
        "timeout": 60,
        "new_browser_tab": True,
        "launcher_entry": {"title": TITLE, "icon_path": str(Path(__file__).parent / "pages" / "tile.svg")},
    }
