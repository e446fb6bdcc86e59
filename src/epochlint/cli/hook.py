"""The command line of a commit hook, parsed without argparse: `check`, `--force-exclude` and files.

Importing argparse and building the parser costs as much as all else that is done for a file without a training word.
`tests/cli` holds this against the parser: both must say the same.
"""

from __future__ import annotations

from types import SimpleNamespace

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def parse_plain(command: str, arguments: Sequence[str]) -> SimpleNamespace | None:
    """Return what the parser would, or None where there is an option that only the parser knows."""
    options = [argument for argument in arguments if argument.startswith("-")]
    if command != "check" or any(option != "--force-exclude" for option in options):
        return None
    return SimpleNamespace(
        paths=[argument for argument in arguments if not argument.startswith("-")],
        select=None,
        extend_select=None,
        ignore=None,
        assume=[],
        fail_on=None,
        strict=None,
        exit_zero=False,
        require_run=None,
        fix=False,
        unsafe_fixes=False,
        diff=False,
        output_format="full",
        quiet=False,
        color="auto",
        show_notes=None,
        exclude=[],
        force_exclude=True if options else None,
        stdin_filename=None,
        config=None,
        isolated=False,
        help="",
    )
