"""Simulated annotators and inspectors: answers from what is really there, with made-up mistakes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random
from time import perf_counter
from typing import Any
from uuid import uuid4

from tongguan.catalog.labels.registry import LABEL_KINDS, parse_labels
from tongguan.cli.simulation.site import Site, SiteError

Labels = list[dict[str, Any]]
Truth = Mapping[str, Sequence[Mapping[str, Any]]]
MIN_SIDE = 4.0


@dataclass(frozen=True, slots=True)
class Habits:
    """How a person errs. `jitter`: standard deviation of an edge as a share of the box's side; the rest are shares."""

    jitter: float = 0.02
    miss: float = 0.02
    wrong_class: float = 0.02
    extra: float = 0.01


CAREFUL = Habits()
CARELESS = Habits(jitter=0.22, miss=0.3, wrong_class=0.3, extra=0.15)
WARNED = Habits(jitter=0.01, miss=0.0, wrong_class=0.0, extra=0.0)
# From this overlap (IoU) on a person takes a proposal over as it is; from the lower one, with its edges moved.
GOOD_PROPOSAL, NEAR_PROPOSAL = 0.75, 0.5


@dataclass
class Worker:
    """A person who studies, pulls tasks and answers them.

    `redo`: how the person errs with the findings of a review before the eyes. `spent`: seconds of each call by kind.
    """

    site: Site
    project: str
    truth: Truth
    habits: Habits
    random: Random
    classes: Sequence[str]
    attributes: Mapping[str, Any] = field(default_factory=dict)
    taken: list[str] = field(default_factory=list)
    answered: int = 0
    redo: Habits = WARNED
    redone: int = 0
    spent: dict[str, list[float]] = field(default_factory=dict)

    def answer(self, name: str, width: int, height: int, habits: Habits | None = None) -> Labels:
        """What this person would draw on the picture `name`, erring by `habits` or as usual."""
        errs = habits or self.habits
        drawn = [
            self._draw(label, width, height, errs) for label in self.truth[name] if self.random.random() >= errs.miss
        ]
        if self.random.random() < errs.extra:
            side = min(width, height) / 5
            x, y = self.random.uniform(0, width - side), self.random.uniform(0, height - side)
            kind = self.random.choice(list(self.classes))
            drawn.append(self._box(kind, x, y, x + side, y + side, width, height))
        return drawn

    def _draw(self, label: Mapping[str, Any], width: int, height: int, errs: Habits) -> dict[str, Any]:
        spread_x = errs.jitter * float(label["width"])
        spread_y = errs.jitter * float(label["height"])
        kind = str(label["label"])
        if self.random.random() < errs.wrong_class:
            kind = self.random.choice([other for other in self.classes if other != kind])
        left = float(label["x"]) + self.random.gauss(0, spread_x)
        top = float(label["y"]) + self.random.gauss(0, spread_y)
        right = float(label["x"]) + float(label["width"]) + self.random.gauss(0, spread_x)
        bottom = float(label["y"]) + float(label["height"]) + self.random.gauss(0, spread_y)
        box = self._box(kind, left, top, right, bottom, width, height)
        box["attributes"] = dict(label.get("attributes") or self.attributes)
        return box

    def _box(
        self, kind: str, left: float, top: float, right: float, bottom: float, width: int, height: int
    ) -> dict[str, Any]:
        left, right = sorted((max(0.0, left), min(float(width), right)))
        top, bottom = sorted((max(0.0, top), min(float(height), bottom)))
        left, top = min(left, width - MIN_SIDE), min(top, height - MIN_SIDE)
        return {
            "id": uuid4().hex[:12],
            "kind": "box",
            "label": kind,
            "x": round(left, 2),
            "y": round(top, 2),
            "width": round(max(MIN_SIDE, right - left), 2),
            "height": round(max(MIN_SIDE, bottom - top), 2),
            "attributes": dict(self.attributes),
        }

    def study(self) -> bool:
        """Lesson, practice, exam; whether the exam was passed."""
        lesson = self.site.get(f"{self.project}/lesson")
        self.site.post(f"{self.project}/lesson/read", {"rule_version_id": lesson["rule_version_id"]})
        self._attempt("practice")
        try:
            return self._attempt("exam") == "passed"
        except SiteError as refused:
            if refused.code.startswith("academy."):
                return False
            raise

    def _attempt(self, kind: str) -> str:
        attempt = self.site.post(f"{self.project}/attempts", {"kind": kind})
        path = f"{self.project}/attempts/{attempt['id']}"
        while True:
            work = self.site.get(f"{path}/next")["work"]
            if work is None:
                return str(self.site.get(path)["state"])
            item = work["item"]
            labels = self.answer(item["name"], item["width"], item["height"])
            body = {"task_id": work["task_id"], "labels": labels, "nothing": not labels}
            self.site.post(f"{path}/answers", body)

    def work(self, most: int, stop: Callable[[], bool] = lambda: False) -> int:
        """Pulls and answers up to `most` tasks; returns how many. `taken` lists every task that was handed out."""
        done = 0
        while done < most and not stop():
            work = self._take()
            if work is None:
                break
            self._do(work)
            done += 1
        self.answered += done
        return done

    def rework(self) -> int:
        """Redoes all work that came back to this person; returns how much."""
        done = 0
        while self.site.get(f"{self.project}/today")["next"]["waiting"]:
            work = self._take()
            if work is None:
                break
            self._do(work)
            done += 1
        return done

    def _take(self) -> dict[str, Any] | None:
        began = perf_counter()
        work: dict[str, Any] = self.site.post(f"{self.project}/work/claim", {"slot": "open"})
        self.spent.setdefault("claim", []).append(perf_counter() - began)
        if work.get("task_id") is None:
            return None
        self.taken.append(work["task_id"])
        return work

    def _do(self, work: Mapping[str, Any]) -> None:
        item, again = work["item"], bool(work["rework"])
        labels = self.answer(item["name"], item["width"], item["height"], self.redo if again else None)
        self.submit(work, take_over(labels, work["prelabels"]))
        self.redone += again

    def submit(self, work: Mapping[str, Any], labels: Labels) -> dict[str, Any]:
        """Saves the commands that drew the labels, then submits."""
        path = f"{self.project}/work/{work['lease_id']}"
        commands = [{"type": "add", "label": label["id"]} for label in labels]
        seq = int(work["seq"])
        if commands:
            body = {"seq_from": seq + 1, "commands": commands, "labels": labels}
            seq = int(self.site.post(f"{path}/commands", body)["seq"])
        began = perf_counter()
        answer: dict[str, Any] = self.site.post(
            f"{path}/submit",
            {"submit_key": uuid4().hex, "base": work["base"], "labels": labels, "nothing": not labels, "seq": seq},
        )
        self.spent.setdefault("submit", []).append(perf_counter() - began)
        return answer


