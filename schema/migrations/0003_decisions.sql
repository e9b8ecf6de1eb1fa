-- SPDX-License-Identifier: Apache-2.0
-- Decisions by hand, and what a person should look at.
--
-- A decision by hand moves facts between assets like a run does: rows end at one asset and go on
-- at another. So that history knows from when on, it has a row in `run` of its own, with the tool
-- 'decision', no coverage, no ledger row and a bundle_id that no bundle can have. It discovers
-- nothing: what it moved is no change of the network.

-- ==== BEGIN asset_decision: the same statement as in the migration of identity ====
-- ---- decisions ---------------------------------------------------------------------------------

CREATE TABLE cadastre.asset_decision (
	decision_id int8 PRIMARY KEY GENERATED ALWAYS AS IDENTITY,
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	kind text NOT NULL
		CHECK (kind IN ('merge', 'split', 'retire', 'revive', 'proposal', 'conflict')),
	asset_id int8 NOT NULL,
	other_asset_id int8,
	run_id int8,
	verdict text NOT NULL CHECK (verdict IN ('auto', 'manual')),
	author text NOT NULL CHECK (author <> ''),
	reason text NOT NULL CHECK (reason <> ''),
	keys text NOT NULL DEFAULT '',
	score real NOT NULL DEFAULT 0,
	decided timestamptz NOT NULL DEFAULT now(),
	undone timestamptz,
	undone_by text NOT NULL DEFAULT '',
	undone_reason text NOT NULL DEFAULT '',
	undoes int8 REFERENCES cadastre.asset_decision (decision_id),
	CHECK ((undone IS NULL) = (undone_by = '')),
	CHECK ((kind IN ('retire', 'revive')) <= (other_asset_id IS NULL)),
	CHECK ((kind IN ('merge', 'split', 'proposal')) <= (other_asset_id IS NOT NULL)),
	CHECK (asset_id <> other_asset_id)
);
CREATE INDEX asset_decision_asset ON cadastre.asset_decision (asset_id);
CREATE INDEX asset_decision_other ON cadastre.asset_decision (other_asset_id)
	WHERE other_asset_id IS NOT NULL;
CREATE INDEX asset_decision_run ON cadastre.asset_decision (run_id) WHERE run_id IS NOT NULL;
CREATE INDEX asset_decision_open ON cadastre.asset_decision (realm_id, kind)
	WHERE undone IS NULL;
COMMENT ON TABLE cadastre.asset_decision IS
	'Every merge, split, proposal and contradiction, by the program or by hand. What a person '
	'decided and nobody undid outranks the program for ever';
COMMENT ON COLUMN cadastre.asset_decision.kind IS
	'merge: asset_id is an alias of other_asset_id now; split: other_asset_id left asset_id; '
	'proposal: the two may be one; conflict: kept apart though a key is common, or a statement '
	'about one asset that cannot be (other_asset_id NULL)';
COMMENT ON COLUMN cadastre.asset_decision.run_id IS 'The run that led to it; NULL: by hand';
COMMENT ON COLUMN cadastre.asset_decision.verdict IS 'auto: by the program; manual: by a person';
COMMENT ON COLUMN cadastre.asset_decision.author IS '"program", or who decided';
COMMENT ON COLUMN cadastre.asset_decision.keys IS
	'Identity keys that decided, "type value" each, separated by "; "';
COMMENT ON COLUMN cadastre.asset_decision.score IS
	'Sum of the log-odds (decibans) of the keys; 0 where nothing was weighed';
COMMENT ON COLUMN cadastre.asset_decision.undone IS
	'Not in force any more: undone by hand, or a proposal or conflict that was settled';
COMMENT ON COLUMN cadastre.asset_decision.undoes IS 'The decision that this one takes back';
-- ==== END asset_decision ====

-- ---- the review ----------------------------------------------------------------------------------

CREATE VIEW cadastre.review_retired AS
SELECT a.realm_id, a.asset_id, coalesce(m.system, '') AS system,
	'retired, seen again' AS kind, a.name AS subject,
	'answered in run ' || met.run_id || '; retired by ' || d.author || ' in decision '
		|| d.decision_id || ': ' || d.reason AS detail,
	n.ended AS since
FROM cadastre.asset a
JOIN LATERAL (
	SELECT x.decision_id, x.author, x.reason, x.run_id FROM cadastre.asset_decision x
	WHERE x.asset_id = a.asset_id AND x.kind = 'retire' AND x.undone IS NULL
	ORDER BY x.decision_id DESC LIMIT 1) AS d ON true
JOIN LATERAL (
	SELECT min(x.run_id) AS run_id FROM cadastre.asset_run x
	WHERE x.asset_id = a.asset_id AND x.outcome <> 'quiet' AND x.run_id > d.run_id) AS met
	ON met.run_id IS NOT NULL
JOIN cadastre.run n ON n.run_id = met.run_id
LEFT JOIN cadastre.asset_system m ON m.asset_id = a.asset_id
WHERE a.state = 'retired' AND a.merged_into IS NULL;
COMMENT ON VIEW cadastre.review_retired IS
	'Assets that a person retired and that a run met since; they stay retired until revived';

CREATE VIEW cadastre.review AS
-- One arm a view review_*; each has these columns.
SELECT realm_id, asset_id, system, kind, subject, detail, since FROM cadastre.review_retired;
COMMENT ON VIEW cadastre.review IS
	'What a person should look at: computed, never stored; it ends when its cause does';
