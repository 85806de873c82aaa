"""A study on disk: `study.json` with what was asked and the trials, `best.json` with parameters for `--params`."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from tongguan.train.recipes.base import RecipeError, UsageProblem
from tongguan.train.recipes.folder import write_json, write_whole
from tongguan.train.recipes.studies.records import StudyWish, TrialRecord, best_of


class StudyFile(BaseModel):
    """The content of study.json."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    version: int = 1
    wish: StudyWish
    data_sha256: str
    trials: tuple[TrialRecord, ...] = ()


class StudyFolder:
    """Contract of `Ledger` over a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.file = path / "study.json"

    def open(self, wish: StudyWish, data_sha256: str) -> bool:
        """Makes the study, or finds the one that was asked the same; whether it is continued. Raises UsageProblem for
        another study, and for a folder that holds something else."""
        if self.file.exists():
            found = self._content()
            if found.wish != wish or found.data_sha256 != data_sha256:
                message = f"{self.path} holds a study that was asked something else; choose another --out"
                raise UsageProblem("study_differs", message, path=str(self.path))
            return True
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            message = f"{self.path} is not empty and holds no study; choose another --out"
            raise UsageProblem("out_not_empty", message, path=str(self.path))
        self.path.mkdir(parents=True, exist_ok=True)
        self._store(StudyFile(wish=wish, data_sha256=data_sha256))
        return False

    def read(self) -> Sequence[TrialRecord]:
        """All trials by number."""
        return self._content().trials

    def write(self, record: TrialRecord) -> None:
        """Adds or replaces a trial, and keeps best.json up to date."""
        content = self._content()
        others = [one for one in content.trials if one.number != record.number]
        trials = tuple(sorted([*others, record], key=lambda one: one.number))
        self._store(content.model_copy(update={"trials": trials}))
        best = best_of(trials, content.wish.higher_is_better())
        if best is not None:
            write_json(self.path / "best.json", {**content.wish.params, **best.params})

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the study for one process; a second one gets RecipeError at once."""
        with (self.path / "lock").open("w") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                message = f"{self.path} is being studied by another process"
                raise RecipeError("run_busy", message, path=str(self.path)) from None
            yield

    def _content(self) -> StudyFile:
        try:
            return StudyFile.model_validate_json(self.file.read_bytes())
        except ValidationError as error:
            message = f"{self.file}: {error.errors()[0]['msg']}"
            raise RecipeError("study_broken", message, path=str(self.file)) from None

    def _store(self, content: StudyFile) -> None:
        write_whole(self.file, content.model_dump_json(indent=1).encode())
