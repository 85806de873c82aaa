"""What a column is for, judged by its name and its values: id, group, side, target, or the answer of another model."""

from __future__ import annotations

import re

import numpy as np

from tongguan.catalog.media.table import Column

TARGET_NAMES = ("label", "target", "class", "fault", "y")
# Softer words: only `inspect` goes by them, and says so; training wants a name that the contract lists.
TARGET_WORDS = frozenset(
    {"label", "target", "class", "fault", "type", "category", "grade", "diagnosis", "kind", "species", "outcome"}
    | {"truth", "tag", "标签", "类别", "目标", "缺陷", "等级", "类型", "分类", "故障", "诊断", "判级"}
)
GROUP_NAMES = frozenset(
    {"group", "patient", "subject", "speaker", "plate", "case", "person", "customer", "device", "lot", "scene"}
    | {"分组", "组", "患者", "病人", "受试者", "说话人", "批次", "板号", "炉号", "设备", "客户"}
)
SIDE_NAMES = frozenset({"split", "side", "fold_side", "subset", "划分", "数据集划分"})
NEGATIVES = frozenset({"normal", "negative", "healthy", "control", "ok", "good", "benign", "pass", "none"}) | {
    "正常", "阴性", "健康", "合格", "良性", "无缺陷", "良品"
}  # fmt: skip

ID_WORDS = frozenset({"id", "ids", "uuid", "guid", "oid", "rowid", "uid"})
ID_NAMES = frozenset({"no", "no.", "nr", "#", "row", "unnamed: 0", "编号", "序号", "工号", "流水号", "主键", "行号"})
ID_ENDINGS = ("编号", "序号", "流水号", "单号", "证号")

# Words of a column that some model, test or person filled in after looking at the same case.
ANSWER_WORDS = re.compile(
    r"\b(pred\w*|prob\w*|logits?|logistic|regression|classifier|softmax|confidence|y_?hat|estimat\w*|results?|outcomes?|"
    r"verdict|decision|diagnos\w*|\w*patholog\w*|biops\w*|conclusion|treatment|discharge\w*|death|survival|repaired|scrapped|refund\w*)\b"
    r"|预测|概率|置信度|结果|结论|判定|判断|诊断|复检|病理|活检|分期|处置|处理意见|出院",
    re.IGNORECASE,
)
SCORE_WORDS = re.compile(r"\b(scores?|rating|grade)\b|得分|评分|打分", re.IGNORECASE)

WHOLE_ROWS = 30


def words_of(name: str) -> list[str]:
    """The words of a column's name, lower case: `PatientID #` gives patient, id."""
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return [word.lower() for word in re.split(r"[^0-9A-Za-z\u0080-\uffff]+", parted) if word]


def is_named_id(name: str) -> bool:
    """Whether a name says that the column names things: `id`, `Patient ID #`, `编号`."""
    plain = name.strip().lower()
    return plain in ID_NAMES or plain.endswith(ID_ENDINGS) or not ID_WORDS.isdisjoint(words_of(name))


def is_unique(column: Column) -> bool:
    """Whether every row has a value of its own. Measured numbers (with fractions) and times are not judged by it: a
    sensor rarely shows the same figure twice."""
    if column.missing.any() or len(column) < 2 or column.type in ("time", "empty"):
        return False
    if column.type in ("category", "text"):
        return len(np.unique(column.codes)) == len(column)
    numbers = column.numbers
    if len(np.unique(numbers)) < len(numbers) or not np.all(numbers == np.round(numbers)):
        return False
    steps = np.diff(numbers)
    counts_up = len(numbers) > 2 and bool(np.all(steps == steps[0]))
    consecutive = numbers.max() - numbers.min() == len(numbers) - 1
    return counts_up or bool(consecutive) or len(numbers) >= WHOLE_ROWS


def is_side(column: Column) -> bool:
    """Whether a column says on which side of a split its row is."""
    if column.name.strip().lower() not in SIDE_NAMES or column.type != "category":
        return False
    return all(level.lower() in SIDE_WORDS for level in column.levels)


SIDE_WORDS = {
    "train": "train", "training": "train", "训练": "train", "训练集": "train",
    "val": "kept", "valid": "kept", "validation": "kept", "dev": "kept", "kept": "kept",
    "验证": "kept", "验证集": "kept",
    "test": "test", "测试": "test", "测试集": "test", "line": "line",
}  # fmt: skip


def looks_like_group(column: Column) -> bool:
    """Whether a column names what must not be parted: `group`, `patient`, `Patient ID #`; not one value a row."""
    words = set(words_of(column.name)) - ID_WORDS
    named = bool(words) and words <= GROUP_NAMES
    return named and column.type in ("category", "text", "number") and not is_unique(column)


def negative_of(column: Column) -> str | None:
    """The level of a category column that says that nothing was found (`Normal`, `阴性`), where just one does."""
    if column.type != "category":
        return None
    found = [level for level in column.levels if level.strip().lower() in NEGATIVES]
    return found[0] if len(found) == 1 else None


def is_answer(name: str) -> bool:
    """Whether a name says that a model, a test or a person filled the column in after looking at the case."""
    return ANSWER_WORDS.search(name.replace("_", " ")) is not None
