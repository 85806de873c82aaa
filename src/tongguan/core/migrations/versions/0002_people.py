"""Accounts and organizations behind definer functions; people and qualifications under row-level security."""

from alembic import op

from tongguan.core.migrations.security import APP_ROLE, secure

revision = "0002"
down_revision: str | None = "0001"

# The exceptions of CONTRACTS section 3: the application role has no right on these tables at all.
IDENTITY = (
    "organization",
    "account",
    "membership",
    "session",
    "token",
    "invitation",
    "one_time_link",
    "login_attempt",
)

TABLES = """
CREATE TABLE organization (
    id uuid PRIMARY KEY,
    name text NOT NULL,
    time_zone text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE account (
    id uuid PRIMARY KEY,
    email text NOT NULL,
    password_hash text,
    language text NOT NULL DEFAULT 'zh',
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE UNIQUE INDEX uq_account_email ON account (lower(email));
CREATE TABLE membership (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL REFERENCES organization (id),
    account_id uuid NOT NULL REFERENCES account (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (org_id, account_id)
);
CREATE TABLE session (
    id uuid PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    membership_id uuid NOT NULL REFERENCES membership (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    address text NOT NULL DEFAULT '',
    agent text NOT NULL DEFAULT ''
);
CREATE INDEX ix_session_membership_id ON session (membership_id);
CREATE TABLE token (
    id uuid PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    membership_id uuid NOT NULL REFERENCES membership (id),
    name text NOT NULL,
    hint text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX ix_token_membership_id ON token (membership_id);
CREATE TABLE invitation (
    id uuid PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    org_id uuid NOT NULL REFERENCES organization (id),
    email text NOT NULL,
    name text NOT NULL,
    level smallint NOT NULL,
    org_role text NOT NULL,
    roles jsonb NOT NULL,
    invited_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX ix_invitation_org_id ON invitation (org_id);
CREATE TABLE one_time_link (
    id uuid PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    purpose text NOT NULL CHECK (purpose IN ('first_start', 'sign_in', 'reset')),
    membership_id uuid REFERENCES membership (id),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE TABLE login_attempt (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    email text NOT NULL,
    address text NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_login_attempt_at ON login_attempt (at);
CREATE TABLE person (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    name text NOT NULL,
    email text NOT NULL DEFAULT '',
    org_role text NOT NULL DEFAULT 'member' CHECK (org_role IN ('owner', 'member')),
    level smallint NOT NULL DEFAULT 1 CHECK (level BETWEEN 1 AND 5),
    active boolean NOT NULL DEFAULT true,
    language text NOT NULL DEFAULT 'zh'
);
CREATE INDEX ix_person_org_id_id ON person (org_id, id);
CREATE TABLE qualification (
    id uuid PRIMARY KEY,
    org_id uuid NOT NULL DEFAULT (current_setting('tongguan.org_id'))::uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    person_id uuid NOT NULL REFERENCES person (id),
    project_id uuid NOT NULL,
    rule_major integer NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'closed')),
    source text NOT NULL CHECK (source IN ('exam', 'granted')),
    attempt_id uuid,
    granted_by uuid,
    reason text,
    closed_at timestamptz,
    CONSTRAINT uq_qualification_person_id_project_id_rule_major UNIQUE (person_id, project_id, rule_major)
);
CREATE INDEX ix_qualification_project_id ON qualification (project_id)
"""

