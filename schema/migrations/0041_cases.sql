-- SPDX-License-Identifier: Apache-2.0
-- Cases: what changed since a system was decided on, who reported it when, until when it must be
-- identified again, and what came of it.
--
-- Basis: guiding opinions 1960 (2020), III(1): operators report relatively major changes in time, the
-- department identifies again, tells the operator and reports to the Ministry; Order 745 Art. 11:
-- within three months of receiving the report; Art. 21: merger, division, dissolution.

-- Rows of these tables are only added. What was known at a time is what was recorded by then.

CREATE TABLE cadastre.review_case (
	id int8 GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	kind text NOT NULL CHECK (kind IN ('re-identification', 'supervision', 'correction')),
	designation_id int8 REFERENCES cadastre.designation,
	pack text NOT NULL,
	version text NOT NULL,
	opened date NOT NULL,
	opened_by text NOT NULL,
	due date,
	basis text NOT NULL,
	note text NOT NULL,
	recorded timestamptz NOT NULL,
	CHECK (due IS NULL OR due >= opened)
);
CREATE INDEX review_case_system ON cadastre.review_case (realm_id, system);
COMMENT ON TABLE cadastre.review_case IS
	'Cases of systems: to be identified again after a change, supervised, or corrected';
COMMENT ON COLUMN cadastre.review_case.designation_id IS
	'the decision that it starts from: designation.decision_id; its register, evaluation and boundary are the baseline';
COMMENT ON COLUMN cadastre.review_case.pack IS
	'whose classes of changes and clocks it runs by; empty: of none';
COMMENT ON COLUMN cadastre.review_case.due IS 'a day that was set for it by hand';

CREATE TABLE cadastre.case_clock (
	case_id int8 NOT NULL REFERENCES cadastre.review_case,
	event text NOT NULL CHECK (event IN ('detected', 'reported', 'received', 'decided', 'notified')),
	action text NOT NULL CHECK (action IN ('report', 're-identify', 'notify', 'inform', 'review')),
	months int4 NOT NULL,
	days int4 NOT NULL,
	basis text NOT NULL,
	PRIMARY KEY (case_id, event, action)
);
COMMENT ON TABLE cadastre.case_clock IS
	'Until when what is done, counted from what: as the norm had it when the case was opened';
COMMENT ON COLUMN cadastre.case_clock.months IS
	'calendar months; a day that a month has not is its last';

CREATE TABLE cadastre.case_event (
	case_id int8 NOT NULL REFERENCES cadastre.review_case,
	place int4 NOT NULL,
	state text NOT NULL CHECK (state IN ('candidate', 'triaged', 'reported', 'received',
		're-identified', 'notified', 'informed', 'closed')),
	class text NOT NULL CHECK (class IN ('', 'noise', 'notable', 'major')),
	day date NOT NULL,
	actor text NOT NULL CHECK (actor <> ''),
	document text NOT NULL,
	note text NOT NULL,
	designation_id int8 REFERENCES cadastre.designation,
	recorded timestamptz NOT NULL,
	PRIMARY KEY (case_id, place),
	UNIQUE (case_id, state),
	CHECK ((class <> '') = (state = 'triaged')),
	CHECK ((designation_id IS NOT NULL) = (state = 're-identified'))
);
COMMENT ON TABLE cadastre.case_event IS 'The way of a case from state to state, with who, when and by which paper';
COMMENT ON COLUMN cadastre.case_event.class IS 'how an official classed the change, when it was triaged';
COMMENT ON COLUMN cadastre.case_event.designation_id IS 'the decision that it was identified again by';

CREATE TABLE cadastre.case_trigger (
	case_id int8 NOT NULL REFERENCES cadastre.review_case,
	place int4 NOT NULL,
	trigger text NOT NULL,
	class text NOT NULL CHECK (class IN ('notable', 'major')),
	subject text NOT NULL,
	before text NOT NULL,
	after text NOT NULL,
	evidence text NOT NULL,
	designation_id int8 NOT NULL REFERENCES cadastre.designation,
	recorded timestamptz NOT NULL,
	PRIMARY KEY (case_id, place),
	UNIQUE (case_id, designation_id, trigger, subject, after)
);
COMMENT ON TABLE cadastre.case_trigger IS
	'What is otherwise than when the system was decided on, each once';
COMMENT ON COLUMN cadastre.case_trigger.trigger IS 'the word of the norm for this kind of change';
COMMENT ON COLUMN cadastre.case_trigger.before IS 'as it was known when it was decided; empty: was not there';
COMMENT ON COLUMN cadastre.case_trigger.evidence IS 'document, run or evaluation behind what is otherwise';
COMMENT ON COLUMN cadastre.case_trigger.designation_id IS 'the decision with which it was compared';

CREATE TABLE cadastre.case_baseline (
	designation_id int8 NOT NULL REFERENCES cadastre.designation,
	place int4 NOT NULL,
	trigger text NOT NULL,
	subject text NOT NULL,
	how text NOT NULL,
	value text NOT NULL,
	rank int4 NOT NULL,
	evidence text NOT NULL,
	lost int4 NOT NULL,
	PRIMARY KEY (designation_id, place)
);
COMMENT ON TABLE cadastre.case_baseline IS
	'How a system stood when a decision on it was entered: kept by the decision, because asking the register of that time takes long';
COMMENT ON COLUMN cadastre.case_baseline.trigger IS 'the kind of change that it is looked at for';
COMMENT ON COLUMN cadastre.case_baseline.how IS 'what of it is a change; see schema/queries/case_facts.sql';

ALTER TABLE cadastre.notice ADD CONSTRAINT notice_case
	FOREIGN KEY (case_id) REFERENCES cadastre.review_case;
