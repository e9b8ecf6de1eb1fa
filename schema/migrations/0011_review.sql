-- SPDX-License-Identifier: Apache-2.0
-- The review: with the register's disagreements, and each thing once.

-- Which assets a run merged: their systems are judged again at its end.
CREATE INDEX asset_merge_run ON cadastre.asset (merge_run) WHERE merge_run IS NOT NULL;

-- What a person should look at: with the register's disagreements.
CREATE OR REPLACE VIEW cadastre.review AS
-- One arm a view review_*; each has these columns.
SELECT realm_id, asset_id, system, kind, subject, detail, since FROM cadastre.review_retired
UNION ALL
SELECT realm_id, asset_id, system, kind, subject, detail, since
	FROM cadastre.review_merge_proposal
UNION ALL
SELECT realm_id, asset_id, system, kind, subject, detail, since
	FROM cadastre.review_identity_conflict c
	WHERE NOT EXISTS (
		SELECT FROM cadastre.review_retired r WHERE r.asset_id = c.asset_id)
UNION ALL
SELECT realm_id, asset_id, system, kind, subject, detail, since FROM cadastre.review_shared_key
UNION ALL
SELECT realm_id, asset_id, system, kind, subject, detail, since FROM cadastre.review_exposure
UNION ALL
SELECT realm_id, asset_id, system, kind, subject, detail, since
	FROM cadastre.review_disagreement;
