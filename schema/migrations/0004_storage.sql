-- SPDX-License-Identifier: Apache-2.0
-- How facts are stored: fewer indexes, staging without any, and what every run says of every asset
-- in rows as narrow as they can be.
--
-- A fact table has one unique index, over its open rows; the closed ones are found by asset_id and
-- by the run that closed them, in indexes that hold each value once. asset_run has no unique index:
-- what it says once per run is held by the ledger of batches. docs/adr/0005 says why.

-- ---- fact tables ------------------------------------------------------------------------------

ALTER TABLE cadastre.address DROP CONSTRAINT address_pkey;
ALTER TABLE cadastre.name DROP CONSTRAINT name_pkey;
ALTER TABLE cadastre.service DROP CONSTRAINT service_pkey;
ALTER TABLE cadastre.identity_key DROP CONSTRAINT identity_key_pkey;
ALTER TABLE cadastre.fact DROP CONSTRAINT fact_pkey;
ALTER TABLE cadastre.link DROP CONSTRAINT link_pkey;
ALTER TABLE cadastre.hop DROP CONSTRAINT hop_pkey;
CREATE INDEX address_closed ON cadastre.address (asset_id) WHERE until_run IS NOT NULL;
CREATE INDEX name_closed ON cadastre.name (asset_id) WHERE until_run IS NOT NULL;
CREATE INDEX service_closed ON cadastre.service (asset_id) WHERE until_run IS NOT NULL;
CREATE INDEX identity_key_closed ON cadastre.identity_key (asset_id) WHERE until_run IS NOT NULL;
CREATE INDEX fact_closed ON cadastre.fact (asset_id) WHERE until_run IS NOT NULL;
CREATE INDEX link_closed ON cadastre.link (asset_id) WHERE until_run IS NOT NULL;
CREATE INDEX hop_closed ON cadastre.hop (asset_id) WHERE until_run IS NOT NULL;

-- ---- what each run says of each asset ---------------------------------------------------------

ALTER TABLE cadastre.asset_run DROP CONSTRAINT asset_run_pkey;
ALTER TABLE cadastre.asset_run ALTER COLUMN run_id TYPE int4;
CREATE INDEX asset_run_asset ON cadastre.asset_run (asset_id);
COMMENT ON TABLE cadastre.asset_run IS
	'Which run met which asset. No row: the run did not cover it, which says nothing about it. One row per run and asset at most: a run is filed once, by the ledger';

CREATE TABLE cadastre.asset_seen (
	asset_id int8 PRIMARY KEY,
	last_run int8 NOT NULL
) WITH (fillfactor = 45);
INSERT INTO cadastre.asset_seen (asset_id, last_run)
SELECT asset_id, last_run FROM cadastre.asset ORDER BY asset_id;
COMMENT ON TABLE cadastre.asset_seen IS
	'The newest run in which an asset answered or was heard of; narrow and half empty, so that a run that changes nothing writes little';
COMMENT ON COLUMN cadastre.asset.last_run IS
	'The asset was met in this run or in a newer one; the newest is in asset_seen';

CREATE OR REPLACE VIEW cadastre.asset_current AS
SELECT a.asset_id, r.name AS realm, a.name, a.role, a.state, a.vendor, a.model, a.os,
	coalesce(m.system, '') AS system,
	(SELECT coalesce(string_agg(host(ad.address), ' ' ORDER BY ad.address), '')
		FROM cadastre.address ad WHERE ad.asset_id = a.asset_id AND ad.until_run IS NULL)
		AS addresses,
	(SELECT count(*) FROM cadastre.service s
		WHERE s.asset_id = a.asset_id AND s.until_run IS NULL) AS services,
	first.ended AS first_seen, last.ended AS last_seen, a.realm_id
FROM cadastre.asset a
JOIN cadastre.realm r USING (realm_id)
LEFT JOIN cadastre.asset_system m ON m.asset_id = a.asset_id
LEFT JOIN cadastre.asset_seen n ON n.asset_id = a.asset_id
LEFT JOIN cadastre.run first ON first.run_id = a.first_run
LEFT JOIN cadastre.run last ON last.run_id = greatest(a.last_run, n.last_run)
WHERE a.merged_into IS NULL;

-- What a run finds of a new asset is written over its row: it stays in its page.
ALTER TABLE cadastre.asset SET (fillfactor = 45);

-- ---- staging ----------------------------------------------------------------------------------

