"""The chain both ways, and who may see names."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from tests.conftest import assert_error
from tests.deploy.conftest import Line
from tests.flows.test_loop import Shop
from tongguan.core.ids import new_id

pytestmark = pytest.mark.usefixtures("runner")


@pytest.fixture
def whole(line: Line) -> tuple[Shop, str]:
    """A whole chain: rules, an answer, a version, a model on it that is live and has answered."""
    shop = Shop(line)
    shop.open()
    shop.say(shop.ask(220))
    line.run_jobs()
    shop.answer()
    shop.accept()
    version, model = new_id(), line.model()
    shop.freeze(version, 8, "train")
    shop.rows("UPDATE model_version SET dataset_version_id = :v WHERE id = :m RETURNING 1", v=version, m=model)
    shop.rows(
        """UPDATE run SET dataset_version_id = :v, result = '{"code": "abc", "seconds": 3}' WHERE id =
        (SELECT run_id FROM model_version WHERE id = :m) RETURNING 1""",
        v=version,
        m=model,
    )
    live = line.post(f"deployments/{shop.deployment['id']}/live", {"model_id": str(model), "reason": "better"})
    assert live.status_code == 200, live.text
    line.run_jobs()
    return shop, shop.ask(230, seed=3)


def test_from_a_prediction_back_to_rules_and_people(whole: tuple[Shop, str]) -> None:
    shop, prediction = whole
    found = shop.line.get(f"provenance/predictions/{prediction}", shop.trainer).json()
    assert found["prediction"]["verdict"] == "defect"
    assert (found["deployment"]["name"], found["deployment"]["change"]["reason"]) == ("一号线", "better")
    assert found["deployment"]["change"]["person"] == "吴工"
    assert (found["model"]["number"], found["run"]["number"], found["run"]["code"]) == (2, 2, "abc")
    assert (found["dataset"]["number"], found["answers"]["answers"], found["answers"]["labels"]) == (8, 1, 1)
    assert found["answers"]["authors"] == {
        "count": 1,
        "by_level": {"3": 1},
        "people": [{"name": "周建国", "level": 3, "answers": 1}],
    }
    assert [(rule["number"], rule["answers"]) for rule in found["rules"]] == [("1.0", 1)]
    assert [(batch["name"], batch["source"], batch["items"]) for batch in found["batches"]] == [
        ("line: 一号线", "line", 1)
    ]


def test_names_are_for_those_who_lead(whole: tuple[Shop, str]) -> None:
    shop, prediction = whole
    found = shop.line.get(f"provenance/predictions/{prediction}", shop.line.engineer).json()
    assert found["answers"]["authors"] == {"count": 1, "by_level": {"3": 1}, "people": []}
    assert found["deployment"]["change"]["person"] is None
    assert "周建国" not in str(found)
    assert shop.line.get(f"provenance/predictions/{prediction}", shop.line.operator).status_code == 403


def test_from_a_rule_version_forward_to_the_line(whole: tuple[Shop, str]) -> None:
    shop, _ = whole
    rule = UUID(str(shop.rows("SELECT id FROM rule_version WHERE state = 'published'")[0].id))
    found = shop.line.get(f"provenance/rules/{rule}", shop.trainer).json()
    assert (found["rule"]["number"], found["under_rule"]["answers"], found["under_rule"]["accepted"]) == ("1.0", 1, 1)
    assert [(row["number"], row["under_rule"]) for row in found["datasets"]] == [(8, 1)]
    assert [(row["number"], row["dataset_version"]) for row in found["runs"]] == [(2, 8)]
    assert [(row["number"], row["run"]) for row in found["models"]] == [(2, 2)]
    assert [(row["name"], row["model"], row["live"], row["predictions"]) for row in found["deployments"]] == [
        ("一号线", 2, True, 1)
    ]


def test_unknown_ones(whole: tuple[Shop, str]) -> None:
    shop, _ = whole
    assert_error(shop.line.get(f"provenance/predictions/{uuid4()}", shop.trainer), 404, "prediction.unknown")
    assert_error(shop.line.get(f"provenance/rules/{uuid4()}", shop.trainer), 404, "rules.version_not_found")
