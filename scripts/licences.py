"""Writes THIRD_PARTY_LICENCES.md: every package that an installation brings along, and under which licence.

Python packages are found by following the requirements of pyproject.toml (default install, and what the extra
`train` and `language` add); npm packages by the lock file of the web pages. Names of licences become SPDX expressions.
What a package's metadata leaves unclear stands, with the reason, in scripts/reviewed_licences.toml.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "THIRD_PARTY_LICENCES.md"
REVIEWED = ROOT / "scripts" / "reviewed_licences.toml"
LOCK = ROOT / "web" / "package-lock.json"

_PERMISSIVE = """
0BSD Apache-2.0 Apache-1.1 BlueOak-1.0.0 BSD-1-Clause BSD-2-Clause BSD-3-Clause BSD-3-Clause-Attribution BSL-1.0
bzip2-1.0.6 CC0-1.0 CC-BY-3.0 CC-BY-4.0 FTL HPND IJG ISC libpng-2.0 libtiff MIT MIT-0 MIT-CMU NCSA OFL-1.1 OLDAP-2.8
OpenSSL CNRI-Python PostgreSQL PSF-2.0 Python-2.0 Unicode-3.0 Unlicense WTFPL X11 Zlib ZPL-2.1
"""
# Used unmodified, as a library: CONTRACTS section 9. The runtime of GCC may be linked to anything.
_LIBRARY_ONLY = """
LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later MPL-2.0 MPL-1.1
GPL-3.0-or-later-WITH-GCC-exception-3.1 GPL-3.0-only-WITH-GCC-exception-3.1
"""
PERMISSIVE = frozenset(_PERMISSIVE.split())
LIBRARY_ONLY = frozenset(_LIBRARY_ONLY.split())
ALLOWED = PERMISSIVE | LIBRARY_ONLY

# What older metadata calls a licence, in lower case, to its SPDX name.
SPDX = {
    "apache": "Apache-2.0",
    "apache 2": "Apache-2.0",
    "apache 2.0": "Apache-2.0",
    "apache license": "Apache-2.0",
    "apache license 2.0": "Apache-2.0",
    "apache license, version 2.0": "Apache-2.0",
    "apache software license": "Apache-2.0",
    "apache software license 2.0": "Apache-2.0",
    "apache license v2.0": "Apache-2.0",
    "apache-2": "Apache-2.0",
    "bsd": "BSD-3-Clause",
    "bsd license": "BSD-3-Clause",
    "new bsd": "BSD-3-Clause",
    "bsd 3-clause": "BSD-3-Clause",
    "bsd 3-clause license": "BSD-3-Clause",
    "3-clause bsd license": "BSD-3-Clause",
    "bsd 2-clause": "BSD-2-Clause",
    "simplified bsd": "BSD-2-Clause",
    "2-clause bsd": "BSD-2-Clause",
    "gnu lesser general public license v3 (lgplv3)": "LGPL-3.0-only",
    "gnu lesser general public license v3 or later (lgplv3+)": "LGPL-3.0-or-later",
    "historical permission notice and disclaimer (hpnd)": "HPND",
    "isc license (iscl)": "ISC",
    "isc license": "ISC",
    "mit license": "MIT",
    "the mit license": "MIT",
    "mit-cmu": "MIT-CMU",
    "mozilla public license 2.0 (mpl 2.0)": "MPL-2.0",
    "psf": "PSF-2.0",
    "python software foundation license": "PSF-2.0",
    "psfl": "PSF-2.0",
    "the unlicense (unlicense)": "Unlicense",
    "zlib/libpng license": "Zlib",
}
_KNOWN = {name.lower(): name for name in ALLOWED} | SPDX


@dataclass(frozen=True, slots=True, order=True)
class Package:
    """One third-party package. `licence` is an SPDX expression, "unknown" when its metadata doesn't say."""

    name: str
    version: str
    licence: str
    page: str


