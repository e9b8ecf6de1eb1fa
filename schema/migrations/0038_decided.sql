-- SPDX-License-Identifier: Apache-2.0
-- Decisions in full: which organisation decides, on which day, with which words; decisions other than
-- the proposal, and entries that are taken off. And the notices that go out with each.
--
-- Basis: Order 745 Art. 10; guiding opinions 1960 (2020), III(1): the operator and the Ministry of
-- Public Security are told the result in time; the list is adjusted, with a reason each time.

ALTER TABLE cadastre.norm_pack ADD COLUMN designates bool NOT NULL DEFAULT true,
	ADD COLUMN boundary text NOT NULL DEFAULT '',
	ADD COLUMN boundary_basis text NOT NULL DEFAULT '';
COMMENT ON COLUMN cadastre.norm_pack.boundary IS
	'How far the boundary of a system reaches that it designates; empty: as usual';
COMMENT ON COLUMN cadastre.norm_pack.boundary_basis IS 'What that rests on';
COMMENT ON COLUMN cadastre.norm_pack.designates IS
	'Its outcome can be cii: an entry of the list can rest on it';

-- ---- decisions ----------------------------------------------------------------------------------

-- Every decision is a row: the system is on the list (cii), it was decided that it is not (not), or its
-- entry was taken off (withdrawn). Of each system one row is open; what it says holds until the next.
-- When that comes the open row is kept as it was known, and a copy says until when it was valid.

ALTER TABLE cadastre.designation
	ADD COLUMN authority text NOT NULL DEFAULT '',
	ADD COLUMN decided date,
	ADD COLUMN words text NOT NULL DEFAULT '',
	ADD COLUMN boundary_id int8,
	ADD COLUMN decision_id int8,
	ADD COLUMN entered timestamptz;
UPDATE cadastre.designation d SET
	decided = (d.valid_from AT TIME ZONE 'UTC')::date,
	decision_id = CASE WHEN d.valid_until IS NULL THEN d.id ELSE d.replaces END,
	entered = CASE WHEN d.valid_until IS NULL THEN d.recorded ELSE (
		SELECT o.recorded FROM cadastre.designation o WHERE o.id = d.replaces) END;
ALTER TABLE cadastre.designation
	ALTER COLUMN decided SET NOT NULL,
	ALTER COLUMN decision_id SET NOT NULL,
	ALTER COLUMN entered SET NOT NULL,
	DROP CONSTRAINT designation_reason_check,
	ADD CONSTRAINT designation_reason_check CHECK (reason IN ('initial', 'change', 'norm change',
		'override', 'correction', 'withdrawal')),
	ADD CONSTRAINT designation_outcome_check CHECK (outcome IN ('cii', 'not', 'withdrawn')),
	ADD CONSTRAINT designation_number_check CHECK ((list_no = '') = (outcome = 'not')),
	ADD CONSTRAINT designation_words_check CHECK (words <> ''
		OR (outcome = 'cii' AND reason <> 'override')),
	ADD CONSTRAINT designation_valid_check CHECK (valid_until IS NULL OR valid_until >= valid_from)
		NOT VALID,
	ADD CONSTRAINT designation_known_check CHECK (superseded IS NULL OR superseded > recorded)
		NOT VALID;
CREATE INDEX designation_recorded ON cadastre.designation (recorded);
CREATE INDEX designation_decision_no ON cadastre.designation (decision_no);
CREATE INDEX designation_decision ON cadastre.designation (decision_id);

COMMENT ON TABLE cadastre.designation IS
	'Decisions of officials: the CII list in all its versions, what was decided not to be on it, and what was taken off';
COMMENT ON COLUMN cadastre.designation.list_no IS 'number on the list; empty: decided not to be on it';
COMMENT ON COLUMN cadastre.designation.outcome IS 'cii: on the list; not; withdrawn: taken off the list';
COMMENT ON COLUMN cadastre.designation.eval_id IS
	'the proposal that was decided on; of what was taken off: the newest one at that time';
