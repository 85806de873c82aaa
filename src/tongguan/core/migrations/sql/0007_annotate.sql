-- Ids of rows that SQL makes in bulk: UUIDv7 with the milliseconds of `moment`.
CREATE FUNCTION annotate_new_id(moment timestamptz) RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
        PLACING substring(int8send((extract(epoch FROM moment) * 1000)::bigint) FROM 3) FROM 1 FOR 6), 52, 1), 53, 1), 'hex')::uuid
$$
;;
-- An id that tells nothing: it has the milliseconds of some ordinary task of the project (hidden gold uses it).
CREATE FUNCTION annotate_like_id(p_project uuid, moment timestamptz) RETURNS uuid LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    model uuid;
    start bigint := (random() * 4611686018427387903)::bigint;
BEGIN
    SELECT id INTO model FROM task WHERE project_id = p_project AND open_slots > 0 AND state = 'open' AND person_id IS NULL
        AND priority = 0 AND rank >= start ORDER BY rank LIMIT 1;
    IF model IS NULL THEN
        SELECT id INTO model FROM task WHERE project_id = p_project AND purpose = 'ordinary' ORDER BY state, id LIMIT 1;
    END IF;
    RETURN encode(overlay(uuid_send(annotate_new_id(moment)) PLACING substring(uuid_send(coalesce(model, annotate_new_id(moment)))
        FROM 1 FOR 6) FROM 1 FOR 6), 'hex')::uuid;
END $$
;;
-- Why a live lease has run out, or null. CONTRACTS section 4: next goes back after 10 minutes unopened while its client
-- is heard; a client not heard keeps both leases until 30 minutes after its last heartbeat.
CREATE FUNCTION annotate_stale(lease_state text, claimed timestamptz, heard timestamptz, moment timestamptz)
RETURNS text LANGUAGE sql IMMUTABLE AS $$
    SELECT CASE
        WHEN lease_state = 'next' AND heard >= claimed + interval '10 minutes' THEN 'unopened'
        WHEN lease_state IN ('next', 'open') AND moment > heard + interval '30 minutes' THEN 'unheard'
    END
$$
;;
-- Seconds that the clock has run since the last command: it stops after 60 s without one.
CREATE FUNCTION annotate_ran(since timestamptz, moment timestamptz) RETURNS double precision LANGUAGE sql IMMUTABLE AS $$
    SELECT coalesce(least(greatest(extract(epoch FROM moment - since), 0), 60), 0)::double precision
$$
;;
-- Bulk changes of a project's tasks and leases wait for each other, so that they never lock rows in two orders.
CREATE FUNCTION annotate_bulk_lock(p_project uuid) RETURNS void LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(hashtextextended(p_project::text, 70))
$$
;;
-- Nobody holds a lease on paid work without an open qualification for its rules: not by direct SQL either.
CREATE FUNCTION annotate_guard_lease() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    found_task task%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' AND (NEW.task_id, NEW.person_id, NEW.project_id, NEW.study) = (OLD.task_id, OLD.person_id, OLD.project_id, OLD.study)
        AND (OLD.state IN ('next', 'open') OR NEW.state NOT IN ('next', 'open')) THEN
        RETURN NEW;
    END IF;
    SELECT * INTO found_task FROM task WHERE id = NEW.task_id;
    IF NOT FOUND OR found_task.project_id <> NEW.project_id THEN
        RAISE EXCEPTION 'lease.task: the task is not of this project' USING ERRCODE = 'TG002';
    END IF;
    IF found_task.person_id IS NOT NULL AND found_task.person_id <> NEW.person_id THEN
        RAISE EXCEPTION 'task.reserved: the task is reserved for someone else' USING ERRCODE = 'TG002';
    END IF;
    NEW.study := found_task.purpose IN ('practice', 'exam');
    IF NOT NEW.study AND NOT EXISTS (
        SELECT 1 FROM rule_version v
        JOIN qualification q ON q.project_id = v.project_id AND q.rule_major = v.major
        JOIN person p ON p.id = q.person_id
        WHERE v.id = NEW.rule_version_id AND v.project_id = NEW.project_id AND v.state = 'published'
            AND q.person_id = NEW.person_id AND q.state = 'open' AND p.active
    ) THEN
        RAISE EXCEPTION 'qualification.missing: no open qualification for these rules' USING ERRCODE = 'TG001';
    END IF;
    RETURN NEW;