def python_packages(extras: Iterable[str] = ()) -> list[Package]:
    """Installed packages that the program needs, with all of their needs; RuntimeError for one that is missing."""
    seen: dict[str, metadata.Distribution] = {}
    waiting = [(canonicalize_name(need.name), frozenset(need.extras)) for need in _own_needs(extras)]
    done: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, wanted = waiting.pop()
        if (name, wanted) in done:
            continue
        done.add((name, wanted))
        try:
            seen[name] = metadata.distribution(name)
        except metadata.PackageNotFoundError as error:
            raise RuntimeError(f"{name} is not installed; run `make setup` first") from error
        waiting += [(canonicalize_name(need.name), frozenset(need.extras)) for need in _needs(seen[name], wanted)]
    reviewed = read_reviewed()
    return sorted(_package(name, found, reviewed) for name, found in seen.items())


def _own_needs(extras: Iterable[str]) -> Iterator[Requirement]:
    """What pyproject.toml asks for here; read there, because an installed copy may be older."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = [*project["dependencies"], *(line for extra in extras for line in project["optional-dependencies"][extra])]
    for need in map(Requirement, lines):
        if need.marker is None or need.marker.evaluate():
            yield need


def _needs(found: metadata.Distribution, extras: frozenset[str]) -> Iterator[Requirement]:
    for line in found.requires or []:
        need = Requirement(line)
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras | {""}):
            yield need


def _package(name: str, found: metadata.Distribution, reviewed: dict[str, str]) -> Package:
    facts = found.metadata
    page = _field(facts, "Home-page")
    for url in facts.get_all("Project-URL") or []:
        label, _, address = url.partition(",")
        if not page or label.strip().lower() in {"homepage", "source", "repository"}:
            page = address.strip()
    licence = reviewed.get(name) or licence_of(facts)
    return Package(facts["Name"], found.version.partition("+")[0], licence, page)


def _field(facts: metadata.PackageMetadata, name: str) -> str:
    return str(next(iter(facts.get_all(name) or []), "")).strip()


def licence_of(facts: metadata.PackageMetadata) -> str:
    """The SPDX expression of a distribution's metadata, or "unknown"."""
    expression = _field(facts, "License-Expression")
    if expression:
        return expression
    text = _field(facts, "License")
    named = normalise(text) if text and "\n" not in text else "unknown"
    classified = {part for part in map(_classified, facts.get_all("Classifier") or []) if part}
    if not classified:
        return named
    # Several classifiers may mean a choice or a mixture: a person has to look, unless the text names one of them.
    return classified.pop() if len(classified) == 1 else (named if named in classified else "unknown")


def _classified(classifier: str) -> str:
    parts = [part.strip() for part in classifier.split("::")]
    if parts[0] != "License" or parts[-1] == "OSI Approved":
        return ""
    return _KNOWN.get(parts[-1].lower(), "unknown")


def normalise(text: str) -> str:
    """An SPDX expression from a name or expression, "unknown" when it is none."""
    plain = text.strip().strip("()")
    if plain.lower() in _KNOWN:
        return _KNOWN[plain.lower()]
    names = [name for name in re.split(r"\s+(?:AND|OR|WITH|and|or|with)\s+|[()/]", plain) if name.strip()]
    if len(names) > 1 and all(name.strip().lower() in _KNOWN for name in names) and "/" not in plain:
        return plain
    return "unknown"


def npm_packages(lock: Path = LOCK) -> list[Package]:
    """Packages of the web pages that reach a browser: the lock file without what only builds and tests."""
    packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
    reviewed = read_reviewed()
    found = set()
    for place, facts in packages.items():
        if not place or any(facts.get(flag) for flag in ("dev", "devOptional", "optional", "link")):
            continue
        name = place.rpartition("node_modules/")[2]
        own = {} if "license" in facts else _installed(lock.parent / place / "package.json")
        text = facts.get("license") or own.get("license") or ""
        if isinstance(text, dict):
            text = text.get("type", "")
        licence = reviewed.get(f"npm:{name}") or normalise(str(text))
        found.add(Package(name, facts["version"], licence, f"https://www.npmjs.com/package/{name}"))
    return sorted(found)


