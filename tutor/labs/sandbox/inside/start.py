"""Start the supervisor; run by path with ``python -I``.

Python compiles the file that it is told to run at every start, so this one is short. It loads the rest compiled.
"""

import os
import sys
import types


def main() -> None:
    """Run the supervisor.

    The package that contains it must not be importable in the sandbox, because it holds the solutions of the lessons.
    So modules that hold nothing take the place of the packages.
    """
    for package in ("tutor", "tutor.labs", "tutor.labs.sandbox", "tutor.labs.sandbox.inside"):
        module = types.ModuleType(package)
        module.__path__ = [os.path.dirname(os.path.abspath(__file__))] if package.endswith("inside") else []
        sys.modules[package] = module
    from tutor.labs.sandbox.inside import supervisor

    supervisor.main()


if __name__ == "__main__":
    main()