-- What greeted and what merely answered are staged apart: most rows are of the second kind and need
-- few columns. What differs from the register is picked out into temporary tables.
TRUNCATE cadastre.stage_service, cadastre.stage_endpoint;
ALTER TABLE cadastre.stage_service DROP COLUMN greeted, ADD COLUMN digest int8 NOT NULL;
CREATE UNLOGGED TABLE cadastre.stage_port (
	batch int8 NOT NULL,
	number int8 NOT NULL,
	digest int8 NOT NULL,
	port int4 NOT NULL,
	transport int2 NOT NULL,
	address inet NOT NULL,
	method text NOT NULL,
	evidence bytea
);

-- Which addresses differ at all is told by sums, before any service is compared: each service
-- has a digest under a secret key, made by the program, and staging brings its sums by address.
CREATE TABLE cadastre.digest_key (
	one bool PRIMARY KEY DEFAULT true CHECK (one),
	key bytea NOT NULL CHECK (octet_length(key) = 16)
);
INSERT INTO cadastre.digest_key (key) VALUES (uuid_send(gen_random_uuid()));
COMMENT ON TABLE cadastre.digest_key IS
	'Secret of the digests of services (SipHash-2-4): nobody who is scanned can make two services look like one';
ALTER TABLE cadastre.service ADD COLUMN digest int8;
COMMENT ON COLUMN cadastre.service.digest IS
	'45 bits over address, transport, port and what is served, made by the program; NULL: not known, the row is compared word by word';
ALTER TABLE cadastre.stage_endpoint
	ADD COLUMN ports int4 NOT NULL DEFAULT 0,
	ADD COLUMN sum_all int8 NOT NULL DEFAULT 0,
	ADD COLUMN sum_greeted int8 NOT NULL DEFAULT 0,
	ADD COLUMN partial bool NOT NULL DEFAULT false;
COMMENT ON COLUMN cadastre.stage_endpoint.ports IS 'How many ports answered';
COMMENT ON COLUMN cadastre.stage_endpoint.sum_all IS
	'Digests of what answered, as if it served nothing, and of what greeted, in the place of that';
COMMENT ON COLUMN cadastre.stage_endpoint.sum_greeted IS 'Digests of what greeted';
COMMENT ON COLUMN cadastre.stage_endpoint.partial IS
	'Something was only overheard, so that sums say nothing';
CREATE UNLOGGED TABLE cadastre.stage_unsettled (
	batch int8 NOT NULL,
	asset_id int8 NOT NULL,
	address inet NOT NULL,
	owes bool NOT NULL
);
COMMENT ON TABLE cadastre.stage_unsettled IS
	'Staging: addresses whose services may differ from the register';
COMMENT ON COLUMN cadastre.stage_unsettled.owes IS
	'It answered, and the register has services of it, of which some may be missing';
COMMENT ON TABLE cadastre.stage_service IS 'Staging: services that greeted';
COMMENT ON TABLE cadastre.stage_port IS 'Staging: ports that answered';
DROP TABLE cadastre.stage_seen;

CREATE OR REPLACE FUNCTION cadastre.stage_open(a_batch int8) RETURNS void LANGUAGE plpgsql
SET search_path = cadastre, pg_temp AS $$
DECLARE
	tables text[] := ARRAY(
		SELECT c.oid::regclass::text FROM pg_class c
		WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind = 'r'
			AND c.relpersistence = 'u' AND c.relname LIKE 'stage\_%'
		ORDER BY c.relname);
	is_empty bool;
	stage text;
BEGIN
	-- The lock of the bundle comes first and nothing is waited for once tables are locked, so
	-- that two who begin at once cannot wait for each other.
	PERFORM pg_advisory_lock(a_batch);
	is_empty := pg_try_advisory_lock(4841, 3);
	PERFORM pg_advisory_lock_shared(4841, 3);
	IF is_empty THEN
		EXECUTE 'TRUNCATE ' || array_to_string(tables, ', ');
		PERFORM pg_advisory_unlock(4841, 3);
	ELSE
		-- What an attempt at the same bundle that failed has left.
		FOREACH stage IN ARRAY tables LOOP
			EXECUTE format('DELETE FROM %s WHERE batch = $1', stage) USING a_batch;
		END LOOP;
	END IF;
END $$;

-- A small sample tells the planner enough of rows that are read once.
DO $$
DECLARE
	stage text;
	its_column text;
BEGIN
	FOR stage, its_column IN
		SELECT c.oid::regclass::text, quote_ident(a.attname)
		FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
		WHERE c.relnamespace = 'cadastre'::regnamespace AND c.relkind = 'r'
			AND c.relpersistence = 'u' AND c.relname LIKE 'stage\_%'
			AND a.attnum > 0 AND NOT a.attisdropped
	LOOP
		EXECUTE format('ALTER TABLE %s ALTER COLUMN %s SET STATISTICS 10', stage, its_column);
	END LOOP;
END $$;