ALTER TABLE cadastre.designation ADD CONSTRAINT designation_boundary
	FOREIGN KEY (boundary_id) REFERENCES cadastre.boundary;

-- Each clock of a case that has begun and is not yet stopped. Days are those of UTC.
CREATE VIEW cadastre.case_running AS
SELECT k.case_id, k.event, k.action, s.since,
	(s.since + make_interval(months => k.months, days => k.days))::date AS due, k.basis
FROM cadastre.case_clock k
JOIN cadastre.case_event e ON e.case_id = k.case_id AND e.state = CASE k.event
	WHEN 'detected' THEN 'candidate' WHEN 'decided' THEN 're-identified' ELSE k.event END
-- What counts from the decision counts from its day, not from when the case was taken on.
CROSS JOIN LATERAL (SELECT coalesce((SELECT max(x.decided) FROM cadastre.designation x
	WHERE x.decision_id = e.designation_id), e.day) AS since) s
WHERE NOT EXISTS (SELECT FROM cadastre.case_event d WHERE d.case_id = k.case_id
	AND (d.class = 'noise' OR (k.action <> 'review' AND d.state IN ('closed', CASE k.action
		WHEN 'report' THEN 'reported' WHEN 're-identify' THEN 're-identified'
		WHEN 'notify' THEN 'notified' ELSE 'informed' END))))
	-- A review comes when the case is long closed; the next decision on the system is it.
	AND NOT (k.action = 'review' AND EXISTS (SELECT FROM cadastre.review_case c
		JOIN cadastre.designation x ON x.realm_id = c.realm_id AND x.system = c.system
			AND x.entered > e.recorded
		WHERE c.id = k.case_id));
COMMENT ON VIEW cadastre.case_running IS
	'Clocks of cases that run, with the day by which what is done; that of a review beyond the end of its case';

CREATE VIEW cadastre.case_current AS
SELECT c.id, r.name AS realm, c.system, c.kind,
	coalesce(CASE WHEN g.class = 'notable' AND t.last_major > g.recorded THEN 'major' END,
		g.class, t.class, '') AS class,
	e.state, e.day AS since, c.opened, c.opened_by, d.due, coalesce(d.action, '') AS action,
	coalesce(d.due < (now() AT TIME ZONE 'UTC')::date, false) AS overdue,
	coalesce(t.triggers, 0) AS triggers, c.designation_id, n.designation_id AS decided_by,
	c.pack, c.version, CASE WHEN d.basis <> '' THEN d.basis ELSE c.basis END AS basis, c.note,
	c.recorded, c.realm_id
FROM cadastre.review_case c
JOIN cadastre.realm r USING (realm_id)
CROSS JOIN LATERAL (SELECT x.state, x.day FROM cadastre.case_event x WHERE x.case_id = c.id
	ORDER BY x.place DESC LIMIT 1) e
LEFT JOIN cadastre.case_event g ON g.case_id = c.id AND g.state = 'triaged'
LEFT JOIN cadastre.case_event n ON n.case_id = c.id AND n.state = 're-identified'
LEFT JOIN LATERAL (SELECT count(*) AS triggers,
	CASE WHEN bool_or(x.class = 'major') THEN 'major' ELSE 'notable' END AS class,
	max(x.recorded) FILTER (WHERE x.class = 'major') AS last_major
	FROM cadastre.case_trigger x WHERE x.case_id = c.id HAVING count(*) > 0) t ON true
LEFT JOIN LATERAL (SELECT x.due, x.action, x.basis FROM (
		SELECT k.due, k.action, k.basis FROM cadastre.case_running k WHERE k.case_id = c.id
		UNION ALL
		SELECT c.due, 'close', c.basis WHERE c.due IS NOT NULL AND e.state <> 'closed') x
	ORDER BY x.due, x.action LIMIT 1) d ON true;
COMMENT ON VIEW cadastre.case_current IS 'Cases as they stand';
COMMENT ON COLUMN cadastre.case_current.class IS
	'as an official classed it, until then of the greatest of its triggers; what was classed notable is major once a major one is found later';
COMMENT ON COLUMN cadastre.case_current.since IS 'the day of its state';
COMMENT ON COLUMN cadastre.case_current.due IS 'the day by which what comes next is done; NULL: no clock runs';
COMMENT ON COLUMN cadastre.case_current.overdue IS 'that day has passed';

CREATE OR REPLACE FUNCTION cadastre.cases_overdue(a_realm int4, a_system text) RETURNS int8
LANGUAGE sql STABLE AS $$
	SELECT count(*) FROM case_current WHERE realm_id = a_realm AND system = a_system AND overdue
$$;
COMMENT ON FUNCTION cadastre.cases_overdue(int4, text) IS 'Cases of a system that are overdue';

-- At another time: what was recorded by then.
DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	anchor text := '	-- The views for people, over these; whose an asset was is computed.';
BEGIN
	IF position(anchor IN body) = 0 THEN
		RAISE EXCEPTION 'as_of_build() is not as expected: %', anchor;
	END IF;
	EXECUTE replace(body, anchor, '	CREATE VIEW cadastre_as_of.review_case AS
		SELECT * FROM cadastre.review_case WHERE recorded <= cadastre.known_at();
	CREATE VIEW cadastre_as_of.case_event AS
		SELECT * FROM cadastre.case_event WHERE recorded <= cadastre.known_at();
	CREATE VIEW cadastre_as_of.case_trigger AS
		SELECT * FROM cadastre.case_trigger WHERE recorded <= cadastre.known_at();
' || anchor);
END $$;