END $$
;;
CREATE TRIGGER annotate_guard_lease BEFORE INSERT OR UPDATE OF state, task_id, person_id, project_id, study ON lease
FOR EACH ROW EXECUTE FUNCTION annotate_guard_lease()
;;
-- Ends a live lease: its slot goes back, and what was drawn is kept. False when it was not live.
CREATE FUNCTION annotate_end(p_lease uuid, p_state text, p_reason text, p_now timestamptz) RETURNS boolean
LANGUAGE plpgsql AS $$
DECLARE
    held lease%ROWTYPE;
BEGIN
    SELECT * INTO held FROM lease WHERE id = p_lease AND state IN ('next', 'open') FOR UPDATE;
    IF NOT FOUND THEN RETURN false; END IF;
    UPDATE lease SET state = p_state, end_reason = p_reason, ended_at = p_now,
        counted_seconds = counted_seconds + annotate_ran(last_command_at, least(p_now, heartbeat_at))
    WHERE id = p_lease;
    UPDATE task SET open_slots = open_slots + 1, state = CASE WHEN state = 'full' THEN 'open' ELSE state END,
        skips = skips + CASE WHEN p_state = 'skipped' THEN 1 ELSE 0 END
    WHERE id = held.task_id;
    IF p_state <> 'skipped' THEN
        DELETE FROM work WHERE task_id = held.task_id AND person_id = held.person_id;
    END IF;
    UPDATE draft SET reason = p_reason, updated_at = p_now,
        state = CASE WHEN p_state <> 'skipped' AND (labels IS NOT NULL OR nothing) THEN 'kept' ELSE 'used' END
    WHERE lease_id = p_lease AND state = 'live';
    RETURN true;
END $$
;;
-- Ends leases that have run out in a project, at most so many. Returns how many.
CREATE FUNCTION annotate_sweep(p_project uuid, p_now timestamptz, p_most integer) RETURNS integer
LANGUAGE plpgsql AS $$
DECLARE
    due record;
    ended integer := 0;
BEGIN
    FOR due IN
        SELECT id, annotate_stale(state, claimed_at, heartbeat_at, p_now) AS reason FROM lease
        WHERE project_id = p_project AND state IN ('next', 'open')
            AND annotate_stale(state, claimed_at, heartbeat_at, p_now) IS NOT NULL
        ORDER BY heartbeat_at LIMIT p_most FOR UPDATE SKIP LOCKED
    LOOP
        PERFORM annotate_end(due.id, 'expired', due.reason, p_now);
        ended := ended + 1;
    END LOOP;
    RETURN ended;
