"""`drumnet compare`: two reports -> what got better or worse beyond noise."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from drumnet.cli.options import PATH
from drumnet.cli.printing import counted, on_one_line, print_line
from drumnet.errors import DrumnetError

if TYPE_CHECKING:
    from drumnet.evaluation.report.compare import Change, Comparison
    from drumnet.evaluation.report.model import Report

#: As `drumnet.evaluation.report.groups` has them; that is not imported for --help.
GROUPS = ("genre", "tempo", "density", "metre", "feel", "kind")


@click.command()
@click.argument("before", type=PATH, metavar="BEFORE.json")
@click.argument("after", type=PATH, metavar="AFTER.json")
@click.option(
    "--by",
    type=click.Choice(GROUPS),
    help="Compare F1 of transfer for each group of songs instead.",
)
@click.option(
    "--all", "show_all", is_flag=True, help="Show what did not change, and what is not tested, too."
)
@click.option("--fail-on-worse", is_flag=True, help="Exit with 1 if a figure got worse.")
def compare(before: Path, after: Path, by: str | None, show_all: bool, fail_on_worse: bool) -> None:
    """Say what got better or worse between two reports of drumnet evaluate.

    Both must be of the same songs. A change counts where it is beyond noise: songs are paired
    and the mean difference is bootstrapped, with 5 % for a false alarm over all the figures
    of a section (Holm).
    """
    from drumnet.evaluation.report import compare as compared
    from drumnet.evaluation.report.file import read_report

    first, second = read_report(before), read_report(after)
    found = compared.compare_groups(first, second, by) if by else compared.compare(first, second)
    print_line("before", _origin(first))
    print_line("after", _origin(second))
    _print_changes(found, show_all)
    num_worse = len(found.of(compared.WORSE))
    if fail_on_worse and num_worse:
        raise DrumnetError(f"{counted(num_worse, 'figure')} got worse: keep what was before")


def _origin(report: Report) -> str:
    made = report.made
    quick = ", quick" if made["quick"] else ""
    return (
        f"{report.model['name']} ({str(report.model['sha256'])[:8]}), made {made['date']} with "
        f"drumnet {made['drumnet']}{quick}"
    )


def _print_changes(found: Comparison, show_all: bool) -> None:
    from drumnet.evaluation.report.compare import BETTER, CHANGED, SAME, UNTESTED, WORSE

    shown = [c for c in found.changes if show_all or c.verdict in (BETTER, WORSE, CHANGED)]
    names = [_name(change) for change in shown]
    width = max((len(name) for name in names), default=0)
    section = None
    for change, name in zip(shown, names, strict=True):
        if change.row.section != section:
            section = change.row.section
            click.echo(f"\n{section:<{width}}  {'before':>7}  {'after':>7}  {'change':>7}  95 %")
        click.echo(f"{name:<{width}}  {_figures(change)}")
    counts = [f"{len(found.of(kind))} {kind}" for kind in (BETTER, WORSE)]
    if found.of(CHANGED):
        counts.append(f"{len(found.of(CHANGED))} changed")
    counts.append(f"{len(found.of(SAME))} the same within noise")
    if found.of(UNTESTED):
        counts.append(f"{len(found.of(UNTESTED))} whose noise is not known (--all)")
    click.echo(("\n" if shown else "") + ", ".join(counts))
    for where, rows in (("before", found.only_before), ("after", found.only_after)):
        if rows:
            click.echo(f"{counted(len(rows), 'figure')} only {where}")


def _name(change: Change) -> str:
    row = change.row
    name = f"  {row.experiment}, {row.player}, {row.metric}"
    return on_one_line(f"{name} ({row.setting})" if row.setting else name)


def _figures(change: Change) -> str:
    spread = "" if change.low is None else f"{change.low:+.3f} to {change.high:+.3f}"
    songs = f", {counted(change.num_songs, 'song')}" if change.num_songs else ""
    p = "" if change.p is None else f", p {change.p:.3f}" if change.p >= 0.001 else ", p < 0.001"
    return (
        f"{change.before:>7.3f}  {change.after:>7.3f}  {change.difference:>+7.3f}  "
        f"{spread:<16}  {change.verdict}{p}{songs}"
    )
