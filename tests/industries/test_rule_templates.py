"""Rules that come with the program can be taken as a draft as they are."""

from __future__ import annotations

from tests.conftest import Client, Grant, MakePerson, MakeProject

from tongguan.industries.registry import RULE_TEMPLATES


def test_every_template_becomes_a_draft(
    client: Client, make_project: MakeProject, make_person: MakePerson, grant: Grant
) -> None:
    project, trainer = make_project(), make_person(level=3)
    grant(project, trainer, "trainer")
    page, url = client.as_(trainer), f"/api/v1/projects/{project.id}"
    templates = page.get(f"{url}/rule-templates").json()["items"]
    assert {found["id"] for found in templates} == set(RULE_TEMPLATES)
    for found in templates:
        started = page.post(f"{url}/rules/draft", json={"content": found["content"]})
        assert started.status_code == 201, started.text
        assert started.json()["label_set"] == found["content"]["label_set"]
        assert started.json()["guideline"]
        page.delete(f"{url}/rules/draft")


def test_annotators_have_no_use_for_templates(
    client: Client, make_project: MakeProject, make_person: MakePerson, grant: Grant
) -> None:
    project, person = make_project(), make_person(level=2)
    grant(project, person, "annotator")
    assert client.as_(person).get(f"/api/v1/projects/{project.id}/rule-templates").status_code == 403
