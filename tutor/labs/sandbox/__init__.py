"""Run a learner's program: the process, its limits, and its isolation from the rest of the machine.

Begin with ``process.SandboxProcess``, one running child from its start to its end. In the order of a start:

- ``level`` finds out how well this machine can contain a program, and says so in a sentence;
- ``launch`` builds the command line and the plan of what the child gives up, with ``bubblewrap`` for namespaces,
  ``python`` for the interpreter's folders, and ``hidden`` for the files in them that must stay hidden;
- ``inside`` is the code that runs within the sandbox, and imports the standard library only. ``inside.supervisor`` is
  the first process. It forks; the child gives up its rights (``inside.confine``, with ``landlock`` and ``seccomp``) and
  runs the learner's program (``inside.child``); the parent is asked before the program starts another process
  (``inside.forks``), divides memory among its processes (``inside.sharing``), and ends all of them when the program or
  the tutor ends;
- ``cgroup`` puts a control group around everything, where it may create one;
- ``leftovers`` cleans up after a tutor that was killed together with its supervisor.

``SECURITY.md`` says what each level promises.
"""
