"""`tongguan acceptance-plan`: the sampling plan of GB/T 2828.1 for a lot."""

from __future__ import annotations

from typing import Annotated

import typer

from tongguan.cli.output import BAD_USAGE, stop, write_json
from tongguan.quality.sampling.curve import CurvePoint, operating_curve
from tongguan.quality.sampling.plan import NoPlan, Plan, find_plan
from tongguan.quality.sampling.tables import ACCEPT, LEVELS


def command(
    lot: Annotated[int, typer.Option(help="Units in the lot, 2 or more.")],
    aql: Annotated[str, typer.Option(help="Acceptable quality limit of the series, percent: 0.010 ... 1.0 1.5 ...")],
    level: Annotated[str, typer.Option(help=f"Inspection level: {', '.join(LEVELS)}.")] = "II",
    severity: Annotated[str, typer.Option(help=f"{' or '.join(ACCEPT)}; reduced plans are left out.")] = "normal",
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Find the single sampling plan of GB/T 2828.1 (ISO 2859-1), with its operating curve.

    Example: tongguan acceptance-plan --lot 5000 --aql 1.0 --level II --severity normal --json
    """
    try:
        plan = find_plan(lot, aql, level, severity)
    except NoPlan as error:
        stop(str(error), BAD_USAGE, json)
    curve = operating_curve(plan.sample_size, plan.accept, lot)
    if json:
        write_json(
            {
                "letter": plan.letter,
                "plan_letter": plan.plan_letter,
                "sample_size": plan.sample_size,
                "accept": plan.accept,
                "reject": plan.reject,
                "all": plan.all,
                "lot": lot,
                "aql": aql,
                "level": level,
                "severity": severity,
                "operating_curve": [
                    {"nonconforming": point.nonconforming, "accepted": point.accepted} for point in curve
                ],
            }
        )
        return
    _print(plan, lot, curve)


def _print(plan: Plan, lot: int, curve: list[CurvePoint]) -> None:
    arrow = "" if plan.letter == plan.plan_letter else f", plan of letter {plan.plan_letter}"
    typer.echo(f"Code letter {plan.letter}{arrow}")
    whole = " (the whole lot)" if plan.all else ""
    typer.echo(f"Draw {plan.sample_size} of {lot}{whole}: accept up to {plan.accept} bad, reject from {plan.reject}.")
    typer.echo("\nbad in lot   lot accepted")
    for point in curve[:: max(1, len(curve) // 8)]:
        typer.echo(f"{point.nonconforming:9.2%}   {point.accepted:11.1%}")