END $$
;;
-- Takes a slot of a task that the caller has locked, and makes the lease.
CREATE FUNCTION annotate_take(
    p_task uuid, p_person uuid, p_version uuid, p_slot text, p_now timestamptz, p_lease uuid
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    taken record;
BEGIN
    UPDATE task SET open_slots = open_slots - 1, rule_version_id = p_version,
        state = CASE WHEN open_slots = 1 THEN 'full' ELSE state END
    WHERE id = p_task RETURNING project_id, item_id INTO taken;
    INSERT INTO work (id, task_id, person_id, item_id) VALUES (annotate_new_id(p_now), p_task, p_person, taken.item_id);
    INSERT INTO lease (id, project_id, task_id, person_id, rule_version_id, prelabel_id, state, claimed_at, heartbeat_at,
        opened_at, last_command_at)
    VALUES (p_lease, taken.project_id, p_task, p_person, p_version,
        (SELECT id FROM prelabel WHERE item_id = taken.item_id AND state = 'live'), p_slot, p_now, p_now,
        CASE WHEN p_slot = 'open' THEN p_now END, CASE WHEN p_slot = 'open' THEN p_now END);
END $$
;;
-- The task a person gets next, locked: rework first, then hidden gold by its share, then ordinary by priority and rank.
-- Gold costs the same queries as ordinary work, and is given only where ordinary work is left, so neither time nor the
-- end of the queue tells them apart. `p_wanted` asks for one task (adopting a kept draft).
CREATE FUNCTION annotate_pick(p_project uuid, p_person uuid, p_gold_share double precision, p_wanted uuid)
RETURNS uuid LANGUAGE plpgsql AS $$
DECLARE
    picked uuid;
    hidden uuid;
BEGIN
    IF p_wanted IS NOT NULL THEN
        SELECT t.id INTO picked FROM task t
        WHERE t.id = p_wanted AND t.project_id = p_project AND t.open_slots > 0 AND t.state = 'open'
            AND t.purpose IN ('ordinary', 'gold') AND (t.person_id IS NULL OR t.person_id = p_person)
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
        AND (SELECT 1 FROM work w WHERE w.person_id = p_person AND w.item_id = t.item_id LIMIT 1) IS NULL
    ORDER BY t.priority DESC, t.rank LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF picked IS NOT NULL AND hidden IS NOT NULL AND random() < p_gold_share THEN RETURN hidden; END IF;
    RETURN picked;
END $$
;;
-- Whether a slot is open to a person that another transaction may hold locked at this moment.
CREATE FUNCTION annotate_left(p_project uuid, p_person uuid) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM task t
        WHERE t.project_id = p_project AND t.open_slots > 0 AND t.state = 'open' AND t.person_id IS NULL
            AND (SELECT 1 FROM work w WHERE w.person_id = p_person AND w.item_id = t.item_id LIMIT 1) IS NULL)
