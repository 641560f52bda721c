"""`python -m dk`, and the `dk` command."""

import gc
import os
import sys


def run() -> None:
    """Run dk with this process's arguments and end with its exit code."""
    # Imports make objects by the ten thousand and hardly any garbage: look for it less often.
    gc.set_threshold(50_000)
    from dk.cli import main
    from dk.errors import ExitCode

    code = main(sys.argv[1:])
    if code in {ExitCode.INTERRUPTED, ExitCode.TERMINATED}:
        # Threads that had their two seconds are not waited for.
        sys.stdout.flush()
        os._exit(code)
    # Spares Python two walks over every object as it ends: a fifth of a short call's time.
    gc.freeze()
    sys.exit(code)


if __name__ == "__main__":
    run()