FUNCTIONS = """
CREATE FUNCTION auth_person(wanted uuid) RETURNS TABLE (
    org_id uuid, person_id uuid, account_id uuid, org_role text, name text, level smallint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.org_id, m.id, m.account_id, p.org_role, p.name, p.level
    FROM membership m JOIN person p ON p.id = m.id WHERE m.id = wanted AND p.active
$$;;
CREATE FUNCTION auth_session(wanted bytea, moment timestamptz, days integer) RETURNS TABLE (
    session_id uuid, org_id uuid, person_id uuid, account_id uuid, org_role text, name text, level smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE held session%ROWTYPE;
BEGIN
    SELECT * INTO held FROM session s WHERE s.hash = wanted AND s.expires_at > moment;
    IF NOT FOUND THEN RETURN; END IF;
    IF held.last_seen_at < moment - interval '5 minutes' THEN
        UPDATE session s SET last_seen_at = moment, expires_at = moment + make_interval(days => days)
        WHERE s.id = held.id;
    END IF;
    RETURN QUERY SELECT held.id, a.* FROM auth_person(held.membership_id) a;
END $$;;
CREATE FUNCTION auth_token(wanted bytea, moment timestamptz) RETURNS TABLE (
    session_id uuid, org_id uuid, person_id uuid, account_id uuid, org_role text, name text, level smallint)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE held token%ROWTYPE;
BEGIN
    SELECT * INTO held FROM token t
    WHERE t.hash = wanted AND t.revoked_at IS NULL AND (t.expires_at IS NULL OR t.expires_at > moment);
    IF NOT FOUND THEN RETURN; END IF;
    IF held.last_used_at IS NULL OR held.last_used_at < moment - interval '5 minutes' THEN
        UPDATE token t SET last_used_at = moment WHERE t.id = held.id;
    END IF;
    RETURN QUERY SELECT held.id, a.* FROM auth_person(held.membership_id) a;
END $$;;
CREATE FUNCTION auth_account(wanted text) RETURNS TABLE (
    account_id uuid, membership_id uuid, password_hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.id, m.id, a.password_hash FROM account a
    JOIN membership m ON m.account_id = a.id JOIN person p ON p.id = m.id AND p.active
    WHERE lower(a.email) = lower(wanted)
    ORDER BY (SELECT max(s.last_seen_at) FROM session s WHERE s.membership_id = m.id) DESC NULLS LAST, m.id LIMIT 1
$$;;
CREATE FUNCTION auth_failures(wanted text, source text, since timestamptz) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT count(*) FROM login_attempt l
    WHERE l.at > since AND (lower(l.email) = lower(wanted) OR (source <> '' AND l.address = source))
$$;;
CREATE FUNCTION auth_note_failure(wanted text, source text, moment timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    DELETE FROM login_attempt l WHERE l.at < moment - interval '1 day';
    INSERT INTO login_attempt (email, address, at) VALUES (left(wanted, 200), source, moment)
$$;;
CREATE FUNCTION auth_start_session(
    new_id uuid, new_hash bytea, member uuid, until timestamptz, source text, program text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO session (id, hash, membership_id, expires_at, address, agent)
    VALUES (new_id, new_hash, member, until, source, left(program, 300))
$$;;
CREATE FUNCTION auth_sessions(member uuid) RETURNS TABLE (
    id uuid, created_at timestamptz, last_seen_at timestamptz, expires_at timestamptz, address text, agent text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT s.id, s.created_at, s.last_seen_at, s.expires_at, s.address, s.agent
    FROM session s WHERE s.membership_id = member ORDER BY s.last_seen_at DESC
$$;;
CREATE FUNCTION auth_end_sessions(member uuid, only_one uuid) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (DELETE FROM session s WHERE s.membership_id = member AND (only_one IS NULL OR s.id = only_one)
                  RETURNING 1) SELECT count(*) FROM gone
$$;;
CREATE FUNCTION auth_new_token(
    new_id uuid, new_hash bytea, member uuid, label text, ending text, until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO token (id, hash, membership_id, name, hint, expires_at)
    VALUES (new_id, new_hash, member, label, ending, until)
$$;;
CREATE FUNCTION auth_tokens(member uuid) RETURNS TABLE (
    id uuid, name text, hint text, created_at timestamptz, expires_at timestamptz, last_used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT t.id, t.name, t.hint, t.created_at, t.expires_at, t.last_used_at FROM token t
    WHERE t.membership_id = member AND t.revoked_at IS NULL ORDER BY t.id DESC
$$;;
CREATE FUNCTION auth_revoke_tokens(member uuid, only_one uuid) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (UPDATE token t SET revoked_at = now()
                  WHERE t.membership_id = member AND t.revoked_at IS NULL AND (only_one IS NULL OR t.id = only_one)
                  RETURNING 1) SELECT count(*) FROM gone
$$;;
CREATE FUNCTION auth_new_link(
    new_id uuid, new_hash bytea, what text, member uuid, until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO one_time_link (id, hash, purpose, membership_id, expires_at)
    VALUES (new_id, new_hash, what, member, until)
$$;;
CREATE FUNCTION auth_use_link(wanted bytea, moment timestamptz, spend boolean) RETURNS TABLE (
    purpose text, membership_id uuid, org_id uuid, email text, name text, used boolean, expired boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT l.purpose, l.membership_id, m.org_id, a.email, p.name, l.used_at IS NOT NULL, l.expires_at <= moment
        FROM one_time_link l LEFT JOIN membership m ON m.id = l.membership_id
        LEFT JOIN account a ON a.id = m.account_id LEFT JOIN person p ON p.id = m.id
        WHERE l.hash = wanted FOR UPDATE OF l;
    IF spend THEN
        UPDATE one_time_link l SET used_at = moment
        WHERE l.hash = wanted AND l.used_at IS NULL AND l.expires_at > moment;
    END IF;
END $$;;
CREATE FUNCTION auth_set_password(member uuid, fresh text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE account a SET password_hash = fresh FROM membership m WHERE m.id = member AND a.id = m.account_id
$$;;
CREATE FUNCTION auth_password_of(member uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT a.password_hash FROM account a JOIN membership m ON m.account_id = a.id WHERE m.id = member
$$;;
CREATE FUNCTION auth_has_accounts() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM account)
$$;;
CREATE FUNCTION auth_new_organization(new_id uuid, title text, zone text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO organization (id, name, time_zone) VALUES (new_id, title, zone)
$$;;
CREATE FUNCTION auth_new_member(
    member uuid, organization uuid, new_account uuid, address text, secret text) RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE existing uuid;
BEGIN
    SELECT a.id INTO existing FROM account a WHERE lower(a.email) = lower(address);
    IF existing IS NULL THEN
        INSERT INTO account (id, email, password_hash) VALUES (new_account, address, secret);
        existing := new_account;
    END IF;
    INSERT INTO membership (id, org_id, account_id) VALUES (member, organization, existing);
    RETURN existing;
END $$;;
CREATE FUNCTION auth_account_exists(address text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT EXISTS (SELECT 1 FROM account a WHERE lower(a.email) = lower(address))
$$;;
CREATE FUNCTION auth_organizations() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT id FROM organization ORDER BY id
$$;;
CREATE FUNCTION auth_owners() RETURNS TABLE (membership_id uuid, email text, name text, organization text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT p.id, a.email, p.name, o.name FROM person p JOIN membership m ON m.id = p.id
    JOIN account a ON a.id = m.account_id JOIN organization o ON o.id = p.org_id
    WHERE p.active AND p.org_role = 'owner' ORDER BY p.id
$$;;
CREATE FUNCTION auth_member_by_email(address text) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT m.id FROM membership m JOIN account a ON a.id = m.account_id WHERE lower(a.email) = lower(address) LIMIT 1
$$;;
CREATE FUNCTION org_here() RETURNS TABLE (id uuid, name text, time_zone text, created_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT o.id, o.name, o.time_zone, o.created_at FROM organization o
    WHERE o.id = (current_setting('tongguan.org_id'))::uuid
$$;;
CREATE FUNCTION org_change(title text, zone text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    UPDATE organization o SET name = title, time_zone = zone WHERE o.id = (current_setting('tongguan.org_id'))::uuid
$$;;
CREATE FUNCTION org_invite(
    new_id uuid, new_hash bytea, address text, title text, lvl smallint, role text, grants jsonb, who uuid,
    until timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    INSERT INTO invitation (id, hash, org_id, email, name, level, org_role, roles, invited_by, expires_at)
    VALUES (new_id, new_hash, (current_setting('tongguan.org_id'))::uuid, address, title, lvl, role, grants, who, until)
$$;;
CREATE FUNCTION org_invitations() RETURNS TABLE (
    id uuid, email text, name text, level smallint, org_role text, roles jsonb, invited_by uuid,
    created_at timestamptz, expires_at timestamptz, used_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
    SELECT i.id, i.email, i.name, i.level, i.org_role, i.roles, i.invited_by, i.created_at, i.expires_at, i.used_at
    FROM invitation i WHERE i.org_id = (current_setting('tongguan.org_id'))::uuid AND i.revoked_at IS NULL
    ORDER BY i.id DESC
$$;;
CREATE FUNCTION org_revoke_invitation(wanted uuid) RETURNS bigint
LANGUAGE sql SECURITY DEFINER SET search_path = public, pg_temp AS $$
    WITH gone AS (UPDATE invitation i SET revoked_at = now()
                  WHERE i.id = wanted AND i.org_id = (current_setting('tongguan.org_id'))::uuid
                    AND i.used_at IS NULL AND i.revoked_at IS NULL RETURNING 1) SELECT count(*) FROM gone
$$;;
CREATE FUNCTION auth_use_invitation(wanted bytea, moment timestamptz, spend boolean) RETURNS TABLE (
    id uuid, org_id uuid, organization text, email text, name text, level smallint, org_role text, roles jsonb,
    used boolean, expired boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    RETURN QUERY
        SELECT i.id, i.org_id, o.name, i.email, i.name, i.level, i.org_role, i.roles,
               i.used_at IS NOT NULL OR i.revoked_at IS NOT NULL, i.expires_at <= moment
        FROM invitation i JOIN organization o ON o.id = i.org_id WHERE i.hash = wanted FOR UPDATE OF i;
    IF spend THEN
        UPDATE invitation i SET used_at = moment
        WHERE i.hash = wanted AND i.used_at IS NULL AND i.revoked_at IS NULL AND i.expires_at > moment;
    END IF;
END $$
"""


def upgrade() -> None:
    """Creates the tables and functions."""
    for statement in filter(str.strip, TABLES.split(";\n")):
        op.execute(statement)
    for table in IDENTITY:
        op.execute(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY')
        op.execute(f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY')
        op.execute(f'CREATE POLICY by_owner ON "{table}" TO CURRENT_USER USING (true) WITH CHECK (true)')
    secure(op, "person", "qualification")
    op.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC")
    for statement in filter(str.strip, FUNCTIONS.split(";;\n")):
        op.execute(statement)
    op.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA public TO {APP_ROLE}")
    op.execute(f"ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT EXECUTE ON FUNCTIONS TO {APP_ROLE}")


def downgrade() -> None:
    """Not offered: a backup is made before every migration."""
