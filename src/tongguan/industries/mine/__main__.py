"""Writes made scenes of a mine yard, or scans of a drift, into a folder: `python -m tongguan.industries.mine yard/`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tongguan.industries.mine.drift.writing import write_scans
from tongguan.industries.mine.scene import Detector
from tongguan.industries.mine.writing import write_scenes


def main(arguments: list[str] | None = None) -> int:
    """Entry point; prints a line for each kind of thing written."""
    parser = argparse.ArgumentParser(prog="python -m tongguan.industries.mine", description=__doc__)
    parser.add_argument("folder", type=Path, help="where the scenes go")
    parser.add_argument("--scenes", type=int, default=40, help="how many recordings")
    parser.add_argument("--seconds", type=float, default=40.0, help="length of each")
    parser.add_argument("--seed", type=int, default=1, help="same seed, same scenes")
    parser.add_argument("--pictures", type=int, default=0, help="draw every n-th frame; 0: none")
    parser.add_argument(
        "--misses", type=float, default=Detector().misses, help="share of boxes that the detector misses"
    )
    parser.add_argument("--drift", type=int, default=0, help="so many scans of a drift instead of scenes")
    given = parser.parse_args(arguments)
    if given.drift:
        things = sum(len(scan.labels) for scan in write_scans(given.folder, given.drift, given.seed))
        sys.stdout.write(f"{given.drift} scans, {things} things in {given.folder}\n")
        return 0
    happened = 0
    how = Detector(misses=given.misses)
    for scene in write_scenes(given.folder, given.scenes, given.seed, given.seconds, how, given.pictures):
        happened += len(scene.happenings)
    sys.stdout.write(f"{given.scenes} scenes, {happened} events in {given.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