$$
;;
-- Hands a person the next task. status: claimed, held (they hold that slot already), or why not.
CREATE FUNCTION annotate_claim(
    p_project uuid, p_person uuid, p_slot text, p_gold_share double precision, p_now timestamptz, p_lease uuid,
    p_wanted uuid
) RETURNS TABLE (status text, lease_id uuid, elsewhere uuid) LANGUAGE plpgsql AS $$
DECLARE
    held record;
    facts record;
    mine uuid; -- the lease that fills the wanted slot
    mine_task uuid;
    waiting uuid; -- the preloaded one, when `open` is wanted
    waiting_task uuid;
    picked uuid;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended(p_person::text, 71));
    SELECT pr.state, pe.active, rv.id AS version, EXISTS (
            SELECT 1 FROM project_member m WHERE m.project_id = p_project AND m.person_id = p_person
                AND m.role IN ('annotator', 'inspector', 'trainer', 'manager')) AS member, EXISTS (
            SELECT 1 FROM qualification q WHERE q.person_id = p_person AND q.project_id = p_project
                AND q.rule_major = rv.major AND q.state = 'open') AS qualified
    INTO facts FROM project pr JOIN person pe ON pe.id = p_person LEFT JOIN LATERAL (
        SELECT v.id, v.major FROM rule_version v WHERE v.project_id = pr.id AND v.state = 'published'
        ORDER BY v.major DESC, v.minor DESC LIMIT 1) rv ON true
    WHERE pr.id = p_project;
    FOR held IN
        SELECT l.id, l.state, l.project_id, l.task_id, l.rule_version_id,
            annotate_stale(l.state, l.claimed_at, l.heartbeat_at, p_now) AS stale
        FROM lease l WHERE l.person_id = p_person AND l.state IN ('next', 'open') AND NOT l.study
    LOOP
        IF held.stale IS NOT NULL THEN
            PERFORM annotate_end(held.id, 'expired', held.stale, p_now);
        ELSIF held.state = 'next' AND held.project_id = p_project AND held.rule_version_id IS DISTINCT FROM facts.version THEN
            PERFORM annotate_end(held.id, 'returned', 'rule_changed', p_now);
        ELSIF p_slot = held.state OR (p_slot = 'open' AND held.project_id = p_project) THEN
            IF held.project_id <> p_project THEN
                RETURN QUERY SELECT 'lease.elsewhere', held.id, held.project_id;
                RETURN;
            END IF;
            IF held.state = p_slot THEN
                mine := held.id;
                mine_task := held.task_id;
            ELSE
                waiting := held.id;
                waiting_task := held.task_id;
            END IF;
        END IF;
    END LOOP;
    IF mine IS NULL AND waiting IS NOT NULL AND (p_wanted IS NULL OR waiting_task = p_wanted) THEN
        UPDATE lease SET state = 'open', opened_at = p_now, last_command_at = p_now, heartbeat_at = p_now WHERE id = waiting;
        mine := waiting;
        mine_task := waiting_task;
    END IF;
    IF mine IS NOT NULL THEN
        RETURN QUERY SELECT
            CASE WHEN p_wanted IS NULL OR mine_task = p_wanted THEN 'held' ELSE 'lease.limit' END, mine, p_project;
        RETURN;
    END IF;
    RETURN QUERY SELECT CASE
        WHEN facts.state IS NULL THEN 'project.missing'
        WHEN facts.state <> 'active' THEN 'project.' || facts.state
        WHEN NOT facts.active THEN 'person.inactive'
        WHEN NOT facts.member THEN 'role.missing'
        WHEN facts.version IS NULL THEN 'rules.none'
        WHEN NOT facts.qualified THEN 'qualification.missing'
    END, NULL::uuid, NULL::uuid WHERE (facts.state = 'active' AND facts.active AND facts.member AND facts.qualified) IS NOT TRUE;
    IF FOUND THEN RETURN; END IF;
    picked := annotate_pick(p_project, p_person, p_gold_share, p_wanted);
    IF picked IS NULL AND pg_try_advisory_xact_lock(hashtextextended(p_project::text, 70))
        AND annotate_sweep(p_project, p_now, 200) > 0 THEN
        picked := annotate_pick(p_project, p_person, p_gold_share, p_wanted);
    END IF;
    FOR attempt IN 1..8 LOOP
        EXIT WHEN picked IS NOT NULL OR p_wanted IS NOT NULL OR NOT annotate_left(p_project, p_person);
        PERFORM pg_sleep(0.01);
        picked := annotate_pick(p_project, p_person, p_gold_share, p_wanted);
    END LOOP;
    IF picked IS NULL THEN
        RETURN QUERY SELECT 'queue.empty', NULL::uuid, NULL::uuid;
        RETURN;
    END IF;
    PERFORM annotate_take(picked, p_person, facts.version, p_slot, p_now, p_lease);
    RETURN QUERY SELECT 'claimed', p_lease, NULL::uuid;
END $$
;;
-- Starts a reserved task (practice, exam) for its person, or goes on with it. Null when it cannot be started.
CREATE FUNCTION annotate_start_reserved(p_task uuid, p_person uuid, p_now timestamptz, p_lease uuid) RETURNS uuid
LANGUAGE plpgsql AS $$
DECLARE
    wanted task%ROWTYPE;
    held record;
BEGIN
    SELECT * INTO wanted FROM task WHERE id = p_task AND person_id = p_person AND purpose IN ('practice', 'exam') FOR UPDATE;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT l.id, annotate_stale(l.state, l.claimed_at, l.heartbeat_at, p_now) AS stale INTO held
    FROM lease l WHERE l.task_id = p_task AND l.person_id = p_person AND l.state = 'open';
    IF FOUND THEN
        IF held.stale IS NULL THEN RETURN held.id; END IF;
        PERFORM annotate_end(held.id, 'expired', held.stale, p_now);
        SELECT * INTO wanted FROM task WHERE id = p_task;
    END IF;
    IF wanted.open_slots = 0 OR wanted.state <> 'open' THEN RETURN NULL; END IF;
    PERFORM annotate_take(p_task, p_person, wanted.rule_version_id, 'open', p_now, p_lease);
    RETURN p_lease;
END $$
;;
-- The client of a person was heard: both leases live on, those that have run out end. Returns each and why it ended.
CREATE FUNCTION annotate_heard(p_person uuid, p_now timestamptz) RETURNS TABLE (lease_id uuid, reason text)
LANGUAGE plpgsql AS $$
DECLARE
    held record;
