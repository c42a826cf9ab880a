"""Where a learner's program runs: the process, its limits, and what isolates it from the rest of the machine.

To begin reading: ``process.SandboxProcess`` is one running child, from its start to its end. In the order of a start:

- ``level`` finds out how well this machine can contain a program, and says so in a sentence;
- ``launch`` makes the command line and the plan of what the child gives up, with ``bubblewrap`` for a box of
  namespaces, ``python`` for the interpreter's own folders, and ``hidden`` for what must not be seen among them;
- ``inside`` is the code on the other side of the wall, and imports the standard library only. ``inside.supervisor`` is
  the first process. It forks; the child gives up its rights (``inside.confine``, with ``landlock`` and ``seccomp``) and
  runs the learner's program (``inside.child``); the parent is asked before the program starts another process
  (``inside.forks``), shares out memory among them (``inside.sharing``), and ends all that came of it when the program
  or the tutor ends;
- ``cgroup`` puts a control group around everything, where one may be made;
- ``leftovers`` removes what a tutor left that was killed together with its supervisor.

``SECURITY.md`` says what each level promises.
"""
