"""Writes docs/catalog/kinds/: one page a label kind and a list of them, from the registry."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any

from tongguan.catalog.labels.base import LabelKind, LabelRecord
from tongguan.catalog.labels.registry import EDITOR_KINDS, LABEL_KINDS
from tongguan.quality.aggregation.labels.merge import METHODS
from tongguan.quality.aggregation.labels.shapes import FUSE
from tongguan.quality.aggregation.labels.statements import STATE

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "catalog" / "kinds"
WRITTEN = "Written by `python scripts/kind_pages.py` from the registry of label kinds; a test compares and runs it.\n"
SHARED = ("kind", "label", "id", "attributes", "score", "origin")


def pages() -> dict[str, str]:
    """File name -> text of every page."""
    return {"README.md": _list()} | {f"{kind}.md": _page(member) for kind, member in LABEL_KINDS.items()}


def _list() -> str:
    rows = "".join(
        f"| [{kind}]({kind}.md) | {member.title['en']} | {member.title['zh']} | {_summary(member)} | {member.unit()} "
        f"| {METHODS[kind].id} | {'yes' if kind in EDITOR_KINDS else ''} |\n"
        for kind, member in LABEL_KINDS.items()
    )
    shared = "".join(_rows(LabelRecord.model_json_schema(), SHARED))
    return f"""# Label kinds

{WRITTEN}
Pixels count from the top left corner of the picture after EXIF rotation, with continuous edges. Agreement lies in
[0, 1], is 1 for a label with itself and does not depend on the order of the two. *Editor* says whether the web editor
has a tool for it; only such kinds can stand in the label set of a project.

| kind | English | 中文 | what it is | unit of pay | merged by | editor |
|---|---|---|---|---|---|---|
{rows}
## Fields of every kind

| field | type | default | meaning |
|---|---|---|---|
{shared}"""


def _page(member: LabelKind) -> str:
    example = json.dumps(member.example, ensure_ascii=False, indent=1)
    schema = member.schema.model_json_schema()
    own = [name for name in schema["properties"] if name not in SHARED]
    parts = "".join(_part(name, part) for name, part in schema.get("$defs", {}).items() if not _is_shape(part))
    counted = "as many as it has" if member.many else "one a label"
    return f"""# {member.id}: {member.title["en"]} {member.title["zh"]}

{WRITTEN}
{_summary(member)}

Schema version {member.version}. Unit of pay: `{member.unit()}`, {counted}.

| field | type | default | meaning |
|---|---|---|---|
{"".join(_rows(schema, own))}{parts}
The fields `kind`, `label`, `id`, `attributes`, `score` and `origin` are those of [every kind](README.md).

## Agreement

{_agreement(member)}

## Merging several answers

{_merging(member)}

## Example

```python
from tongguan.catalog.labels.registry import LABEL_KINDS, dump_labels, parse_labels

record = {_literal(member.example)}
(label,) = parse_labels([record])
kind = LABEL_KINDS["{member.id}"]
assert kind.agreement(label, label) == 1
assert parse_labels(dump_labels([label])) == (label,)
print(kind.bounds(label), kind.problems(label, 640, 480), kind.quantity(label), kind.unit())
```

Two people's answers in `answers.json`, merged with `tongguan aggregate answers.json --kind {member.id} --json`:

```json
[
{{"task": "1", "worker": "ann", "labels": [{example}]}},
{{"task": "1", "worker": "bo", "labels": [{example}]}}
]
```
"""


def _summary(member: LabelKind) -> str:
    package = type(member).__module__.rpartition(".")[0]
    return inspect.cleandoc(sys.modules[package].__doc__ or "").split(": ", 1)[1].capitalize()


def _agreement(member: LabelKind) -> str:
    module = sys.modules[type(member).__module__.rpartition(".")[0] + ".agreement"]
    texts = [inspect.getdoc(module.agreement) or ""]
    if hasattr(module, "likeness") and module.likeness.__module__ == module.__name__:
        texts.append(inspect.getdoc(module.likeness) or "")
    return "\n\n".join(texts)


def _merging(member: LabelKind) -> str:
    method = METHODS[member.id]
    fuse = FUSE.get(member.id) or STATE[member.id]
    if method.key is not None:
        found = "Labels that speak of the same thing are merged"
    else:
        found = (
            f"Labels of one class, at most one a person, with a mean agreement of at least {method.least:g} are merged"
        )
    kept = (
        "whoever says something is heard" if method.always else "what less than half of the trust is behind is dropped"
    )
    return f"`{method.id}`. {found}; {kept}.\n\n{inspect.getdoc(fuse)}"


def _literal(example: Any) -> str:
    text = json.dumps(example, ensure_ascii=False)
    return text.replace(": true", ": True").replace(": false", ": False").replace(": null", ": None")


def _is_shape(part: dict[str, Any]) -> bool:
    """Shapes of a track have pages of their own."""
    return "kind" in part.get("properties", {})


def _part(name: str, part: dict[str, Any]) -> str:
    if "properties" not in part:
        return ""
    rows = "".join(_rows(part, list(part["properties"])))
    return f"\n`{name}`:\n\n| field | type | default | meaning |\n|---|---|---|---|\n{rows}"


def _rows(schema: dict[str, Any], names: Any) -> list[str]:
    rows = []
    for name in names:
        field = schema["properties"][name]
        default = "needed" if name in schema.get("required", ()) else _default(field)
        rows.append(
            f"| `{name}` | {_type(field)} | {default} | {field.get('description', '').replace('|', chr(92) + '|')} |\n"
        )
    return rows


def _default(field: dict[str, Any]) -> str:
    value = field.get("default")
    return "" if value in (None, "", [], {}) else f"`{json.dumps(value, ensure_ascii=False)}`"


def _type(field: dict[str, Any]) -> str:
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field:
        return ", ".join(f"`{value}`" for value in field["enum"])
    if "$ref" in field:
        return f"`{field['$ref'].rpartition('/')[2]}`"
    if "oneOf" in field:
        return "a shape"
    if "anyOf" in field:
        return " or ".join(_type(each) for each in field["anyOf"] if each.get("type") != "null")
    if field.get("type") == "array":
        if "prefixItems" in field:
            return f"({', '.join(_type(each) for each in field['prefixItems'])})"
        return f"list of {_type(field.get('items', {}))}"
    names = {"string": "text", "integer": "whole number", "number": "number", "boolean": "true or false"}
    return names.get(str(field.get("type")), "values by name")


def main() -> int:
    """Writes the pages; with --check only compares, exit code 1 when one differs, is missing or is left over."""
    wanted = pages()
    there = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.md")}
    if "--check" in sys.argv[1:]:
        differing = sorted(name for name in wanted.keys() | there.keys() if wanted.get(name) != there.get(name))
        print("\n".join(differing))
        return 1 if differing else 0
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name in there.keys() - wanted.keys():
        (FOLDER / name).unlink()
    for name, text in wanted.items():
        (FOLDER / name).write_text(text, encoding="utf-8")
    print(FOLDER)
    return 0


if __name__ == "__main__":
    sys.exit(main())
