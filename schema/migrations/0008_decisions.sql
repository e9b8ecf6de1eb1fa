-- SPDX-License-Identifier: Apache-2.0
-- Decisions by hand, and what a person should look at.
--
-- A decision by hand moves facts between assets like a run does: rows end at one asset and go on
-- at another. So that history knows from when on, it has a row in `run` of its own, with the tool
-- 'decision', no coverage, no ledger row and a bundle_id that no bundle can have. It discovers
-- nothing: what it moved is no change of the network.

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
SELECT realm_id, asset_id, system, kind, subject, detail, since FROM cadastre.review_retired
UNION ALL
SELECT realm_id, asset_id, system, kind, subject, detail, since
	FROM cadastre.review_merge_proposal
UNION ALL
SELECT realm_id, asset_id, system, kind, subject, detail, since
	FROM cadastre.review_identity_conflict
UNION ALL
SELECT realm_id, asset_id, system, kind, subject, detail, since FROM cadastre.review_shared_key
UNION ALL
SELECT realm_id, asset_id, system, kind, subject, detail, since FROM cadastre.review_exposure;
COMMENT ON VIEW cadastre.review IS
	'What a person should look at: computed, never stored; it ends when its cause does';