COMMENT ON COLUMN cadastre.designation.authority IS 'organisation that decided: the official''s';
COMMENT ON COLUMN cadastre.designation.decided IS 'day of the decision';
COMMENT ON COLUMN cadastre.designation.reason IS 'why the list changes';
COMMENT ON COLUMN cadastre.designation.words IS 'the reason in the official''s words';
COMMENT ON COLUMN cadastre.designation.boundary_id IS 'the decided boundary that goes with it';
COMMENT ON COLUMN cadastre.designation.decision_id IS
	'id of the row by which the decision was recorded: its own, or that of which it is a copy';
COMMENT ON COLUMN cadastre.designation.entered IS 'when the decision was recorded first';
COMMENT ON COLUMN cadastre.designation.recorded IS 'when the register learnt what this row says';

-- Writes one decision. The caller has found the system, its proposal, its number and its words, and
-- holds the lock of identification; order in both times is checked here as well.
CREATE FUNCTION cadastre.designation_decide(a_realm int4, a_system text, an_outcome text,
	a_list_no text, a_proposal int8, an_authority text, an_official text, a_number text,
	a_day date, a_reason text, some_words text, some_evidence text, a_boundary int8,
	from_when timestamptz, known_from timestamptz) RETURNS int8 LANGUAGE plpgsql
-- Many decisions may be one statement, over which the table grows.
SET plan_cache_mode = force_custom_plan AS $$
DECLARE
	old cadastre.designation;
	made int8 := nextval(pg_get_serial_sequence('cadastre.designation', 'id'));
BEGIN
	SELECT * INTO old FROM cadastre.designation d
	WHERE d.realm_id = a_realm AND d.system = a_system AND d.valid_until IS NULL
		AND d.superseded IS NULL FOR UPDATE;
	IF FOUND THEN
		IF from_when < old.valid_from OR a_day < old.decided OR known_from <= old.recorded THEN
			RAISE EXCEPTION 'decision % on system % would come before %', a_number,
				a_system, old.decision_no;
		END IF;
		UPDATE cadastre.designation d SET superseded = known_from WHERE d.id = old.id;
		INSERT INTO cadastre.designation (list_no, realm_id, system, outcome, eval_id, pack,
			version, pack_sha256, official, decision_no, reason, evidence, valid_from,
			valid_until, recorded, replaces, authority, decided, words, boundary_id,
			decision_id, entered)
		VALUES (old.list_no, old.realm_id, old.system, old.outcome, old.eval_id, old.pack,
			old.version, old.pack_sha256, old.official, old.decision_no, old.reason,
			old.evidence, old.valid_from, from_when, known_from, old.id, old.authority,
			old.decided, old.words, old.boundary_id, old.decision_id, old.entered);
	END IF;
	INSERT INTO cadastre.designation (id, list_no, realm_id, system, outcome, eval_id, pack, version,
		pack_sha256, official, decision_no, reason, evidence, valid_from, recorded, replaces,
		authority, decided, words, boundary_id, decision_id, entered)
	OVERRIDING SYSTEM VALUE
	SELECT made, a_list_no, a_realm, a_system, an_outcome, e.id, e.pack, e.version, e.pack_sha256,
		an_official, a_number, a_reason, some_evidence, from_when, known_from, old.id,
		an_authority, a_day, some_words, a_boundary, made, known_from
	FROM cadastre.norm_eval e WHERE e.id = a_proposal;
	IF NOT FOUND THEN
		RAISE EXCEPTION 'there is no proposal %', a_proposal;
	END IF;
	RETURN made;
END $$;
COMMENT ON FUNCTION cadastre.designation_decide(int4, text, text, text, int8, text, text, text, date,
	text, text, text, int8, timestamptz, timestamptz) IS
	'Writes a decision: ends the open one of its system, keeps what was known, and opens the new one';

CREATE FUNCTION cadastre.designation_at(valid timestamptz, known timestamptz)
RETURNS SETOF cadastre.designation LANGUAGE sql STABLE AS $$
	SELECT * FROM cadastre.designation d
	WHERE d.recorded <= coalesce(known, 'infinity')
		AND (d.superseded IS NULL OR d.superseded > coalesce(known, 'infinity'))
		AND d.valid_from <= valid AND (d.valid_until IS NULL OR d.valid_until > valid)
$$;
COMMENT ON FUNCTION cadastre.designation_at(timestamptz, timestamptz) IS
	'Decisions as they were valid at one time, as they were known at another (NULL: now): one row for each system that was decided on';

-- ---- notices ------------------------------------------------------------------------------------