def take_over(labels: Labels, proposals: Sequence[Mapping[str, Any]]) -> Labels:
    """The labels that a person has in mind, made out of a model's proposals where these are near.

    A good proposal is kept as it is, a near one (or one of another class) corrected; the rest is thrown away.
    """
    agree = LABEL_KINDS["box"].agreement
    free = dict(enumerate(parse_labels([_plain(one) for one in proposals])))
    made: Labels = []
    for label, mark in zip(labels, parse_labels([_plain(one) for one in labels]), strict=True):
        overlaps = {place: _overlap(agree, mark, other) for place, other in free.items()}
        place = max(overlaps, key=lambda one: overlaps[one], default=None)
        if place is None or overlaps[place] < NEAR_PROPOSAL:
            made.append(label)
            continue
        proposal = proposals[place]
        good = overlaps[place] >= GOOD_PROPOSAL and free.pop(place).label == mark.label
        free.pop(place, None)
        kept = {key: proposal[key] for key in ("x", "y", "width", "height")} if good else {}
        made.append({**label, **kept, "origin": proposal["id"]})
    return made


def difference(
    labels: Sequence[Mapping[str, Any]], truth: Sequence[Mapping[str, Any]], iou: float
) -> list[dict[str, Any]]:
    """Findings of an inspector who knows the truth: each wrong, loose, extra or missed box."""
    agree = LABEL_KINDS["box"].agreement
    drawn, right = parse_labels([_plain(one) for one in labels]), parse_labels([_plain(one) for one in truth])
    free = set(range(len(right)))
    findings: list[dict[str, Any]] = []
    for label in drawn:
        place = max(free, key=lambda n: _overlap(agree, label, right[n]), default=None)
        overlap = _overlap(agree, label, right[place]) if place is not None else 0.0
        if place is None or overlap < 0.3:
            findings.append(_finding("extra", "major", label.id, label.label))
            continue
        free.discard(place)
        if right[place].label != label.label:
            findings.append(_finding("wrong_class", "critical", label.id, label.label))
        elif overlap < iou:
            findings.append(_finding("loose_box", "minor" if overlap > iou - 0.1 else "major", label.id, label.label))
    for place in free:
        box = right[place].model_dump()
        region = {key: box[key] for key in ("x", "y", "width", "height")}
        findings.append({**_finding("missed", "major", "", box["label"]), "region": region})
    return findings


