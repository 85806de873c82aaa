"""The main job: real plates from a folder to an accepted, frozen, exported and paid data set, and a first model."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

from tests.acceptance.delivery import Delivery
from tests.acceptance.job import Job
from tests.acceptance.labelling import Labelling
from tests.acceptance.line import Line
from tests.acceptance.preparing import Preparing
from tests.acceptance.records import Records
from tests.acceptance.server import Server
from tests.acceptance.staff import hire
from tests.acceptance.table import Table
from tongguan.catalog.formats.base import Report
from tongguan.catalog.formats.registry import FORMATS
from tongguan.catalog.formats.tree import FolderTree
from tongguan.industries.steel_plates import LABEL_SET


class MainJob:
    """Takes the plates of a folder through a server of its own. `quick` labels a part of them and trains shortly."""

    def __init__(self, plates: Path, folder: Path, quick: bool, table: Table) -> None:
        self.plates = plates.resolve()
        self.folder = folder
        self.quick = quick
        self.table = table

    def run(self) -> None:
        """Everything, in the order of the work; the server is ended whatever happens."""
        truth = _truth(self.plates)
        server = Server(self.folder, TONGGUAN_IMPORT_ROOTS=str(self.plates))
        try:
            staff = hire(server.address, server.link, truth, [entry.key for entry in LABEL_SET])
            records = Records(self.folder / "data", staff.project_id)
            job = Job(self.plates, self.folder, self.quick, self.table, truth, staff, records)
            self._steps(job)
            records.close()
        finally:
            server.stop()
            self._log(server)

    def _steps(self, job: Job) -> None:
        first, work = Preparing(job), Labelling(job)
        last = Delivery(job, work)
        line = Line(job, work, last)
        spent: dict[str, float] = {}
        for step in (
            first.settings,
            first.import_,
            first.rules,
            first.gold,
            first.study,
            work.label,
            work.catch,
            last.freeze,
            last.export,
            last.train,
            last.prelabel,
            line.evaluate,
            line.deploy,
            line.ask,
            line.wrong,
            line.again,
            line.walk,
            line.shift,
            last.pay,
        ):
            began = time.monotonic()
            step()
            spent[step.__name__.strip("_")] = time.monotonic() - began
        self.table.add("seconds by step", ", ".join(f"{name} {seconds:.1f}" for name, seconds in spent.items()))

    def _log(self, server: Server) -> None:
        text = server.log.read_text(encoding="utf-8", errors="replace")
        failed = text.count("Traceback (most recent call last)")
        self.table.add("tracebacks in the server's log", failed, "0", failed == 0)
        if failed:
            at = text.index("Traceback (most recent call last)")
            self.table.add("first traceback", text[max(0, at - 300) : at + 1500])


def _truth(plates: Path) -> dict[str, list[dict[str, Any]]]:
    """What the VOC files say, by name of the item."""
    found: dict[str, list[dict[str, Any]]] = {}
    for item in FORMATS["voc"].read(FolderTree(plates), Report()):
        marks = [label.model_dump(mode="json", exclude_none=True) for label in item.labels or ()]
        found[item.name] = [{key: mark[key] for key in ("label", "x", "y", "width", "height")} for mark in marks]
    return found