-- A row is a notice as it was known for some time: a change of state is a row of its own, as with
-- designations. `id` is the notice's.
CREATE SEQUENCE cadastre.notice_id;
CREATE TABLE cadastre.notice (
	version int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	id int8 NOT NULL,
	kind text NOT NULL CHECK (kind ~ '^[a-z][a-z-]{0,39}$'),
	state text NOT NULL CHECK (state IN ('draft', 'sent', 'acknowledged')),
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	designation_id int8 REFERENCES cadastre.designation,
	case_id int8,
	from_org text NOT NULL,
	from_name text NOT NULL,
	to_org text NOT NULL,
	to_name text NOT NULL,
	basis text NOT NULL,
	subject_zh text NOT NULL,
	subject_en text NOT NULL,
	text_zh text NOT NULL,
	text_en text NOT NULL,
	made date NOT NULL,
	send_due date NOT NULL,
	ack_days int4 NOT NULL CHECK (ack_days BETWEEN 1 AND 3660),
	number text NOT NULL DEFAULT '',
	issued date,
	ack_due date,
	acknowledged date,
	acknowledged_by text NOT NULL DEFAULT '',
	response text NOT NULL DEFAULT '',
	recorded timestamptz NOT NULL,
	superseded timestamptz,
	CHECK ((state = 'draft') = (issued IS NULL)),
	CHECK ((state = 'acknowledged') = (acknowledged IS NOT NULL)),
	CHECK (issued IS NULL OR (issued >= made AND number <> '' AND ack_due = issued + ack_days)),
	CHECK (acknowledged IS NULL OR (acknowledged >= issued AND acknowledged_by <> '')),
	CHECK (superseded IS NULL OR superseded > recorded)
);
CREATE UNIQUE INDEX notice_current_id ON cadastre.notice (id) WHERE superseded IS NULL;
CREATE INDEX notice_number ON cadastre.notice (number) WHERE superseded IS NULL AND number <> '';
CREATE INDEX notice_designation ON cadastre.notice (designation_id);
CREATE INDEX notice_system ON cadastre.notice (realm_id, system);
COMMENT ON TABLE cadastre.notice IS
	'Notices to other organisations, in all their versions: drafted, sent under a number, acknowledged';
COMMENT ON COLUMN cadastre.notice.kind IS
	'identification-result: to the operator; report: to the Ministry or another organ of public security';
COMMENT ON COLUMN cadastre.notice.system IS 'the system that it is about; empty: none';
COMMENT ON COLUMN cadastre.notice.designation_id IS 'the decision that it tells of: designation.decision_id';
COMMENT ON COLUMN cadastre.notice.case_id IS 'the case that was received when it was decided: what it tells of ends it';
COMMENT ON COLUMN cadastre.notice.to_org IS 'its id in the register; empty: addressed by name';
COMMENT ON COLUMN cadastre.notice.made IS 'day of what it tells of: it is not sent before';
COMMENT ON COLUMN cadastre.notice.send_due IS 'day by which it should have been sent';
COMMENT ON COLUMN cadastre.notice.ack_days IS 'days after it was sent in which it is acknowledged';
COMMENT ON COLUMN cadastre.notice.number IS 'number under which it was sent';
COMMENT ON COLUMN cadastre.notice.superseded IS
	'when the register learnt that this is to be read from a later version';

-- Overdue: not sent by the day, or not acknowledged by the day. Days are those of UTC.
CREATE VIEW cadastre.notice_current AS
SELECT n.id, n.kind, n.state, r.name AS realm, n.system, n.designation_id,
	n.case_id, n.from_org, n.from_name, n.to_org, n.to_name, n.basis, n.made, n.send_due,
	n.number, n.issued, n.ack_due, n.acknowledged, n.acknowledged_by, n.response,
	CASE n.state WHEN 'draft' THEN n.send_due WHEN 'sent' THEN n.ack_due END AS due,
	coalesce(CASE n.state WHEN 'draft' THEN n.send_due WHEN 'sent' THEN n.ack_due END
		< (now() AT TIME ZONE 'UTC')::date, false) AS overdue,
	n.subject_zh, n.subject_en, n.text_zh, n.text_en, n.recorded, n.realm_id
