"""What a group reads about an event, in Chinese and English, and the page that it leads to."""

from __future__ import annotations

from typing import Any

from tongguan.connect.service.shapes import Message

TITLES = {
    "zh": {
        "gate.changed": "关卡状态变化",
        "import.done": "导入完成",
        "dataset.frozen": "数据集版本已冻结",
        "model.trained": "模型训练完成",
        "evaluation.done": "评测完成",
        "champion.changed": "冠军模型更换",
        "alarm.opened": "产线报警",
        "alarm.closed": "报警解除",
        "pay.closed": "结算完成",
        "test": "连接测试",
    },
    "en": {
        "gate.changed": "A gate changed",
        "import.done": "Import done",
        "dataset.frozen": "Dataset version frozen",
        "model.trained": "Model trained",
        "evaluation.done": "Evaluation done",
        "champion.changed": "New champion",
        "alarm.opened": "Alarm on the line",
        "alarm.closed": "Alarm closed",
        "pay.closed": "Pay period closed",
        "test": "Test of the connection",
    },
}
NAMES = {
    "zh": {
        "project": "项目", "gate": "关卡", "state": "状态", "before": "原状态", "batch": "批次", "items": "条目",
        "number": "编号", "model": "模型", "labels": "标注", "verdict": "结论", "kind": "类型", "figure": "数值",
        "limit": "界限", "owner": "负责人", "month": "账期", "people": "人数", "total": "合计", "message": "说明",
    },
    "en": {
        "project": "Project", "gate": "Gate", "state": "State", "before": "Before", "batch": "Batch", "items": "Items",
        "number": "Number", "model": "Model", "labels": "Labels", "verdict": "Verdict", "kind": "Kind",
        "figure": "Figure", "limit": "Limit", "owner": "Owner", "month": "Period", "people": "People",
        "total": "Total", "message": "Message",
    },
}  # fmt: skip
VALUES = {
    "zh": {
        "gate": {"1": "数据关", "2": "上岗关", "3": "质检关", "4": "评测关", "5": "上线关"},
        "state": {"closed": "未开", "working": "进行中", "open": "已开", "reclosed": "重新关闭"},
        "kind": {
            "brightness": "亮度漂移", "scores": "得分漂移", "missing": "数据中断", "latency": "延迟",
            "disagreement": "操作工不认可", "runner": "推理进程异常", "stale": "模型过期",
        },
        "verdict": {"passed": "通过", "failed": "未通过", "refused": "未通过"},
    },
    "en": {
        "gate": {"1": "data", "2": "qualification", "3": "quality", "4": "evaluation", "5": "serving"},
        "state": {"closed": "closed", "working": "working", "open": "open", "reclosed": "closed again"},
        "kind": {},
        "verdict": {},
    },
}  # fmt: skip
# What of an event's data a person reads, in this order; the rest is for programs.
SHOWN = (
    *("gate", "state", "before", "batch", "items", "number", "model", "labels", "verdict", "kind", "figure", "limit"),
    *("owner", "month", "people", "total", "message"),
)
PLACES = {
    "import.done": "/data",
    "dataset.frozen": "/datasets",
    "model.trained": "/models",
    "evaluation.done": "/models",
    "champion.changed": "/models",
    "alarm.opened": "/line",
    "alarm.closed": "/line",
    "pay.closed": "/pay",
}


def link(address: str, event: str, project_id: str | None) -> str:
    """The page on which a person sees what happened."""
    return f"{address}/projects/{project_id}{PLACES.get(event, '')}" if project_id else address


def message(content: dict[str, Any], language: str) -> Message:
    """The message of an event's content."""
    event, data = str(content["event"]), content.get("data") or {}
    names, values = NAMES[language], VALUES[language]
    project = (content.get("project") or {}).get("name")
    lines = [f"{names['project']}: {project}"] if project else []
    for key in SHOWN:
        value = data.get(key)
        if value is None or isinstance(value, (dict, list)):
            continue
        for known in (key, "state") if key == "before" else (key,):
            value = values.get(known, {}).get(str(value), value)
        lines.append(f"{names[key]}: {_figure(value)}")
    title = TITLES[language].get(event, event)
    return Message(
        f"通关 · {title}" if language == "zh" else f"Tongguan · {title}", tuple(lines), content.get("link", "")
    )


def _figure(value: object) -> str:
    if isinstance(value, bool):
        return "✓" if value else "–"
    return f"{value:.4g}" if isinstance(value, float) else str(value)[:300]
