"""`make new KIND=label|format|recipe|stage NAME=...`: the files of a new member, and what to write where.

Nothing is registered by this: the member's functions raise NotImplementedError, and a registry line for it would make
the contract tests run. Write the member, then add the lines that this prints.
"""

from __future__ import annotations

import keyword
import re
import subprocess
import sys
from pathlib import Path
from string import Template

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent / "templates"
KINDS = ("label", "format", "recipe", "stage")
_NAME = re.compile(r"[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*")

NEXT = {
    "label": """\
Next, for the label kind {id}:
  1. src/tongguan/catalog/labels/registry.py: import {Class}Kind and {Class}Label, add {Class}Kind() to MEMBERS and
     {Class}Label to AnyLabel; the id must stand in KNOWN_KINDS (CONTRACTS section 1)
  2. src/tongguan/quality/aggregation/labels: how several answers are merged, a line in METHODS and in FUSE or STATE
  3. with an editor tool: web/src/editor/labels/registry.ts and EDITOR_KINDS in the registry, a line each
  4. tests/catalog/labels/strategies.py: one entry; python scripts/kind_pages.py writes its page
  5. pytest tests/catalog/labels tests/quality/test_label_merging.py: the contract tests loop over the registry""",
    "format": """\
Next, for the format {id}:
  1. src/tongguan/catalog/formats/registry.py: import {Class}Format, add {Class}Format() to MEMBERS
  2. pytest tests/catalog/formats: what is written reads back equal, for each kind it declares""",
    "recipe": """\
Next, for the recipe {id}:
  1. src/tongguan/train/recipes/registry.py: import MANIFEST, add it to _MEMBERS
  2. pytest tests/train: a new recipe must learn eight samples, resume to the same result, and load what it saved""",
    "stage": """\
Next, for the stage {id}:
  1. .importlinter: its place in `rooms` (CONTRACTS section 2), and tongguan.{module} in `inside-a-stage`
  2. tests/architecture/rooms.py: {module} in _STAGES
  3. src/tongguan/api/stages.py and src/tongguan/worker/stages.py once it has routes and jobs
  4. a migration in src/tongguan/core/migrations/versions for its tables""",
}


class Refused(ValueError):
    """The kind or the name can't be used."""


def plan(kind: str, name: str) -> dict[str, str]:
    """The files of a new member: path from the root -> text. Refused for an unknown kind or a bad name."""
    if kind not in KINDS:
        raise Refused(f"KIND is one of {', '.join(KINDS)}, not {kind!r}")
    if not _NAME.fullmatch(name):
        raise Refused(f"NAME {name!r}: small letters, digits, - or _ between words, for instance rotated_box")
    words = words_of(name)
    files = {}
    for template in sorted((TEMPLATES / kind).rglob("*.txt")):
        inner = template.relative_to(TEMPLATES / kind).as_posix().removesuffix(".txt")
        path = inner.replace("MODULE", words["module"])
        files[path] = Template(template.read_text(encoding="utf-8")).substitute(words)
    return files


def words_of(name: str) -> dict[str, str]:
    """How a name is written in each place: id, module (CONTRACTS section 1), Class, and a constant."""
    module = name.replace("-", "_")
    if keyword.iskeyword(module):
        module += "_"
    parts = re.split("[-_]", name)
    return {"id": name, "module": module, "Class": "".join(part.capitalize() for part in parts)}


def write(root: Path, files: dict[str, str]) -> None:
    """Writes new files; Refused when one of them exists, and then nothing is written."""
    there = [path for path in files if (root / path).exists()]
    if there:
        raise Refused(f"{there[0]} exists already")
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def tidy(root: Path, files: dict[str, str]) -> None:
    """Sorts the imports of new Python files, whose order depends on the name, and formats them."""
    paths = [path for path in files if path.endswith(".py")]
    ruff = str(Path(sys.executable).parent / "ruff")
    for arguments in (["check", "--quiet", "--select", "I", "--fix"], ["format", "--quiet"]):
        subprocess.run([ruff, *arguments, "--no-cache", *paths], cwd=root, check=True)


def main(arguments: list[str]) -> int:
    """Writes the files and prints what is left to do; exit code 2 when refused."""
    if len(arguments) != 2 or not all(arguments):
        print("make new KIND=label|format|recipe|stage NAME=...", file=sys.stderr)
        return 2
    kind, name = arguments
    try:
        files = plan(kind, name)
        write(ROOT, files)
        tidy(ROOT, files)
    except Refused as error:
        print(error, file=sys.stderr)
        return 2
    for path in files:
        print(f"wrote {path}")
    print("\n" + NEXT[kind].format(**words_of(name)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
