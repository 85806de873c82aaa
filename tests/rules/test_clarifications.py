"""Questions on the rules, their answers, and the way into the rules."""

from __future__ import annotations

from typing import Any

import pytest
from tests.conftest import Client, Grant, JoinedDatabase, MakePerson, MakeProject, Org, assert_error
from tests.rules.test_rules_api import House


@pytest.fixture
def house(
    client: Client, make_project: MakeProject, make_person: MakePerson, grant: Grant, database: JoinedDatabase
) -> House:
    """A project to ask in."""
    return House(client, make_project(), make_person, grant, database)


def ask(house: House, **more: Any) -> dict[str, Any]:
    """A question by the annotator."""
    body = {"question": "Is a <b>dotted</b> line\n# one scratch?", **more}
    answer = house.as_annotator.post(f"{house.url}/clarifications", json=body)
    assert answer.status_code == 201, answer.text
    asked: dict[str, Any] = answer.json()
    return asked


def test_a_question_becomes_part_of_the_rules(house: House) -> None:
    house.publish()
    (item,) = house.items(1)
    asked = ask(house, item_id=item, label="scratches")
    assert (asked["state"], asked["asked_by_name"]) == ("open", "小王")
    assert asked["thumb_url"].startswith("/files/")
    url = f"{house.url}/clarifications/{asked['id']}/answer"
    body = {"answer": "Gaps below 20 px: **one**.", "take_into_rules": True}
    taken = house.as_trainer.post(url, json=body).json()
    assert (taken["state"], taken["answered_by_name"]) == ("taken", "训练师")
    draft = house.as_trainer.get(f"{house.url}/rules").json()["draft"]
    assert draft["guideline"].endswith("> Is a <b>dotted</b> line\n> # one scratch?\n\nGaps below 20 px: **one**.\n")
    assert_error(house.as_trainer.post(url, json=body), 409, "clarification.taken")
    version = house.as_trainer.post(f"{house.url}/rules/publish", json={}).json()
    assert (version["major"], version["minor"]) == (1, 1)
    (row,) = house.as_annotator.get(f"{house.url}/clarifications?state=published").json()["items"]
    assert row["published_in"] == version["id"]


def test_a_thrown_away_draft_gives_the_answer_back(house: House) -> None:
    house.publish()
    asked = ask(house)
    url = f"{house.url}/clarifications/{asked['id']}/answer"
    house.as_trainer.post(url, json={"answer": "Yes.", "take_into_rules": True})
    house.as_trainer.delete(f"{house.url}/rules/draft")
    (row,) = house.as_annotator.get(f"{house.url}/clarifications").json()["items"]
    assert (row["state"], row["answer"], row["taken_into"]) == ("answered", "Yes.", None)
    assert house.as_trainer.post(url, json={"answer": "No."}).json()["answer"] == "No."


def test_windows_follow_each_other(house: House) -> None:
    asked = [ask(house, question=f"question {number}")["id"] for number in range(5)]
    first = house.as_annotator.get(f"{house.url}/clarifications?limit=3").json()
    second = house.as_annotator.get(f"{house.url}/clarifications?limit=3&after={first['next']}").json()
    assert [row["id"] for row in first["items"] + second["items"]] == asked[::-1]
    assert second["next"] is None


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"question": ""}, "input.invalid"),
        ({"question": "x" * 5000}, "input.invalid"),
        ({"question": "x", "item_id": "0197f000-0000-7000-8000-000000000000"}, "clarification.item"),
        ({"question": "x", "label": "unknown"}, "clarification.label"),
    ],
)
def test_a_bad_question_is_refused(house: House, body: dict[str, Any], code: str) -> None:
    assert_error(house.as_annotator.post(f"{house.url}/clarifications", json=body), 422, code)


def test_who_may_not(house: House, other_org: Org, make_person: MakePerson, grant: Grant) -> None:
    asked = ask(house)
    url = f"{house.url}/clarifications"
    answer = f"{url}/{asked['id']}/answer"
    client_person = make_person("client")
    grant(house.project, client_person, "client")
    for who, codes in (
        (house.client, (401, 401, 401)),
        (house.client.as_(other_org.owner), (404, 404, 404)),
        (house.client.as_(client_person), (200, 403, 403)),
    ):
        got = (
            who.get(url).status_code,
            who.post(url, json={"question": "x"}).status_code,
            who.post(answer, json={"answer": "x"}).status_code,
        )
        assert got == codes
    assert house.as_annotator.post(answer, json={"answer": "x"}).status_code == 403
    gone = f"{url}/0197f000-0000-7000-8000-000000000000/answer"
    assert_error(house.as_trainer.post(gone, json={"answer": "x"}), 404, "clarification.not_found")