def _installed(path: Path) -> dict[str, object]:
    if not path.exists():
        return {}
    facts = json.loads(path.read_text(encoding="utf-8"))
    return facts if isinstance(facts, dict) else {}


def read_reviewed() -> dict[str, str]:
    """Licences that a person looked up, by package name; npm's names begin with `npm:`."""
    table = tomllib.loads(REVIEWED.read_text(encoding="utf-8"))
    return {name: entry["licence"] for name, entry in table.items()}


def is_allowed(expression: str, allowed: frozenset[str] = ALLOWED) -> bool:
    """Whether an SPDX expression can be met with allowed licences: all of AND, one of OR."""
    text = re.sub(r"\s+WITH\s+", "-WITH-", expression.strip())
    tokens = re.findall(r"\(|\)|[^\s()]+", text)
    value, rest = _either(tokens, allowed)
    return value and not rest


def _either(tokens: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    value, tokens = _all(tokens, allowed)
    while tokens[:1] == ["OR"]:
        other, tokens = _all(tokens[1:], allowed)
        value = value or other
    return value, tokens


def _all(tokens: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    value, tokens = _one(tokens, allowed)
    while tokens[:1] == ["AND"]:
        other, tokens = _one(tokens[1:], allowed)
        value = value and other
    return value, tokens


def _one(tokens: list[str], allowed: frozenset[str]) -> tuple[bool, list[str]]:
    if tokens[:1] == ["("]:
        value, tokens = _either(tokens[1:], allowed)
        return (value, tokens[1:]) if tokens[:1] == [")"] else (False, tokens)
    if not tokens:
        return False, tokens
    name = tokens[0]
    # An exception only adds permissions, so a licence that is allowed without one stays allowed with it.
    return name in allowed or name.partition("-WITH-")[0] in allowed, tokens[1:]


def page() -> str:
    """The text of THIRD_PARTY_LICENCES.md."""
    default = python_packages()
    training = [package for package in python_packages(["train"]) if package not in default]
    language = [package for package in python_packages(["train", "language"]) if package not in [*default, *training]]
    parts = [
        "# Third-party licences",
        "",
        "Written by `make licences`. Tongguan itself is under Apache-2.0 (`LICENSE`). Nothing below is modified; what",
        "is under LGPL or MPL is used as a library. Parts that a package bundles stand in its licence expression.",
        "",
        "Not in the default install: the GPL encoders inside PyAV's wheel, which only an extra `video` would bring.",
        "",
        "## Python, default install",
        *_table(default),
        "",
        "## Python, added by the extra `train`",
        *_table(training),
        "",
        "## Python, added by the extra `language`",
        *_table(language),
        "",
        "## Web pages (npm)",
        *_table(npm_packages()),
        "",
        "## Looked up by a person",
        "",
        "Where the metadata of a package is unclear (`scripts/reviewed_licences.toml`):",
        "",
        *_reviewed_lines(),
    ]
    return "\n".join(parts) + "\n"


def _table(packages: Iterable[Package]) -> list[str]:
    rows = [f"| [{each.name}]({each.page}) | {each.version} | {each.licence} |" for each in packages]
    rows = [row.replace(f"[{each}]()", str(each)) for row, each in zip(rows, [p.name for p in packages], strict=True)]
    return ["", "| package | version | licence |", "|---|---|---|", *rows]


def _reviewed_lines() -> list[str]:
    table = tomllib.loads(REVIEWED.read_text(encoding="utf-8"))
    return [f"- {name}: {entry['licence']}. {entry['why']}" for name, entry in sorted(table.items())]


def main() -> int:
    """Writes the page; exit code 1 when a licence is not allowed."""
    TARGET.write_text(page(), encoding="utf-8")
    everything = [*python_packages(["train", "language"]), *npm_packages()]
    bad = [package for package in everything if not is_allowed(package.licence)]
    for package in bad:
        print(f"not allowed: {package.name} {package.version}: {package.licence}", file=sys.stderr)
    print(f"{TARGET.name}: {len(everything)} packages")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
