"""The command line: `shirabe`.

Nothing heavy is imported here or in `pipelines.commands`: every command imports what it needs when it runs,
so that `shirabe --help` answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import TextIO

import click

from pipelines.commands import COMMANDS
from pipelines.commands.options import DEBUG, LOG_FORMAT

EPILOG = """\b
Exit codes:
  0  done                           13  no usable model
  1  an unexpected failure          14  too little history
  2  wrong usage                    15  the week is not complete enough
 10  a delivered file was refused   16  a check of integrity failed
 11  definitions disagree           17  storage cannot be read or written
 12  bad parameters                 18  another run holds this lake
                                   20  interrupted; run it again
"""


@click.group(epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shirabe", prog_name="shirabe")
@LOG_FORMAT
@DEBUG
@click.pass_context
def shirabe(context: click.Context, log_format: str, debug: bool) -> None:
    """調べ: finds unusual look-ups in the logs of information linkage, and shows inspectors why.

    A finding is a lead, never proof.
    """
    # Given before the command, the two hold for it as well.
    given = {"log_format": log_format, "debug": debug}
    context.default_map = dict.fromkeys(shirabe.commands, given)


for command in COMMANDS:
    shirabe.add_command(command)


def run(arguments: Sequence[str]) -> int:
    """Run one command; returns the exit code. Messages of wrong usage go to standard error."""
    try:
        outcome = shirabe.main(list(arguments), prog_name="shirabe", standalone_mode=False)
    except click.ClickException as fault:
        fault.show()
        return 2
    except click.Abort:
        return 20
    return outcome if isinstance(outcome, int) else 0


def main() -> None:
    """Entry point of the console command."""
    code = run(sys.argv[1:])
    _let_go_of(sys.stdout)
    _let_go_of(sys.stderr)
    sys.exit(code)


def _let_go_of(stream: TextIO | None) -> None:
    """Nobody may listen any more; Python would try once again at its end, complain, and end with a code of its own."""
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


if __name__ == "__main__":
    main()