BEGIN
    FOR held IN
        SELECT l.id, coalesce(annotate_stale(l.state, l.claimed_at, l.heartbeat_at, p_now),
            annotate_stale(l.state, l.claimed_at, p_now, p_now)) AS stale
        FROM lease l WHERE l.person_id = p_person AND l.state IN ('next', 'open') ORDER BY l.id FOR UPDATE
    LOOP
        IF held.stale IS NULL THEN
            UPDATE lease SET heartbeat_at = greatest(heartbeat_at, p_now) WHERE id = held.id;
        ELSE
            PERFORM annotate_end(held.id, 'expired', held.stale, p_now);
        END IF;
        RETURN QUERY SELECT held.id, held.stale;
    END LOOP;
END $$
;;
-- Keeps the last state of an answer whose lease is gone, or could not be submitted, with the reason. Returns the draft.
CREATE FUNCTION annotate_keep(
    p_lease uuid, p_now timestamptz, p_labels jsonb, p_nothing boolean, p_state text, p_reason text
) RETURNS uuid LANGUAGE sql AS $$
    INSERT INTO draft (id, project_id, lease_id, task_id, person_id, seq, labels, nothing, state, reason, updated_at)
    SELECT annotate_new_id(p_now), l.project_id, l.id, l.task_id, l.person_id, l.last_seq, p_labels, p_nothing, p_state,
        p_reason, p_now
    FROM lease l WHERE l.id = p_lease
    ON CONFLICT ON CONSTRAINT uq_draft_lease_id DO UPDATE SET
        labels = coalesce(excluded.labels, draft.labels), seq = greatest(draft.seq, excluded.seq),
        nothing = CASE WHEN excluded.labels IS NULL THEN draft.nothing ELSE excluded.nothing END,
        state = CASE WHEN draft.state = 'used' AND excluded.state = 'live' THEN 'used' ELSE excluded.state END,
        reason = excluded.reason, updated_at = excluded.updated_at
    RETURNING id
$$
;;
-- Saves commands number p_from and on, and the state they lead to. Answers the last number stored.
-- status: saved, gap (the client resends from seq + 1), lost, submitted, not_open, missing.
-- p_times: the client's clock per command, in seconds; with p_offline they count the gaps, each at most 60 s, capped by
-- the time since the server last heard of this client.
CREATE FUNCTION annotate_save(
    p_lease uuid, p_person uuid, p_now timestamptz, p_from integer, p_commands jsonb, p_times double precision[],
    p_offline boolean, p_labels jsonb, p_nothing boolean
) RETURNS TABLE (status text, seq integer, reason text, draft_id uuid) LANGUAGE plpgsql AS $$
DECLARE
    held lease%ROWTYPE;
    given integer := jsonb_array_length(p_commands);
    known integer;
    fresh jsonb := p_commands;
    away double precision := 0;
    stale text;
    kept uuid;
