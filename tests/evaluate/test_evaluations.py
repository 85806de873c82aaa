"""Benchmarks, evaluations, verdicts and champions over the API."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from tests.conftest import assert_error
from tests.evaluate.conftest import Bench

from tongguan.core import events
from tongguan.core.ids import new_id
from tongguan.evaluate.interface import champion, evaluations_of, reference


def codes(evaluation: dict[str, Any]) -> dict[str, bool | None]:
    return {reason["code"]: reason["ok"] for reason in evaluation["reasons"]}


def test_a_benchmark_is_the_kept_side_and_stays(bench: Bench) -> None:
    made = bench.benchmark()
    kept = bench.version["counts"]["by_side"]["kept"]
    assert (made["number"], made["dataset_version"], made["counts"]["items"]) == (1, 1, kept)
    assert made["manifest_hash"] == bench.version["manifest_hash"]
    assert [guard["kind"] for guard in made["guards"]] == ["class", "size", "brightness"]
    page = bench.floor.get(bench.engineer, "benchmarks/1/items", limit=3).json()
    assert len(page["items"]) == 3
    assert page["items"][0]["labels"][0]["label"] == "scratches"
    assert page["items"][0]["brightness"] is not None
    after = bench.floor.get(bench.engineer, "benchmarks/1/items", limit=3, after=page["next"]).json()
    assert after["items"][0]["position"] == 3
    world = bench.floor.world
    for statement in (
        "UPDATE benchmark SET name = 'x'",
        "DELETE FROM benchmark",
        "DELETE FROM benchmark_item",
        "UPDATE benchmark_item SET labels = '[]'",
    ):
        with pytest.raises(DBAPIError, match="permission denied"), world.database.transaction(world.org_id) as session:
            session.execute(text(statement))


def test_wrong_wishes_are_refused_in_words(bench: Bench) -> None:
    body = {"dataset_version": 9, "name": "x"}
    assert_error(bench.floor.post(bench.engineer, "benchmarks", body), 404, "dataset.unknown")
    assert_error(bench.floor.post(bench.engineer, "evaluations", {"model": 1}), 404, "model.unknown")
    model = bench.model()
    assert_error(bench.floor.post(bench.engineer, "evaluations", {"model": model}), 404, "benchmark.unknown")
    bench.benchmark()
    first = bench.floor.post(bench.engineer, "evaluations", {"model": model})
    assert first.status_code == 201
    assert_error(bench.floor.post(bench.engineer, "evaluations", {"model": model}), 409, "evaluation.going_on")
    waiting = first.json()
    assert_error(bench.choose(waiting), 409, "evaluation.not_done")
    assert bench.floor.post(bench.engineer, f"evaluations/{waiting['id']}/cancel").json()["state"] == "cancelled"
    bench.floor.run_jobs()
    assert bench.floor.get(bench.engineer, f"evaluations/{waiting['id']}").json()["state"] == "cancelled"
    over = bench.floor.post(bench.engineer, f"evaluations/{waiting['id']}/cancel")
    assert_error(over, 409, "evaluation.over")
    assert_error(bench.floor.get(bench.engineer, f"evaluations/{new_id()}"), 404, "evaluation.unknown")


def test_the_first_champion_needs_the_least_figure(bench: Bench) -> None:
    bench.benchmark()
    with bench.floor.world.database.transaction(bench.floor.world.org_id) as session:
        events.emit(session, "model.trained", {"project_id": str(bench.floor.world.project.id)})
    bench.floor.run_jobs()
    assert bench.gate()["state"] == "closed"
    bad = bench.evaluate(bench.model(shift=25))
    assert (bad["state"], bad["passed"], bad["overlap"]) == ("done", False, 0), bad["error"]
    assert codes(bad) == {"overlap_none": True, "least_missed": False}
    assert bench.gate()["missing"][0]["code"] == "evaluate.not_passed"
    good = bench.evaluate(bench.model())
    assert (good["passed"], good["metrics"]["map50"]["value"]) == (True, 1.0)
    assert codes(good) == {"overlap_none": True, "least_reached": True}
    gate = bench.gate()
    assert (gate["state"], gate["missing"][0]["code"]) == ("working", "evaluate.not_chosen")
    chosen = bench.choose(good)
    assert chosen.status_code == 201, chosen.text
    assert chosen.json()["champion"]["model"] == 2
    assert chosen.json()["champion"]["passed"]
    gate = bench.gate()
    assert (gate["state"], gate["figure"]["value"], gate["figure"]["model"]) == ("open", 1.0, 2)
    assert_error(bench.choose(good), 409, "champion.already")


def test_a_challenger_is_paired_with_the_champion(bench: Bench) -> None:
    bench.benchmark()
    weak = bench.evaluate(bench.model(shift=8, score=0.8))  # an overlap of 0.58: right at 0.5, wrong from 0.6 on
    assert bench.choose(weak).status_code == 201
    same = bench.evaluate(bench.model(shift=8, score=0.7))
    assert same["champion"] == 1
    assert codes(same)["not_better"] is False
    assert codes(same)["slice_held"] is True
    assert not same["passed"]
    assert same["comparison"]["difference"]["map50"]["value"] == 0
    worse = bench.evaluate(bench.model(shift=25))
    assert codes(worse)["slice_worse"] is False
    better = bench.evaluate(bench.model())
    assert better["difference"]["map50_95"]["low"] > 0.5
    assert codes(better)["not_better"] is False  # both find every box at an overlap of 0.5: the main metric is equal


def test_only_a_named_decision_with_a_reason_goes_against_the_verdict(bench: Bench) -> None:
    bench.benchmark()
    bad = bench.evaluate(bench.model(shift=25))
    assert_error(bench.choose(bad), 403, "champion.not_passed")
    assert_error(bench.choose(bad, bench.manager, "because"), 403, "champion.not_passed")
    assert_error(bench.choose(bad, bench.trainer), 422, "champion.reason")
    assert bench.choose(bad, bench.trainer, "试生产先用，人工复核").status_code == 201
    page = bench.floor.get(bench.engineer, "champion").json()
    assert (page["champion"]["passed"], page["champion"]["person"]) == (False, "孙训练师")
    assert page["champion"]["reason"] == "试生产先用，人工复核"
    audit = bench.floor.world.rows("SELECT detail FROM audit WHERE object_kind = 'champion'")
    assert audit[0].detail["reason"] == "试生产先用，人工复核"
    world = bench.floor.world
    with pytest.raises(DBAPIError, match="permission denied"), world.database.transaction(world.org_id) as session:
        session.execute(text("DELETE FROM champion"))


def test_a_verdict_against_an_earlier_champion_does_not_hold(bench: Bench) -> None:
    bench.benchmark()
    first = bench.evaluate(bench.model())
    second = bench.evaluate(bench.model(score=0.8))
    assert second["may_follow"]
    assert bench.choose(first).status_code == 201
    assert not bench.floor.get(bench.engineer, f"evaluations/{second['id']}").json()["may_follow"]
    assert_error(bench.choose(second), 403, "champion.not_passed")


def test_a_model_that_saw_the_benchmark_cannot_pass(bench: Bench) -> None:
    bench.benchmark()
    unknown = bench.evaluate(bench.model(trained_on=None))
    assert (unknown["passed"], codes(unknown)["overlap_unknown"], unknown["overlap"]) == (False, False, None)
    world = bench.floor.world
    with world.database.transaction(world.org_id) as session:
        # Another name for bytes that are trained on, as a version from elsewhere would have it.
        session.execute(
            text(
                "INSERT INTO dataset_version (id, project_id, number, kept, line) "
                "SELECT :id, project_id, 7, kept, line FROM dataset_version WHERE number = 1"
            ),
            {"id": new_id()},
        )
        session.execute(
            text(
                "INSERT INTO dataset_entry (id, version_id, item_id, name, asset_sha256, annotation_id, revision_id, "
                "side, group_key, width, height, label_count) SELECT gen_random_uuid(), v.id, e.item_id, e.name, "
                "e.asset_sha256, e.annotation_id, e.revision_id, 'train', e.group_key, e.width, e.height, 1 "
                "FROM dataset_entry e, dataset_version v WHERE v.number = 7 AND e.side = 'kept' LIMIT 2"
            )
        )
    seen = bench.evaluate(bench.model(trained_on=7))
    assert (seen["passed"], seen["overlap"], codes(seen)["overlap_found"]) == (False, 2, False)


def test_erased_items_are_left_out_and_counted(bench: Bench) -> None:
    made = bench.benchmark()
    world = bench.floor.world
    gone = world.one("SELECT item_id FROM benchmark_item WHERE position = 0")
    with world.database.transaction(world.org_id) as session:
        asset = session.execute(text("SELECT asset_id FROM item WHERE id = :id"), {"id": gone}).scalar_one()
        payload = {"item_id": str(gone), "asset_id": str(asset), "project_id": str(world.project.id)}
        events.emit(session, "item.erased", payload)
    bench.floor.run_jobs()
    assert bench.floor.get(bench.engineer, "benchmarks/1").json()["erased"] == 1
    done = bench.evaluate(bench.model())
    assert (done["items"], done["left_out"]) == (made["counts"]["items"] - 1, 1)


def test_what_other_stages_may_ask(bench: Bench) -> None:
    bench.benchmark()
    done = bench.evaluate(bench.model())
    bench.choose(done)
    world = bench.floor.world
    with world.database.transaction(world.org_id) as session:
        held = champion(session, world.project.id)
        assert held is not None
        facts = evaluations_of(session, [held.model_version_id])
        assert [fact.passed for fact in facts] == [True]
        found = reference(session, held.model_version_id)
    assert found is not None
    assert found.brightness.n == found.top_score.n == done["items"]
    assert 40 <= found.brightness.mean <= 80
    assert 0.89 < found.top_score.mean < 0.9
    assert found.boxes.mean == 1
    assert sum(found.top_score.counts) == done["items"]


def test_a_broken_model_is_a_reason_in_words(bench: Bench) -> None:
    bench.benchmark()
    failed = bench.evaluate(bench.model(broken=True))
    assert (failed["state"], failed["error"]["code"]) == ("failed", "train.model_missing")


def test_figures_are_clicked_down_to_pictures_and_sent_to_labelling(bench: Bench) -> None:
    bench.benchmark()
    done = bench.evaluate(bench.model(shift=25))
    address = f"evaluations/{done['id']}/pictures"
    missed = bench.floor.get(bench.engineer, address, state="missed").json()
    assert missed["total"] == done["items"]
    first = missed["items"][0]
    assert (first["missed"], first["invented"], first["cost_fen"]) == (1, 1, 600)
    assert first["truth"][0]["state"] == "missed"
    assert first["found"][0]["state"] == "invented"
    assert first["image_url"]
    assert bench.floor.get(bench.engineer, address, state="right").json()["total"] == 0
    cell = {"truth": "scratches", "found": ""}
    assert bench.floor.get(bench.engineer, address, **cell).json()["total"] == done["items"]
    dark = next(part for part in done["slices"] if part["value"] == "dark")
    some = bench.floor.get(bench.engineer, address, kind="brightness", value="dark").json()
    assert some["total"] == dark["items"]
    assert done["worst"][0]["item"] == first["item"]
    sent = bench.floor.post(bench.engineer, f"evaluations/{done['id']}/relabel", {"items": [first["item"]]})
    assert sent.json() == {"created": 1}
    strange = bench.floor.post(bench.engineer, f"evaluations/{done['id']}/relabel", {"items": [str(new_id())]})
    assert_error(strange, 422, "item.unknown")


def test_two_evaluations_are_paired(bench: Bench) -> None:
    bench.benchmark()
    good, weak = bench.evaluate(bench.model()), bench.evaluate(bench.model(shift=8))
    found = bench.floor.get(bench.engineer, f"evaluations/{good['id']}/compare/{weak['id']}").json()
    assert found["items"] == good["items"]
    assert found["difference"]["map50"]["value"] == 0
    assert found["difference"]["map50_95"]["low"] > 0.5
    back = bench.floor.get(bench.engineer, f"evaluations/{weak['id']}/compare/{good['id']}").json()
    assert back["difference"]["map50_95"]["value"] == pytest.approx(-found["difference"]["map50_95"]["value"])
    bench.benchmark()
    other = bench.evaluate(1, benchmark=2)
    answer = bench.floor.get(bench.engineer, f"evaluations/{good['id']}/compare/{other['id']}")
    assert_error(answer, 409, "evaluation.other_benchmark")


def test_a_client_reads_the_verdict_and_no_picture(bench: Bench) -> None:
    bench.benchmark()
    done = bench.evaluate(bench.model(shift=25))
    reader = bench.floor.world.person("客户", 1, roles=("client",))
    seen = bench.floor.get(reader, f"evaluations/{done['id']}").json()
    assert (seen["passed"], seen["worst"]) == (False, [])
    assert seen["reasons"]
    assert_error(bench.floor.get(reader, f"evaluations/{done['id']}/pictures"), 403, "auth.role")
    assert_error(bench.floor.post(reader, "evaluations", {"model": 1}), 403, "auth.role")


def test_the_threshold_is_chosen_by_two_prices(bench: Bench) -> None:
    bench.benchmark()
    done = bench.evaluate(bench.model(score=0.6))  # finds every box; scores lie just below 0.6
    address = f"evaluations/{done['id']}/threshold"
    asked = bench.floor.get(bench.engineer, address, miss_fen=700, false_fen=1).json()
    assert (asked["evaluation"], asked["labels"], asked["now"]["threshold"]) == (1, done["items"], 0.3)
    assert (asked["now"]["missed"], asked["now"]["cost_fen"]) == (0, 0)
    assert asked["proposed"] == {"threshold": 0.59, "missed": 0, "invented": 0, "cost_fen": 0}
    assert asked["rows"][59]["cost_fen"] == 700 * asked["labels"]
    usual = bench.floor.get(bench.engineer, address).json()
    assert (usual["miss_fen"], usual["false_fen"]) == (500, 100)
    # A model that is never right: with any price of a false call, the fewest answers are the cheapest.
    wrong = bench.evaluate(bench.model(shift=25))
    dear = bench.floor.get(bench.engineer, f"evaluations/{wrong['id']}/threshold", miss_fen=1, false_fen=1).json()
    assert (dear["proposed"]["threshold"], dear["proposed"]["invented"]) == (0.99, 0)
    waiting = bench.floor.post(bench.engineer, "evaluations", {"model": 1}).json()
    assert_error(bench.floor.get(bench.engineer, f"evaluations/{waiting['id']}/threshold"), 409, "evaluation.not_done")


def test_a_place_on_the_line_takes_the_cheapest_threshold(bench: Bench) -> None:
    bench.benchmark()
    models = {}
    for score in (0.6, 0.8, 0.7):
        number = bench.model(score=score)
        models[score] = next(
            one["id"] for one in bench.floor.get(bench.engineer, "models").json() if one["number"] == number
        )
        if score != 0.7:
            bench.evaluate(number)
    wish = {"name": "出口", "model_id": models[0.6], "reason": "trial", "by_cost": True, "cost_miss_fen": 9_000}
    made = bench.floor.post(bench.engineer, "deployments", wish).json()
    assert made["threshold"] == 0.59
    assert "评测 evaluation #1: 漏检 miss ¥90 × 0" in made["threshold_reason"]
    place = f"deployments/{made['id']}/live"
    body = {"model_id": models[0.7], "reason": "trial", "by_cost": True}
    assert_error(bench.floor.post(bench.engineer, place, body), 409, "deployment.no_curve")
    then = bench.floor.post(bench.engineer, place, body | {"model_id": models[0.8]}).json()
    assert then["threshold"] == 0.79
