-- The next ordinary task of a person, locked: by priority, then by rank.
-- Who is far ahead where several answers are needed has touched most of what stands first (or is below its level). A mark
-- for each priority says up to which rank there was nothing for them, so that this is not looked through at each claim. It
-- is only a hint: it holds for 10 minutes (1 where nothing was left), and without it everything is looked through before
-- "nothing is left" is said (`annotate_pick`). So a task that comes back in front of a mark goes first to others.
CREATE FUNCTION annotate_ordinary(p_project uuid, p_person uuid, p_level smallint) RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    urgency integer := 40000; -- above every priority
    last_rank CONSTANT bigint := 9223372036854775807;
    start bigint;
    found_id uuid;
    found_rank bigint;
    passed integer;
BEGIN
    LOOP
        SELECT t.priority INTO urgency FROM task t
        WHERE t.project_id = p_project AND t.open_slots > 0 AND t.state = 'open' AND t.person_id IS NULL
            AND t.priority < urgency
        ORDER BY t.priority DESC LIMIT 1;
        IF NOT FOUND THEN RETURN NULL; END IF;
        SELECT m.rank INTO start FROM claim_mark m
        WHERE m.person_id = p_person AND m.project_id = p_project AND m.priority = urgency
            AND m.looked_at > now() - CASE WHEN m.rank = last_rank THEN interval '1 minute' ELSE interval '10 minutes' END;
        SELECT t.id, t.rank INTO found_id, found_rank FROM task t
        WHERE t.project_id = p_project AND t.open_slots > 0 AND t.state = 'open' AND t.person_id IS NULL
            AND t.priority = urgency AND t.rank >= coalesce(start, 0) AND t.min_level <= p_level
            AND (SELECT 1 FROM work w WHERE w.person_id = p_person AND w.item_id = t.item_id LIMIT 1) IS NULL
        ORDER BY t.priority DESC, t.rank LIMIT 1 FOR UPDATE SKIP LOCKED;
        SELECT count(*) INTO passed FROM (
            SELECT 1 FROM task t
            WHERE t.project_id = p_project AND t.open_slots > 0 AND t.state = 'open' AND t.person_id IS NULL
                AND t.priority = urgency AND t.rank >= coalesce(start, 0) AND t.rank < coalesce(found_rank, last_rank)
            LIMIT 101) one;
        IF passed > 100 THEN
            INSERT INTO claim_mark (id, project_id, person_id, priority, rank, looked_at)
            VALUES (annotate_new_id(now()), p_project, p_person, urgency, coalesce(found_rank, last_rank), now())
            ON CONFLICT (person_id, project_id, priority) DO UPDATE SET rank = excluded.rank,
                looked_at = CASE WHEN start IS NULL THEN excluded.looked_at ELSE claim_mark.looked_at END;
        END IF;
        IF found_id IS NOT NULL THEN RETURN found_id; END IF;
    END LOOP;
END $$
;;
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
    picked := annotate_ordinary(p_project, p_person, own);
    IF picked IS NULL THEN
        DELETE FROM claim_mark WHERE person_id = p_person AND project_id = p_project;
        IF FOUND THEN picked := annotate_ordinary(p_project, p_person, own); END IF;
    END IF;
    IF picked IS NOT NULL AND hidden IS NOT NULL AND random() < p_gold_share THEN RETURN hidden; END IF;
    RETURN picked;
END $$