BEGIN
    SELECT * INTO held FROM lease WHERE id = p_lease AND person_id = p_person FOR UPDATE;
    IF NOT FOUND THEN RETURN QUERY SELECT 'missing', 0, NULL::text, NULL::uuid; RETURN; END IF;
    stale := annotate_stale(held.state, held.claimed_at, held.heartbeat_at, p_now);
    IF stale IS NOT NULL THEN
        PERFORM annotate_end(p_lease, 'expired', stale, p_now);
        held.state := 'expired';
        held.end_reason := stale;
    END IF;
    IF held.state IN ('next', 'submitted') THEN
        RETURN QUERY SELECT CASE held.state WHEN 'next' THEN 'not_open' ELSE 'submitted' END, held.last_seq, NULL::text, NULL::uuid;
        RETURN;
    END IF;
    p_from := coalesce(p_from, held.last_seq + 1);
    known := held.last_seq - p_from + 1; -- so many of the given commands are stored already
    IF known < 0 AND held.state = 'open' THEN
        RETURN QUERY SELECT 'gap', held.last_seq, NULL::text, NULL::uuid;
        RETURN;
    END IF;
    IF known > 0 THEN
        SELECT coalesce(jsonb_agg(value ORDER BY nr), '[]') INTO fresh
        FROM jsonb_array_elements(p_commands) WITH ORDINALITY AS c(value, nr) WHERE nr > known;
    END IF;
    IF known >= 0 AND jsonb_array_length(fresh) > 0 THEN
        INSERT INTO draft_command (id, lease_id, seq_from, seq_to, commands)
        VALUES (annotate_new_id(p_now), p_lease, held.last_seq + 1, p_from + given - 1, fresh);
        held.last_seq := p_from + given - 1;
    ELSIF held.state = 'open' AND (known > given OR p_labels IS NULL) THEN -- an old save, or nothing new: only a sign of life
        UPDATE lease SET heartbeat_at = greatest(heartbeat_at, p_now) WHERE id = p_lease;
        RETURN QUERY SELECT 'saved', held.last_seq, NULL::text, NULL::uuid;
        RETURN;
    END IF;
    IF held.state <> 'open' THEN
        UPDATE lease SET last_seq = held.last_seq WHERE id = p_lease;
        kept := annotate_keep(p_lease, p_now, p_labels, p_nothing, 'kept', held.end_reason);
        RETURN QUERY SELECT 'lost', held.last_seq, held.end_reason, kept;
        RETURN;
    END IF;
    IF p_offline THEN
        SELECT coalesce(sum(least(greatest(gap, 0), 60)), 0) INTO away FROM (
            SELECT at - lag(at) OVER (ORDER BY nr) AS gap, nr FROM unnest(p_times) WITH ORDINALITY AS c(at, nr)) gaps
        WHERE nr > greatest(known, 0);
        away := least(away, greatest(extract(epoch FROM p_now - held.heartbeat_at), 0));
    END IF;
    UPDATE lease SET last_seq = held.last_seq, last_command_at = p_now, heartbeat_at = greatest(heartbeat_at, p_now),
        offline_seconds = offline_seconds + away,
        counted_seconds = counted_seconds
            + annotate_ran(last_command_at, CASE WHEN p_offline THEN least(heartbeat_at, p_now) ELSE p_now END)
    WHERE id = p_lease;
    kept := annotate_keep(p_lease, p_now, p_labels, p_nothing, 'live', NULL);
    RETURN QUERY SELECT 'saved', held.last_seq, NULL::text, kept;
END $$
;;
-- Writes a submitted answer, the item's label state and the events `annotation.submitted` and `task.done`, all in one
-- call because this is the hottest path; the caller has locked the lease and checked the labels.
-- status: ok, revision.stale (someone wrote a newer revision), annotation.deleted.
CREATE FUNCTION annotate_submit(
    p_lease uuid, p_now timestamptz, p_annotation uuid, p_revision uuid, p_base integer, p_labels jsonb, p_nothing boolean,
    p_commands bytea, p_key text, p_count integer, p_keys jsonb
) RETURNS TABLE (status text, annotation_id uuid, revision integer, task_done boolean, next_lease uuid)
LANGUAGE plpgsql AS $$
DECLARE
    held lease%ROWTYPE;
    whole task%ROWTYPE;
    target uuid;
    number integer;
    spent double precision;
    finished boolean;
