"""Parameters on the command line: `--set key=value`, a JSON or TOML file, and ranges of a study."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import orjson

from tongguan.train.recipes.base import UsageProblem
from tongguan.train.recipes.registry import recipe
from tongguan.train.recipes.search import Range, Space, checked_space, own_space, read_range


def pairs(texts: list[str], option: str = "--set") -> dict[str, str]:
    """Texts key=value as a table."""
    found: dict[str, str] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key.strip():
            raise UsageProblem("bad_setting", f"{option} wants key=value, not {text!r}")
        found[key.strip()] = value.strip()
    return found


def from_file(file: Path | None) -> dict[str, Any]:
    """Parameters of a JSON or TOML file."""
    if file is None:
        return {}
    try:
        content = file.read_bytes()
        loaded = tomllib.loads(content.decode()) if file.suffix.lower() == ".toml" else orjson.loads(content)
    except OSError as error:
        raise UsageProblem("bad_params_file", f"--params {file}: {error.strerror}") from error
    except ValueError as error:
        raise UsageProblem("bad_params_file", f"--params {file}: {error}") from error
    if not isinstance(loaded, dict):
        raise UsageProblem("bad_params_file", f"--params {file}: one table or object of parameters is wanted")
    return loaded


def share(value: object) -> float:
    """The share of items to keep for measuring."""
    try:
        number = float(str(value))
    except ValueError:
        number = -1.0
    if not 0 <= number < 1:
        raise UsageProblem("bad_parameter", f"kept: a share from 0 to below 1 is wanted, not {value!r}")
    return number


def fixed_and_varied(recipe_id: str, settings: dict[str, Any]) -> tuple[dict[str, Any], Space]:
    """Splits the settings of a study: LOW:HIGH[:log] and a,b vary, other values are fixed, and `search=NAME,NAME` names
    all that vary, each over its own range where none was given. Without it the recipe's other ranges vary too."""
    fixed = dict(settings)
    only = fixed.pop("search", None)
    varied: dict[str, Range | None] = {}
    for name, value in settings.items():
        if name != "search" and isinstance(value, str) and (":" in value or "," in value):
            del fixed[name]
            try:
                varied[name] = read_range(value)
            except ValueError as error:
                raise UsageProblem("bad_search", f"{name}: {str(error).splitlines()[0]}", parameter=name) from error
    if only is None:
        others = set(own_space(recipe(recipe_id).params)) - set(fixed) - set(varied)
        wished: dict[str, Range | None] = {**varied, **dict.fromkeys(sorted(others))}
    else:
        names = [name.strip() for name in str(only).split(",") if name.strip()]
        wished = {**dict.fromkeys(names), **varied}
    return fixed, checked_space(recipe_id, wished, fixed)
