"""`python -m dk`, and the `dk` command."""

import sys

from dk.cli import main


def run() -> None:
    """Run dk with this process's arguments and end with its exit code."""
    sys.exit(main(sys.argv[1:]))


if __name__ == "__main__":
    run()
