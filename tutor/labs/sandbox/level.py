"""Find out how well this machine can contain a learner's program, and say so in a sentence."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from tutor.labs.sandbox import bubblewrap
from tutor.labs.sandbox.inside import landlock, seccomp
from tutor.labs.sandbox.limits import is_root


class Isolation(StrEnum):
    """The means of containment, best first."""

    BUBBLEWRAP = "bubblewrap"
    LANDLOCK = "landlock"
    LIMITS = "limits"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Level:
    """A means of containment. ``sentence`` explains it; ``better`` says how to get a better one (empty: none)."""

    isolation: Isolation
    sentence: str
    better: str = ""
    options: tuple[str, ...] = ()
    """The options of bubblewrap that work on this machine."""

    @property
    def is_isolated(self) -> bool:
        """Whether other people's programs may run: they read none of our files, have no network, leave no process."""
        return self.isolation in (Isolation.BUBBLEWRAP, Isolation.LANDLOCK)

    @property
    def short(self) -> str:
        """The sentence in a few words, to follow "running"."""
        return _SHORT[self.isolation]

    @property
    def can_run(self) -> bool:
        """Whether a program may run at all: never as root without isolation."""
        return self.is_isolated or not is_root()


_SHORT = {
    Isolation.BUBBLEWRAP: "in a sandbox",
    Isolation.LANDLOCK: "behind Landlock",
    Isolation.LIMITS: "with limits, but with access to your files",
    Isolation.NONE: "without isolation",
}
_SENTENCES = {
    Isolation.BUBBLEWRAP: (
        "Your program runs in a sandbox (bubblewrap): it sees Python and its own folder, no other file, no"
        " network, and has limits on time, memory, output, files and processes."
    ),
    Isolation.LANDLOCK: (
        "Your program runs behind the kernel's Landlock: it reads Python and its own folder only, has no network, and"
        " has limits on time, memory, output, files and processes."
    ),
    Isolation.LIMITS: (
        "Your program runs with limits on time, memory, output and processes, but it can read and change your files:"
        " run only what you understand."
    ),
    Isolation.NONE: (
        "Your program runs with a limit on time and output only, and can do whatever you can do: run only what you"
        " understand."
    ),
}
_LIMITS_WITH_CALLS = (
    "Your program runs with limits on time, memory, output and processes and without a network, but it can read and"
    " change your files: run only what you understand."
)


@lru_cache(maxsize=1)
def level() -> Level:
    """Return the best level that this machine supports. The first call starts a process or two (some 50 ms)."""
    if sys.platform == "win32":
        return level_of(Isolation.NONE)
    if sys.platform == "linux":
        options = bubblewrap.usable_options()
        if options is not None:
            return level_of(Isolation.BUBBLEWRAP, options)
        if landlock.version() and seccomp.is_supported():
            return level_of(Isolation.LANDLOCK)
    return level_of(Isolation.LIMITS)


def level_of(isolation: Isolation, options: tuple[str, ...] = ()) -> Level:
    """Return the level of a means of containment; its sentences also depend on the machine."""
    sentence = _SENTENCES[isolation]
    if isolation is Isolation.LIMITS and seccomp.is_supported():
        sentence = _LIMITS_WITH_CALLS
    better = "" if isolation is Isolation.BUBBLEWRAP else _how_to_do_better()
    return Level(isolation, sentence, better, options)


def _how_to_do_better() -> str:
    if sys.platform == "win32":
        return "Run the tutor in WSL 2 (wsl --install), and install bubblewrap there: sudo apt install bubblewrap."
    if sys.platform == "darwin":
        return "Run the tutor in a Linux machine or container that has bubblewrap."
    if bubblewrap.program() is None:
        return "Install bubblewrap: sudo apt install bubblewrap (Debian, Ubuntu), sudo dnf install bubblewrap (Fedora)."
    if os.path.exists("/proc/sys/kernel/apparmor_restrict_unprivileged_userns"):
        return (
            "bubblewrap is installed but AppArmor stops it: sudo apt install apparmor-profiles, then sudo ln -s"
            " /usr/share/apparmor/extra-profiles/bwrap-userns-restrict /etc/apparmor.d/ and sudo systemctl reload"
            " apparmor."
        )
    return (
        "bubblewrap is installed but may not make namespaces here (in a container, say): start the container with"
        " --security-opt seccomp=unconfined, or ask the person who runs this machine to allow user namespaces."
    )
