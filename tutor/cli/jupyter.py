"""The tile "Neural tutor" in Jupyter: what ``jupyter-server-proxy`` starts for it, by an entry point of this package.

Each user of a JupyterHub has a server of their own, and this one in it: the hub says who the learner is, and its
spawner where the tutor runs. It listens at a socket in a folder that only this user can open.
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
    """Return the hub's name for this user, else the computer's; one that is no learner's name is made one, always the
    same."""
    from tutor.cli.serving import learner_of

    user = os.environ.get("JUPYTERHUB_USER") or getpass.getuser()
    name = learner_of(user)
    if name is not None:
        return name
    readable = re.sub(r"\W+", "-", user).strip("-_")[:30] or "learner"
    return f"{readable}-{sha256(user.encode('utf-8', 'replace')).hexdigest()[:8]}"


def setup() -> dict[str, object]:
    """Return the server, as ``jupyter-server-proxy`` is told of one."""
    command = [sys.executable, "-P", "-m", "tutor", "serve", "--unix-socket", "{unix_socket}", "--learner", learner()]
    return {
        "command": command,
        "unix_socket": True,
        "timeout": 60,
        "new_browser_tab": True,
        "launcher_entry": {"title": TITLE, "icon_path": str(Path(__file__).parent / "pages" / "tile.svg")},
    }
