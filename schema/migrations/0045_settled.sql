-- SPDX-License-Identifier: Apache-2.0
-- What identity has read of an address already goes with its answer, so that filing does not read it again.

DROP INDEX cadastre.stage_identity_address, cadastre.stage_identity_asset;

ALTER TABLE cadastre.stage_identity
	ADD COLUMN same bool NOT NULL DEFAULT false,
	ADD COLUMN bare bool NOT NULL DEFAULT true,
	ADD COLUMN digests int8;
ALTER TABLE cadastre.stage_identity
	ALTER COLUMN same SET STATISTICS 10,
	ALTER COLUMN bare SET STATISTICS 10,
	ALTER COLUMN digests SET STATISTICS 10;
COMMENT ON COLUMN cadastre.stage_identity.same IS
	'The register has the address as this asset''s and as it was met: nothing is filed of the address itself';
COMMENT ON COLUMN cadastre.stage_identity.bare IS
	'Some port answered without greeting: the sums over both differ';
COMMENT ON COLUMN cadastre.stage_identity.digests IS
	'Sum of the digests of what answered there; NULL: it says nothing, services are compared one by one';

-- A decision that is kept has the same columns. One that was kept before says nothing of what is the same.
ALTER TABLE cadastre.node_identity
	ADD COLUMN same bool NOT NULL DEFAULT false,
	ADD COLUMN bare bool NOT NULL DEFAULT true,
	ADD COLUMN digests int8;
