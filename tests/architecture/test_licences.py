"""Licences of what an installation brings along: CONTRACTS section 9."""

from __future__ import annotations

import json
import tomllib
from email.message import Message
from importlib import metadata
from pathlib import Path
from typing import cast

import pytest
from packaging.requirements import Requirement
from scripts.licences import TARGET, is_allowed, licence_of, normalise, npm_packages, python_packages

from tests.architecture.skeleton import ROOT


@pytest.mark.parametrize("extras", [(), ("train", "language")])
def test_every_licence_of_an_installation_is_allowed(extras: tuple[str, ...]) -> None:
    found = python_packages(extras)
    bad = [f"{each.name} {each.version}: {each.licence}" for each in found if not is_allowed(each.licence)]
    assert not bad, "look them up, and add them to scripts/reviewed_licences.toml if allowed: " + "; ".join(bad)


def test_every_licence_of_the_web_pages_is_allowed() -> None:
    bad = [f"{each.name} {each.version}: {each.licence}" for each in npm_packages() if not is_allowed(each.licence)]
    assert not bad, "; ".join(bad)


def test_the_page_names_every_direct_requirement() -> None:
    text = TARGET.read_text(encoding="utf-8").lower()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *extras["train"], *extras["language"]]
    web = json.loads((ROOT / "web" / "package.json").read_text(encoding="utf-8"))["dependencies"]
    names = {Requirement(line).name.lower().replace("_", "-") for line in wanted} | set(web)
    missing = [name for name in names if name not in text.replace("_", "-")]
    assert not missing, "run `make licences`: " + ", ".join(missing)


@pytest.mark.parametrize(
    "expression",
    [
        "MIT",
        "Apache-2.0 WITH LLVM-exception",
        "MPL-2.0 AND (Apache-2.0 OR MIT)",
        "GPL-2.0-only OR MIT",
        "BSD-3-Clause AND GPL-3.0-or-later WITH GCC-exception-3.1",
        "LGPL-3.0-only",
    ],
)
def test_allowed(expression: str) -> None:
    assert is_allowed(expression)


@pytest.mark.parametrize(
    "expression",
    [
        "GPL-3.0-or-later",
        "AGPL-3.0-only",
        "MIT AND GPL-2.0-only",
        "(MIT OR Apache-2.0) AND AGPL-3.0-only",
        "GPL-2.0-only WITH Classpath-exception-2.0",
        "unknown",
        "",
        "MIT AND",
        "MIT )",
        "SSPL-1.0",
    ],
)
def test_planted_licence_is_refused(expression: str) -> None:
    assert not is_allowed(expression)


def described(*lines: tuple[str, str]) -> metadata.PackageMetadata:
    message = Message()
    for name, value in lines:
        message[name] = value
    return cast(metadata.PackageMetadata, message)


@pytest.mark.parametrize(
    ("lines", "licence"),
    [
        ([("License-Expression", "MIT OR Apache-2.0")], "MIT OR Apache-2.0"),
        ([("License", "Apache 2.0")], "Apache-2.0"),
        ([("Classifier", "License :: OSI Approved :: BSD License")], "BSD-3-Clause"),
        ([("Classifier", "License :: OSI Approved"), ("License", "MIT")], "MIT"),
        ([("Classifier", "License :: OSI Approved :: GNU General Public License v3 (GPLv3)")], "unknown"),
        (
            [
                ("Classifier", "License :: OSI Approved :: MIT License"),
                ("Classifier", "License :: OSI Approved :: GNU Affero General Public License v3"),
            ],
            "unknown",
        ),
        ([("License", "UNKNOWN")], "unknown"),
        ([("License", "MIT\n\nwith many words")], "unknown"),
        ([], "unknown"),
    ],
)
def test_licence_of_metadata(lines: list[tuple[str, str]], licence: str) -> None:
    assert licence_of(described(*lines)) == licence


def test_normalise_keeps_expressions_and_refuses_words() -> None:
    assert normalise("(MIT OR Apache-2.0)") == "MIT OR Apache-2.0"
    assert normalise("mit") == "MIT"
    assert normalise("SEE LICENSE IN LICENSE.txt") == "unknown"


def test_npm_leaves_out_what_only_builds(tmp_path: Path) -> None:
    lock = tmp_path / "package-lock.json"
    packages = {
        "": {"name": "web"},
        "node_modules/shown": {"version": "1.0.0", "license": "MIT"},
        "node_modules/builder": {"version": "1.0.0", "license": "GPL-3.0", "dev": True},
        "node_modules/shown/node_modules/@scope/inner": {"version": "2.0.0"},
    }
    lock.write_text(json.dumps({"packages": packages}), encoding="utf-8")
    assert [(each.name, each.licence) for each in npm_packages(lock)] == [("@scope/inner", "unknown"), ("shown", "MIT")]
