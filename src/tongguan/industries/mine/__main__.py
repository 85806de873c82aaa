"""Writes made scenes of a mine yard into a folder: `python -m tongguan.industries.mine yard/ --scenes 40`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

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
    given = parser.parse_args(arguments)
    happened = 0
    how = Detector(misses=given.misses)
    for scene in write_scenes(given.folder, given.scenes, given.seed, given.seconds, how, given.pictures):
        happened += len(scene.happenings)
    sys.stdout.write(f"{given.scenes} scenes, {happened} events in {given.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