FROM cadastre.notice n JOIN cadastre.realm r USING (realm_id)
WHERE n.superseded IS NULL;
COMMENT ON VIEW cadastre.notice_current IS 'Notices as they stand now';
COMMENT ON COLUMN cadastre.notice_current.due IS
	'the day of what comes next: to be sent, or to be acknowledged; NULL: nothing is awaited';
COMMENT ON COLUMN cadastre.notice_current.overdue IS 'that day has passed';
COMMENT ON COLUMN cadastre.notice_current.designation_id IS
	'the decision that it tells of: designation_history.decision_id';

-- ---- views for people -----------------------------------------------------------------------------

CREATE OR REPLACE VIEW cadastre.designation_list AS
SELECT d.list_no, r.name AS realm, d.system, d.outcome, d.pack, d.version, d.official,
	d.decision_no, d.reason, d.evidence, d.valid_from, d.recorded, d.realm_id, d.id,
	d.authority, d.decided, d.words, d.boundary_id, d.eval_id, d.decision_id
FROM cadastre.designation d JOIN cadastre.realm r USING (realm_id)
WHERE d.superseded IS NULL AND d.outcome = 'cii' AND d.valid_from <= now()
	AND (d.valid_until IS NULL OR d.valid_until > now());
COMMENT ON COLUMN cadastre.designation_list.reason IS
	'why the list changed: initial, change, norm change, override';
COMMENT ON COLUMN cadastre.designation_list.eval_id IS 'the proposal: norm_eval.id';

CREATE VIEW cadastre.designation_history AS
SELECT d.decision_id, r.name AS realm, d.system, d.outcome, d.list_no, d.reason, d.words,
	d.decision_no, d.decided, d.official, d.authority, d.eval_id, d.pack, d.version,
	d.pack_sha256, d.evidence, d.boundary_id, d.valid_from, d.valid_until,
	d.entered AS known_from, d.realm_id
FROM cadastre.designation d JOIN cadastre.realm r USING (realm_id)
WHERE d.superseded IS NULL;
COMMENT ON VIEW cadastre.designation_history IS
	'Every decision on a system, with the time for which it is valid as known now: entries, what was decided not to be one, and what was taken off';
COMMENT ON COLUMN cadastre.designation_history.decision_id IS
	'the number that deciding printed; notices name it';
COMMENT ON COLUMN cadastre.designation_history.valid_until IS 'NULL: it still holds';
COMMENT ON COLUMN cadastre.designation_history.known_from IS 'when it was recorded';

CREATE VIEW cadastre.designation_standing AS
SELECT h.realm, h.system, h.outcome, h.list_no, h.decision_no, h.decided, h.official, h.authority,
	h.reason, h.words, h.valid_from, h.decision_id, h.realm_id
FROM cadastre.designation_history h
WHERE h.valid_from <= now() AND (h.valid_until IS NULL OR h.valid_until > now());
COMMENT ON VIEW cadastre.designation_standing IS
	'What stands decided of each system; one that is not here was never decided on';
COMMENT ON COLUMN cadastre.designation_standing.outcome IS
	'cii: on the list; not: decided not to be; withdrawn: was on it';

-- How many cases of a system are overdue; cases bring it.
CREATE FUNCTION cadastre.cases_overdue(a_realm int4, a_system text) RETURNS int8
LANGUAGE sql STABLE AS $$ SELECT 0::int8 $$;
COMMENT ON FUNCTION cadastre.cases_overdue(int4, text) IS
	'Cases of a system that are overdue; none as long as the register keeps no cases';

-- ---- other times ----------------------------------------------------------------------------------

DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	anchor text := '	EXECUTE format(''CREATE VIEW cadastre_as_of.designation AS';
BEGIN
	IF position(anchor IN body) = 0 THEN
		RAISE EXCEPTION 'as_of_build() is not as expected: %', anchor;
	END IF;
	EXECUTE replace(body, anchor,
		'	EXECUTE format(''CREATE VIEW cadastre_as_of.notice AS SELECT %s ''
		''FROM cadastre.notice x WHERE x.recorded <= cadastre.known_at() ''
		''AND (x.superseded IS NULL OR x.superseded > cadastre.known_at())'',
		as_of_columns(''cadastre.notice''::regclass, ''superseded''));
' || anchor);
END $$;
