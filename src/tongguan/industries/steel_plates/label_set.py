"""The label set of steel plates: six kinds of defect, how bad each is, and the words for both."""

from __future__ import annotations

from importlib import resources

from tongguan.rules.schemas import Attribute, Checks, Definition, LabelClass, Name, Option

# Colours of Okabe and Ito, told apart by people with any colour vision; none is the grey of steel.
SEVERITY = Attribute(
    key="severity",
    name=Name(zh="程度", en="Severity"),
    type="choice",
    required=True,
    options=(
        Option(value="light", name=Name(zh="轻", en="Light"), hotkey="Q"),
        Option(value="medium", name=Name(zh="中", en="Medium"), hotkey="W"),
        Option(value="heavy", name=Name(zh="重", en="Heavy"), hotkey="E"),
    ),
)


def _entry(
    key: str, zh: str, en: str, color: str, hotkey: str, difficulty: str, zh_text: str, en_text: str
) -> LabelClass:
    return LabelClass(
        key=key,
        kind="box",
        name=Name(zh=zh, en=en),
        color=color,
        hotkey=hotkey,
        difficulty=difficulty,
        definition=Definition(zh=zh_text, en=en_text),
        attributes=(SEVERITY,),
    )


LABEL_SET: tuple[LabelClass, ...] = (
    _entry(
        "crazing", "龟裂", "Crazing", "#e69f00", "1", "hard",
        "一片细而暗的网状裂纹，像旧瓷器。框住整片网，不要一条裂纹一个框。",
        "A net of fine dark cracks, as in old porcelain. One box around the whole net, not one for each crack.",
    ),
    _entry(
        "inclusion", "夹杂", "Inclusion", "#56b4e9", "2", "normal",
        "沿轧制方向拉长的暗色条，边缘毛糙，两端变细。相距小于一个条宽的几条画在一个框里。",
        "Dark slivers along the rolling direction, edges ragged, tips thin. Slivers close together share a box.",
    ),
    _entry(
        "patches", "斑块", "Patches", "#009e73", "3", "normal",
        "与周围灰度不同、边界清楚的不规则斑块，多数偏暗，也有偏亮的。每块一个框。",
        "A blotch of another grey with a clear, irregular border; mostly darker. One box for each blotch.",
    ),
    _entry(
        "pitted_surface", "麻点", "Pitted surface", "#f0e442", "4", "normal",
        "许多小而圆的暗坑聚成一片。框住整片，最外边零星的坑也算在内。",
        "Many small round dark pits in one area. One box around the area, with the single pits at its edge.",
    ),
    _entry(
        "rolled-in_scale", "氧化皮压入", "Rolled-in scale", "#d55e00", "5", "hard",
        "氧化皮压进表面形成的暗色鳞片，沿轧制方向拉长，盖住一片的三分之一到一半。框住整片。",
        "Dark ragged flakes drawn out along the rolling direction, covering part of an area. One box for the area.",
    ),
    _entry(
        "scratches", "划痕", "Scratches", "#cc79a7", "6", "normal",
        "细长的线，多数偏亮，略带弯曲。一条划痕一个框；紧挨着平行的两条算一条。",
        "A long thin line, mostly bright, a little curved. One box for each; two close parallel lines count as one.",
    ),
)  # fmt: skip

CHECKS = Checks(min_width=4, min_height=4, require_any=True)


def guideline(language: str) -> str:
    """The labelling guideline as Markdown, in "zh" or "en"."""
    return (resources.files(__package__) / f"guideline_{language}.md").read_text(encoding="utf-8")


def guideline_both() -> str:
    """Both languages in one text, Chinese first: a rule version holds a single guideline."""
    return f"{guideline('zh')}\n---\n\n{guideline('en')}"
