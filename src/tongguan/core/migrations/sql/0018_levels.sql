-- The task a person gets next, locked: rework first, then hidden gold by its share, then ordinary by priority and rank.
-- Gold costs the same queries as ordinary work, and is given only where ordinary work is left, so neither time nor the
-- end of the queue tells them apart. `p_wanted` asks for one task (adopting a kept draft).
CREATE OR REPLACE FUNCTION annotate_pick(p_project uuid, p_person uuid, p_gold_share double precision, p_wanted uuid)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    picked uuid;
    hidden uuid;
    own smallint := (SELECT level FROM person WHERE id = p_person);
BEGIN
    IF p_wanted IS NOT NULL THEN
        SELECT t.id INTO picked FROM task t
        WHERE t.id = p_wanted AND t.project_id = p_project AND t.open_slots > 0 AND t.state = 'open'
            AND t.purpose IN ('ordinary', 'gold') AND (t.person_id IS NULL OR t.person_id = p_person)
            AND t.min_level <= own
            AND (t.rework_of IS NOT NULL OR
                (SELECT 1 FROM work w WHERE w.person_id = p_person AND w.item_id = t.item_id LIMIT 1) IS NULL)
        FOR UPDATE SKIP LOCKED;
        RETURN picked;
    END IF;
    SELECT t.id INTO picked FROM task t
    WHERE t.person_id = p_person AND t.project_id = p_project AND t.purpose = 'ordinary' AND t.open_slots > 0
        AND t.state = 'open'
        AND (SELECT 1 FROM work w WHERE w.task_id = t.id AND w.person_id = p_person) IS NULL
    ORDER BY t.priority DESC, t.rank LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF picked IS NOT NULL THEN RETURN picked; END IF;
    SELECT t.id INTO hidden FROM task t
    WHERE t.person_id = p_person AND t.project_id = p_project AND t.purpose = 'gold' AND t.open_slots > 0
        AND t.state = 'open'
        AND (SELECT 1 FROM work w WHERE w.person_id = p_person AND w.item_id = t.item_id LIMIT 1) IS NULL
    ORDER BY t.rank LIMIT 1 FOR UPDATE SKIP LOCKED;
    SELECT t.id INTO picked FROM task t
    WHERE t.project_id = p_project AND t.open_slots > 0 AND t.state = 'open' AND t.person_id IS NULL
        AND t.min_level <= own
        AND (SELECT 1 FROM work w WHERE w.person_id = p_person AND w.item_id = t.item_id LIMIT 1) IS NULL
    ORDER BY t.priority DESC, t.rank LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF picked IS NOT NULL AND hidden IS NOT NULL AND random() < p_gold_share THEN RETURN hidden; END IF;
    RETURN picked;
END $$
;;
-- Whether a slot is open to a person that another transaction may hold locked at this moment.
CREATE OR REPLACE FUNCTION annotate_left(p_project uuid, p_person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM task t
        WHERE t.project_id = p_project AND t.open_slots > 0 AND t.state = 'open' AND t.person_id IS NULL
            AND t.min_level <= (SELECT level FROM person WHERE id = p_person)
            AND (SELECT 1 FROM work w WHERE w.person_id = p_person AND w.item_id = t.item_id LIMIT 1) IS NULL)
$$
