"""``tutor play``: turn the numbers of a network or worksheet."""

from __future__ import annotations

import click


@click.command(name="play")
@click.argument("file", metavar="FILE[#STATE]")
@click.option("--of", metavar="NAME", default="", help="One of several networks or worksheets.")
@click.option("--plain", is_flag=True, help="Use plain lines in place of a screen.")
@click.option("--ascii", "ascii_only", is_flag=True, help="With --plain: use ASCII only.")
@click.pass_context
def command(ctx: click.Context, file: str, of: str, plain: bool, ascii_only: bool) -> None:
    """Turn the numbers of FILE (a lesson, network or worksheet) and train it. FILE#w21=0.4 begins with numbers that
    somebody shared, FILE#17 with those of a variant."""
    from tutor.authoring.opening import open_file
    from tutor.cli.open_ import has_screen
    from tutor.play.opening import play, split_state

    name, state = split_state(file)
    playing = play(open_file(name), of, state, reference=name)
    if plain or ascii_only or not has_screen():
        from tutor.plain.playing import play_plain

        play_plain(playing, ascii_only=ascii_only)
        return
    from tutor.ui import run

    ctx.exit(run(playing=playing))
