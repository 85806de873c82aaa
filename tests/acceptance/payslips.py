"""The command `tongguan payslip` on what a closed period offers for download."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from tongguan.cli.simulation.site import Site


def command_totals(owner: Site, period: str, folder: Path) -> dict[str, int]:
    """Fen by person as the command prints them, from the period's WORK.csv and RATES.toml."""
    work, rates = folder / "work.csv", folder / "rates.toml"
    work.write_bytes(owner.http.get(f"{period}/csv", params={"table": "work"}).raise_for_status().content)
    rates.write_bytes(owner.http.get(f"{period}/rates").raise_for_status().content)
    command = [sys.executable, "-m", "tongguan.cli.main", "payslip", str(rates), str(work), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    return {slip["person"]: slip["total_fen"] for slip in json.loads(done.stdout)["payslips"]}
