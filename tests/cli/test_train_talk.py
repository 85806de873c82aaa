"""`tongguan train`, `evaluate` and `predict` for texts and sounds."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli.test_train_command import call
from tests.train.talk import TONES, opinion, sentence, tone, write_conll, write_sounds

SPANS = ["--set", "members=2", "--set", "width=32", "--set", "batch=8", "--set", "dropout=0", "--set", "least=1"]
SOUNDS = ["--set", "width=8", "--set", "batch=12", "--set", "dropout=0"]


def test_names_in_texts_from_tagged_files_to_a_page(tmp_path: Path) -> None:
    data = tmp_path / "data"
    for seed, (name, count) in enumerate((("train", 40), ("dev", 12), ("test", 12))):
        write_conll(data / f"{name}.conll", count, seed)
    run = tmp_path / "run"
    words: list[str | Path] = ["--recipe", "span-extraction", "--data", data, "--out", run, *SPANS]
    code, answer, said = call("train", *words, "--set", "steps=60")
    assert code == 0, said
    assert answer["split"] == {"train": 40, "kept": 12, "test": 12, "left_out": 0, "by": "sides of the data"}
    assert answer["metrics"]["entity_f1"]["value"] > 0.8
    assert answer["baseline"]["name"].startswith("dictionary")
    assert "left it out" in answer["threshold_from"]
    page = tmp_path / "page.html"
    code, found, said = call("evaluate", run, "--data", data, "--html", page, "--compare", run)
    assert code == 0, said
    assert (found["side"], found["items"]) == ("test", 12)
    assert set(found["classes"]["entity_f1"]) == {"PER.NAM", "GPE.NAM"}
    assert found["compare"]["difference"]["entity_f1"]["value"] == 0
    assert "entity_f1" in page.read_text(encoding="utf-8")
    new = tmp_path / "new.txt"
    text, spans = sentence(999)
    new.write_text(f"{text}\n\n{text}\r\n", encoding="utf-8")
    code, found, said = call("predict", run, new)
    assert code == 0, said
    assert [one["item"] for one in found["predictions"]] == [f"{new}:1", f"{new}:3"]
    (first, second) = (one["labels"] for one in found["predictions"])
    assert first == second
    drawn = {(one.label, one.start, one.end, one.text) for one in spans}
    assert {(one["label"], one["start"], one["end"], one["text"]) for one in first} == drawn
    assert set(first[0]) == {"kind", "label", "score", "start", "end", "text"}


def test_opinions_from_json_lines(tmp_path: Path) -> None:
    data = tmp_path / "opinions.jsonl"
    rows = [{"text": text, "label": label.label} for text, label in map(opinion, range(60))]
    rows.append({"text": "没有标签", "label": ""})
    data.write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    run = tmp_path / "run"
    words: list[str | Path] = ["--recipe", "text-classification", "--data", data, "--out", run]
    code, answer, said = call("train", *words, "--set", "steps=40")
    assert code == 0, said
    assert answer["left_out"] == [{"item": "opinions.jsonl:61", "reason": "unlabelled"}]
    assert answer["metrics"]["accuracy"]["value"] > answer["baseline"]["metrics"]["accuracy"]["value"]
    new = tmp_path / "new.csv"
    new.write_text("id,text\n1,手机很满意\n2,太失望了\n", encoding="utf-8")
    code, found, said = call("predict", run, new)
    assert code == 0, said
    assert [one["labels"][0]["label"] for one in found["predictions"]] == ["好", "差"]
    assert found["predictions"][1]["item"] == f"{new}:2"


def test_sounds_of_speakers_that_were_not_heard(tmp_path: Path) -> None:
    data = write_sounds(tmp_path / "data", 9)
    (data / "wav" / "broken.wav").write_bytes(b"RIFF")
    run = tmp_path / "run"
    words: list[str | Path] = ["--recipe", "sound-classification", "--data", data, "--out", run, *SOUNDS]
    code, answer, said = call("train", *words, "--set", "steps=40", "--set", "kept=0.3")
    assert code == 0, said
    assert answer["split"]["by"] == "group column"
    assert answer["split"]["kept"] == 9, "one speaker of three"
    assert answer["metrics"]["accuracy"]["value"] > 0.6
    assert answer["onnx"]["score"] < 1e-4
    code, found, said = call("evaluate", run, "--data", data, "--html", tmp_path / "page.html")
    assert code == 0, said
    assert found["metrics"] == answer["metrics"]
    new = tmp_path / "new.wav"
    new.write_bytes(tone(77, "high", 44_100))
    code, found, said = call("predict", run, new)
    assert code == 0, said
    assert set(found["predictions"][0]["labels"][0]["scores"]) == set(TONES)
