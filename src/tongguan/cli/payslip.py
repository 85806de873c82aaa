"""`tongguan payslip`: payslips recomputed from the rules of a period and its work."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Annotated

import typer

from tongguan.cli.output import BAD_USAGE, WORK_FAILED, readable, stop, write_json
from tongguan.settle.payslip import BadPayInput, Payslip, compute_payslips, parse_rates, read_corrections, read_work


def command(
    rates: Annotated[Path, typer.Argument(help="The rules of the period, TOML.")],
    work: Annotated[
        Path, typer.Argument(help="The work, CSV: person, accepted_at, unit, quantity, difficulty, outcome.")
    ],
    corrections: Annotated[
        Path | None, typer.Option("--corrections", help="What appeals added, CSV: person, amount_fen.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON object on stdout.")] = False,
) -> None:
    """Recompute the payslips of a period. Nothing is computed when a row is wrong; every problem is named.

    Example: tongguan payslip rates.toml work.csv --json
    """
    try:
        rules = parse_rates(rates.read_bytes(), rates.name)
        with work.open("rb") as file:
            rows = read_work(file, rules, work.name)
        added = read_corrections(io.BytesIO(corrections.read_bytes()), corrections.name) if corrections else []
        slips = compute_payslips(rules, rows, added)
    except BadPayInput as error:
        problems = [{"where": each.where, "field": each.field, "message": each.message} for each in error.problems]
        stop("\n".join(map(str, error.problems)), WORK_FAILED, json, problems=problems)
    except OSError as error:
        stop(readable(error), BAD_USAGE, json)
    if json:
        write_json({"payslips": [slip.as_json() for slip in slips]})
        return
    for slip in slips:
        _print(slip)


def _print(slip: Payslip) -> None:
    share, in_quota = slip.accepted_share, slip.as_json()["units_in_quota"]
    typer.echo(f"{slip.person}: accepted {share:.2%}, coefficient {slip.coefficient}, {in_quota} units in the quota")
    typer.echo(f"  {'base':<60} {_yuan(slip.base_fen):>14}")
    for line in slip.lines:
        factors = f"{line.quantity} × {line.rate} × {line.difficulty_coefficient} × {line.quality_coefficient}"
        typer.echo(f"  {f'{line.unit}, {line.difficulty}, {line.outcome}: {factors}':<60} {_yuan(line.amount_fen):>14}")
    if slip.corrections_fen:
        typer.echo(f"  {'after appeals':<60} {_yuan(slip.corrections_fen):>14}")
    typer.echo(f"  {'total':<60} {_yuan(slip.total_fen):>14}")


def _yuan(fen: int) -> str:
    return f"¥{fen // 100:,}.{fen % 100:02d}"
