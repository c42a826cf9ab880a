"""``tutor play``: turn the numbers of a network or worksheet."""

from __future__ import annotations

import click

from tutor.cli import options


@click.command(name="play")
@click.argument("file", metavar="FILE[#STATE]")
@options.of
@options.lines()
def command(file: str, of: str | None, plain: bool, ascii_only: bool) -> int:
    """Turn the numbers of FILE (a lesson, network or worksheet) and train it. FILE#w21=0.4 begins with numbers that
    somebody shared, FILE#17 with those of a variant."""
    from tutor.authoring.opening import open_file
    from tutor.play.opening import play, split_state

    name, state = split_state(file)
    playing = play(open_file(name), of or "", state, reference=name)
    if plain or ascii_only or not options.has_screen():
        from tutor.plain.playing import play_plain

        play_plain(playing, ascii_only=ascii_only)
        return 0
    from tutor.ui import run

    return run(playing=playing)
