"""The models that are held: a bounded number, loaded from the byte store, checked before anything of them runs."""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import threading
import time
import zipfile
from collections import OrderedDict
from pathlib import Path

from tongguan.core import failpoints, telemetry
from tongguan.core.storage import Storage
from tongguan.train.recipes import load_predictor
from tongguan.train.recipes.base import ModelRefused, Predictor

MOST_ARCHIVE = 1_200_000_000
MOST_MEMBERS = 20
CHUNK = 1 << 20
# A model that has ended the process so often while it was loaded or first run is not tried again.
DEADLY = 2
DEADLY_FOR = 3600.0
REFUSED_FOR = 600.0
log = telemetry.logger("runner")


class Shelf:
    """Models by the SHA-256 of their archive; the one unused for longest goes first."""

    def __init__(self, storage: Storage, folder: Path, most: int) -> None:
        self._storage, self._folder, self._most = storage, folder, max(1, most)
        self._held: OrderedDict[str, Predictor] = OrderedDict()
        self._refused: dict[str, tuple[float, ModelRefused]] = {}
        self._lock = threading.Lock()
        self._loading = threading.Lock()
        shutil.rmtree(folder / "unpacked", ignore_errors=True)
        (folder / "unpacked").mkdir(parents=True, exist_ok=True)

    @property
    def held(self) -> list[str]:
        """SHA-256 of the models in memory, the next to go first."""
        with self._lock:
            return list(self._held)

    def get(self, key: str, sha256: str) -> Predictor:
        """The model, loaded if need be. ModelRefused when it is broken, exchanged or hostile."""
        found = self._known(sha256)
        if found is not None:
            return found
        with self._loading:  # one at a time: loading takes memory for the archive and the model
            return self._known(sha256) or self._load(key, sha256)

    def _known(self, sha256: str) -> Predictor | None:
        with self._lock:
            if sha256 in self._held:
                self._held.move_to_end(sha256)
                return self._held[sha256]
            since, why = self._refused.get(sha256, (0.0, None))
            if why is not None and time.monotonic() - since < REFUSED_FOR:
                raise why
        return None

    def _load(self, key: str, sha256: str) -> Predictor:
        began = time.perf_counter()
        deaths = self._deaths(sha256)
        try:
            self._count_attempt(deaths)
            predictor = self._unpack_and_load(key, sha256)
        except ModelRefused as error:
            log.warning("refused", sha256=sha256, code=error.code, reason=error.message)
            with self._lock:
                self._refused[sha256] = (time.monotonic(), error)
            if error.code != "train.model_deadly":
                deaths.unlink(missing_ok=True)
            raise
        deaths.unlink(missing_ok=True)
        with self._lock:
            self._held[sha256] = predictor
            while len(self._held) > self._most:
                gone, _ = self._held.popitem(last=False)
                log.info("put away", sha256=gone)
        log.info("loaded", sha256=sha256, seconds=round(time.perf_counter() - began, 2))
        return predictor

    def _deaths(self, sha256: str) -> Path:
        return self._folder / f"loading-{hashlib.sha256(sha256.encode()).hexdigest()[:24]}"

    @staticmethod
    def _count_attempt(file: Path) -> None:
        """Counts an attempt that has not ended; the count goes away with its end, so what is left are deaths."""
        recent = file.exists() and time.time() - file.stat().st_mtime < DEADLY_FOR
        before = int(file.read_text(encoding="ascii") or 0) if recent else 0
        if before >= DEADLY:
            raise ModelRefused("model_deadly", f"this model ended the runner {before} times while it was loaded")
        file.write_text(str(before + 1), encoding="ascii")

    def _unpack_and_load(self, key: str, sha256: str) -> Predictor:
        place = Path(tempfile.mkdtemp(dir=self._folder / "unpacked"))
        try:
            archive = place / "archive.zip"
            self._fetch(key, sha256, archive)
            failpoints.hit("runner.fetched")
            model = place / "model"
            model.mkdir()
            unpack(archive, model)
            predictor = load_predictor(model)
            failpoints.hit("runner.loaded")
            return predictor
        finally:
            shutil.rmtree(place, ignore_errors=True)

    def _fetch(self, key: str, sha256: str, archive: Path) -> None:
        digest, size = hashlib.sha256(), 0
        try:
            with archive.open("wb") as out:
                for chunk in self._storage.stream(key):
                    size += len(chunk)
                    if size > MOST_ARCHIVE:
                        raise ModelRefused("model_too_large", f"the archive has more than {MOST_ARCHIVE} bytes")
                    digest.update(chunk)
                    out.write(chunk)
        except FileNotFoundError:
            raise ModelRefused("model_missing", "the model's archive is not in the byte store any more") from None
        if digest.hexdigest() != sha256:
            raise ModelRefused(
                "model_damaged",
                "the archive is not the one that was stored (its SHA-256 differs): damaged or exchanged",
            )


def unpack(archive: Path, folder: Path) -> None:
    """Flat files of an archive into a folder. ModelRefused for anything else: paths, too many files, too many bytes."""
    left = MOST_ARCHIVE
    try:
        with zipfile.ZipFile(archive) as packed:
            members = packed.infolist()
            if len(members) > MOST_MEMBERS:
                raise ModelRefused(
                    "model_foreign", f"the archive holds {len(members)} files; {MOST_MEMBERS} are allowed"
                )
            for member in members:
                name = member.filename
                if name != Path(name).name or name in ("", ".", "..") or "\\" in name or "\0" in name:
                    raise ModelRefused("model_foreign", f"the archive holds a path: {name[:100]!r}")
                with packed.open(member) as source, (folder / name).open("wb") as out:
                    while chunk := source.read(CHUNK):
                        left -= len(chunk)
                        if left < 0:
                            raise ModelRefused(
                                "model_too_large", f"the archive unpacks to more than {MOST_ARCHIVE} bytes"
                            )
                        out.write(chunk)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise ModelRefused("model_broken", f"the archive cannot be unpacked: {str(error)[:200]}") from error
