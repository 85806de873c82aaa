"""Runs the acceptance and prints its table; exit code 1 when a line that must hold does not."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

from tests.acceptance.answering import Answering
from tests.acceptance.choosing import Choosing
from tests.acceptance.far_up import FarUp
from tests.acceptance.looking import Looking
from tests.acceptance.looking_closer import LookingCloser
from tests.acceptance.made_mine import MadeMine
from tests.acceptance.main_job import MainJob
from tests.acceptance.table import Table
from tests.acceptance.tables import Tables
from tests.acceptance.talk import Talk


def main() -> int:
    """The main job on the plates of a data folder (first argument)."""
    plates = Path(sys.argv[1]) / "neu-det"
    quick = os.environ.get("ACCEPT") == "quick"
    table = Table()
    with tempfile.TemporaryDirectory(prefix="tongguan-accept-") as folder:
        Path(folder).chmod(0o755)
        MainJob(plates, Path(folder), quick, table).run()
        Looking(Path(sys.argv[1]), table).run()
        Talk(Path(sys.argv[1]), Path(folder) / "talk", quick, table).run()
        LookingCloser(Path(sys.argv[1]), Path(folder) / "closer", quick, table).run()
        Tables(Path(sys.argv[1]), Path(folder) / "tables", quick, table).run()
        MadeMine(Path(folder) / "mine", quick, table).run()
        Answering(Path(folder) / "answering", quick, table).run()
        Choosing(Path(sys.argv[1]), Path(folder) / "choosing", quick, table).run()
        if not quick and (Path(sys.argv[1]) / "insulators").is_dir():
            FarUp(Path(sys.argv[1]), Path(folder), table).run()
    print(table.text())
    target = Path("build") / "acceptance.json"
    target.parent.mkdir(exist_ok=True)
    target.write_text(table.json(), encoding="utf-8")
    return 0 if table.held() else 1


if __name__ == "__main__":
    sys.exit(main())
