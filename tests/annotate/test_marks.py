"""Who is far ahead of the others: the next task does not cost a look through all they have touched."""

from __future__ import annotations

from sqlalchemy import text
from tests.annotate.conftest import World

from tongguan.annotate.schemas import Work
from tongguan.people.models import Person


def touched(world: World, person: Person, count: int) -> None:
    """The person has touched the tasks that stand first, others have not."""
    with world.database.transaction(world.org_id) as session:
        session.execute(
            text(
                "INSERT INTO work (id, task_id, person_id, item_id) "
                "SELECT annotate_new_id(now()), id, :person, item_id FROM task "
                "WHERE project_id = :project ORDER BY priority DESC, rank LIMIT :count"
            ),
            {"person": person.id, "project": world.project.id, "count": count},
        )


def order(world: World) -> list[object]:
    """Items in the order of the queue."""
    query = "SELECT item_id FROM task WHERE project_id = :id ORDER BY priority DESC, rank"
    return [row.item_id for row in world.rows(query, id=world.project.id)]


def claimed(world: World, person: Person) -> object:
    """Claims and skips; the item."""
    work = world.work(person)
    world.rows("SELECT annotate_end(:id, 'skipped', 'test', now())", id=work.lease_id)
    return work.item.id


def marks(world: World) -> list[tuple[int, object]]:
    """(priority, item at the mark)"""
    query = (
        "SELECT m.priority, t.item_id FROM claim_mark m LEFT JOIN task t ON t.rank = m.rank "
        "AND t.project_id = m.project_id ORDER BY m.priority"
    )
    return [(row.priority, row.item_id) for row in world.rows(query)]


def test_a_mark_is_set_where_much_was_passed_and_others_begin_at_the_front(world: World) -> None:
    ahead, fresh = world.person("走在前面", 2), world.person("新来的", 2)
    world.tasks(world.items(140), needed=3)
    touched(world, ahead, 120)
    queue = order(world)
    assert claimed(world, fresh) == queue[0]
    assert marks(world) == []
    assert [claimed(world, ahead) for _ in range(3)] == queue[120:123]
    assert marks(world) == [(0, queue[120])]
    assert claimed(world, fresh) == queue[1]


def test_urgent_tasks_come_first_and_what_lies_before_the_mark_comes_last(world: World) -> None:
    ahead = world.person("走在前面", 2)
    world.tasks(world.items(122), needed=3)
    touched(world, ahead, 120)
    queue = order(world)
    assert claimed(world, ahead) == queue[120]
    world.rows("DELETE FROM work WHERE item_id = :id RETURNING id", id=queue[3])  # it may be had again
    [urgent] = world.items(1)
    world.tasks([urgent], needed=3, priority=5)
    assert claimed(world, ahead) == urgent
    assert claimed(world, ahead) == queue[121]
    assert claimed(world, ahead) == queue[3]
    assert not isinstance(world.claim(ahead), Work)


def test_a_mark_ends_after_ten_minutes(world: World) -> None:
    ahead = world.person("走在前面", 2)
    world.tasks(world.items(130), needed=3)
    touched(world, ahead, 120)
    queue = order(world)
    assert claimed(world, ahead) == queue[120]
    world.rows("DELETE FROM work WHERE item_id = :id RETURNING id", id=queue[3])
    world.rows("UPDATE claim_mark SET looked_at = looked_at - interval '11 minutes' RETURNING id")
    assert claimed(world, ahead) == queue[3]