def _plain(label: Mapping[str, Any]) -> dict[str, Any]:
    wanted = ("kind", "label", "id", "x", "y", "width", "height", "attributes")
    return {"kind": "box", **{key: label[key] for key in wanted if key in label}}


def _overlap(agree: Callable[[Any, Any], float], first: Any, second: Any) -> float:
    return agree(first, second.model_copy(update={"label": first.label}))


def _finding(kind: str, severity: str, label_id: str, label: str) -> dict[str, Any]:
    return {"type": kind, "severity": severity, "label_id": label_id, "label": label}


@dataclass
class Inspector:
    """A person who reviews against the truth, and now and then repairs instead of sending back."""

    site: Site
    project: str
    truth: Truth
    random: Random
    iou: float = 0.6
    fix_share: float = 0.3
    judged: dict[str, int] = field(default_factory=dict)

    def review(self, most: int = 1_000_000) -> int:
        """Judges what waits, up to `most`; returns how many."""
        for done in range(most):
            review = self.site.get(f"{self.project}/review/next")["review"]
            if review is None:
                return done
            self._judge(review)
        return most

    def _judge(self, review: Mapping[str, Any]) -> None:
        right = self.truth[review["item"]["name"]]
        findings = difference(review["labels"], right, self.iou)
        body: dict[str, Any] = {"verdict": "accept", "revision": review["revision"]}
        if findings and (review["rework"] or self.random.random() < self.fix_share):
            body |= {"verdict": "fix", "labels": self._fixed(review["labels"], right, findings), "findings": findings}
            body["nothing"] = not body["labels"]
        elif findings:
            body |= {"verdict": "reject", "findings": findings}
        self.site.post(f"{self.project}/review/{review['id']}/judge", body)
        self.judged[body["verdict"]] = self.judged.get(body["verdict"], 0) + 1

    def _fixed(
        self, labels: Sequence[Mapping[str, Any]], right: Sequence[Mapping[str, Any]], findings: Labels
    ) -> Labels:
        """The good labels as they were, and the right ones in place of the others."""
        wrong = {finding["label_id"] for finding in findings if finding["label_id"]}
        kept = [_plain(label) for label in labels if label.get("id") not in wrong]
        added = [
            {**_plain(label), "id": uuid4().hex[:12]}
            for label in right
            if all(difference([one], [label], self.iou) for one in kept)
        ]
        return [*kept, *added]