BEGIN
    SELECT * INTO held FROM lease WHERE id = p_lease;
    SELECT * INTO whole FROM task WHERE id = held.task_id;
    target := whole.rework_of;
    IF target IS NULL THEN
        SELECT a.id INTO target FROM annotation a WHERE a.task_id = whole.id AND a.person_id = held.person_id;
    END IF;
    IF target IS NULL THEN
        target := p_annotation;
        number := 1;
        IF p_base <> 0 THEN RETURN QUERY SELECT 'revision.stale', NULL::uuid, 0, false, NULL::uuid; RETURN; END IF;
        INSERT INTO annotation (id, project_id, task_id, item_id, person_id, purpose, state, revision, current_revision_id,
            rule_version_id, label_count, label_keys, submitted_at)
        VALUES (target, held.project_id, whole.id, whole.item_id, held.person_id, whole.purpose, 'submitted', 1, p_revision,
            held.rule_version_id, p_count, p_keys, p_now);
    ELSE
        UPDATE annotation a SET revision = a.revision + 1, current_revision_id = p_revision, state = 'submitted',
            rule_version_id = held.rule_version_id, label_count = p_count, label_keys = p_keys, submitted_at = p_now
        WHERE a.id = target AND a.revision = p_base AND a.state <> 'deleted' RETURNING a.revision INTO number;
        IF number IS NULL THEN
            RETURN QUERY SELECT CASE WHEN a.state = 'deleted' THEN 'annotation.deleted' ELSE 'revision.stale' END,
                a.id, a.revision, false, NULL::uuid FROM annotation a WHERE a.id = target;
            RETURN;
        END IF;
    END IF;
    UPDATE lease SET state = 'submitted', ended_at = p_now, heartbeat_at = greatest(heartbeat_at, p_now),
        counted_seconds = counted_seconds + annotate_ran(last_command_at, p_now)
    WHERE id = p_lease RETURNING counted_seconds INTO spent;
    INSERT INTO annotation_revision (id, annotation_id, number, base, author_id, lease_id, rule_version_id, labels, nothing,
        seconds, offline_seconds, commands, submit_key, reason)
    VALUES (p_revision, target, number, p_base, held.person_id, p_lease, held.rule_version_id, p_labels, p_nothing,
        spent, held.offline_seconds, p_commands, p_key, CASE WHEN whole.rework_of IS NULL THEN 'submit' ELSE 'rework' END);
    UPDATE task SET answered = answered + 1,
        state = CASE WHEN answered + 1 >= needed AND state IN ('open', 'full') THEN 'done' ELSE state END
    WHERE id = whole.id RETURNING state = 'done' INTO finished;
    IF held.last_seq > 0 THEN
        DELETE FROM draft_command c WHERE c.lease_id = p_lease;
    END IF;
    UPDATE draft SET state = 'used', reason = 'submitted', labels = NULL, updated_at = p_now WHERE draft.lease_id = p_lease;
    INSERT INTO event (id, kind, payload) VALUES (annotate_new_id(p_now), 'annotation.submitted', jsonb_build_object(
        'annotation_id', target, 'revision_id', p_revision, 'revision', number, 'task_id', whole.id, 'item_id', whole.item_id,
        'person_id', held.person_id, 'project_id', held.project_id, 'purpose', whole.purpose, 'attempt_id', whole.attempt_id,
        'gold_id', whole.gold_id, 'label_count', p_count, 'rework', whole.rework_of IS NOT NULL));
    IF finished THEN
        INSERT INTO event (id, kind, payload) VALUES (annotate_new_id(p_now), 'task.done', jsonb_build_object(
            'task_id', whole.id, 'item_id', whole.item_id, 'project_id', held.project_id, 'purpose', whole.purpose));
    END IF;
    IF whole.purpose IN ('ordinary', 'gold') THEN
        UPDATE item SET label_state = 'submitted' WHERE id = whole.item_id AND label_state <> 'submitted';
        INSERT INTO person_count AS c (id, project_id, person_id, submitted, labels, seconds, done)
        VALUES (annotate_new_id(p_now), held.project_id, held.person_id, 1, p_count, spent + held.offline_seconds,
            CASE WHEN finished AND whole.purpose = 'ordinary' AND whole.rework_of IS NULL THEN 1 ELSE 0 END)
        ON CONFLICT ON CONSTRAINT uq_person_count_project_id_person_id DO UPDATE SET submitted = c.submitted + 1,
            labels = c.labels + excluded.labels, seconds = c.seconds + excluded.seconds, done = c.done + excluded.done;
    END IF;
    RETURN QUERY SELECT 'ok', target, number, finished, (
        SELECT l.id FROM lease l WHERE l.person_id = held.person_id AND l.state = 'next' AND NOT l.study
            AND l.project_id = held.project_id);
END $$
