"""Command line of `run.py`, after it has become the environment's Python."""

import argparse
import sys

from deploy.local import commands
from deploy.local.failure import StartFailed


def main(arguments: list[str]) -> int:
    # These two pass everything on, options included, so argparse must not read it.
    if arguments[:1] == ["manage"]:
        return commands.run_manage(arguments[1:])
    if arguments[:1] == ["test"]:
        return commands.test(arguments[1:])
    parser = argparse.ArgumentParser(prog="run.py")
    subparsers = parser.add_subparsers(dest="command", required=True)
    demo = subparsers.add_parser("demo", help="everything, sample data, a first job")
    demo.add_argument("--once", action="store_true", help="end after the job; 0 if it completed")
    demo.add_argument(
        "--with-sample-data",
        action="store_true",
        help="sample data and an administrator even in the database of DATABASE_URL",
    )
    subparsers.add_parser("up", help="web, workers and scheduler")
    options = parser.parse_args(arguments)
    if options.command == "up":
        return commands.up()
    return commands.demo(once=options.once, with_sample_data=options.with_sample_data)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except (StartFailed, FileNotFoundError) as error:
        sys.exit(f"quarry: {error}")
