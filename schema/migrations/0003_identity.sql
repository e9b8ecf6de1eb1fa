-- SPDX-License-Identifier: Apache-2.0
-- Decisions on identity: which two assets are one, which one is two, what is only proposed and
-- what contradicts itself. A row is never changed but for its undoing, and never deleted.

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
