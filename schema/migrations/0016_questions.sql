-- SPDX-License-Identifier: Apache-2.0
-- Questions in the time that people wait for: other times without a join for every fact, indexes of
-- what was called so once, and disagreements by the membership that is kept.

-- ---- other times --------------------------------------------------------------------------------

-- Which runs and imports count is reckoned once for a question and kept as ranges, of which there are
-- few: a fact is compared with them, not joined.
CREATE FUNCTION cadastre.runs_at(a_time timestamptz, a_run int8) RETURNS int8multirange
LANGUAGE sql STABLE AS $$
	SELECT coalesce(range_agg(int8range(run_id, run_id, '[]')), '{}')
	FROM cadastre.run WHERE ended <= a_time AND run_id <= a_run
$$;
COMMENT ON FUNCTION cadastre.runs_at(timestamptz, int8) IS
	'Runs that count for a question about another time, given the newest that it may use';
CREATE FUNCTION cadastre.imports_at(a_time timestamptz, an_import int8) RETURNS int8multirange
LANGUAGE sql STABLE AS $$
	SELECT coalesce(range_agg(int8range(id, id, '[]')), '{}')
	FROM cadastre.register_import WHERE imported <= a_time AND id <= an_import
$$;
COMMENT ON FUNCTION cadastre.imports_at(timestamptz, int8) IS
	'Imports whose endings count for a question about another time';
CREATE FUNCTION cadastre.runs_then() RETURNS int8multirange LANGUAGE sql STABLE PARALLEL SAFE AS
	$$ SELECT current_setting('cadastre.runs')::int8multirange $$;
COMMENT ON FUNCTION cadastre.runs_then() IS 'Runs that count for the question: runs_at(), kept';
CREATE FUNCTION cadastre.imports_then() RETURNS int8multirange
LANGUAGE sql STABLE PARALLEL SAFE AS
	$$ SELECT current_setting('cadastre.imports')::int8multirange $$;
COMMENT ON FUNCTION cadastre.imports_then() IS
	'Imports whose endings count for the question: imports_at(), kept';

-- (coalesce() only so that the planner takes one fact in two to hold, and not one in two hundred.)
DO $$
DECLARE
	body text := pg_get_functiondef('cadastre.as_of_build()'::regprocedure);
	part text[];
BEGIN
	FOREACH part SLICE 1 IN ARRAY ARRAY[
		['((?:\m[a-z]\.)?\m(?:from|until|first|merge)?_?run(?:_id)?\M) NOT IN '
		 '\(SELECT run_id FROM cadastre\.run_then\)',
		 'NOT coalesce((SELECT cadastre.runs_then()) @> \1::int8, false)'],
		['((?:\m[a-z]\.)?\m(?:from|until|first|merge)?_?run(?:_id)?\M) IN '
		 '\(SELECT run_id FROM cadastre\.run_then\)',
		 'coalesce((SELECT cadastre.runs_then()) @> \1::int8, false)'],
		['(x\.until_import) NOT IN \(SELECT id FROM cadastre\.import_then\)',
		 'NOT coalesce((SELECT cadastre.imports_then()) @> \1, false)']]
	LOOP
		IF body !~ part[1] THEN
			RAISE EXCEPTION 'as_of_build() is not as expected: %', part[1];
		END IF;
		body := regexp_replace(body, part[1], part[2], 'g');
	END LOOP;
	-- By its parts, so that an index finds what became of one asset.
	FOREACH part SLICE 1 IN ARRAY ARRAY[
		['	EXECUTE format(''CREATE VIEW cadastre_as_of.designation AS',
		 '	CREATE VIEW cadastre_as_of.asset_alias AS
		SELECT a.asset_id, d.other_asset_id AS merged_into, a.realm_id, a.merge_run,
			a.merge_reason, a.first_run
		FROM cadastre_as_of.asset_decision d JOIN cadastre.asset a USING (asset_id)
		WHERE d.kind = ''merge'' AND NOT EXISTS (
			SELECT FROM cadastre_as_of.asset_decision o WHERE o.kind = ''merge''
				AND o.asset_id = d.asset_id AND o.other_asset_id > d.other_asset_id)
		UNION
		SELECT a.asset_id, a.merged_into, a.realm_id, a.merge_run, a.merge_reason, a.first_run
		FROM cadastre.asset a
		WHERE a.merged_into IS NOT NULL
			AND coalesce((SELECT cadastre.runs_then()) @> a.merge_run::int8, false)
			AND NOT EXISTS (SELECT FROM cadastre_as_of.asset_decision o
				WHERE o.kind = ''merge'' AND o.asset_id = a.asset_id);
	EXECUTE format(''CREATE VIEW cadastre_as_of.designation AS'],
		['NOT IN (''run_then'', ''import_then'')',
		 'NOT IN (''run_then'', ''import_then'', ''asset_alias'')'],
		-- What is attested of assets comes before the systems that tags make theirs.
		['ORDER BY c.relname <> ''asset_system'', max(level)',
		 'ORDER BY c.relname NOT IN (''asset_attested'', ''asset_system''), max(level)']]
	LOOP
		IF position(part[1] IN body) = 0 THEN
			RAISE EXCEPTION 'as_of_build() is not as expected: %', part[1];
		END IF;
		body := replace(body, part[1], part[2]);
	END LOOP;
	IF body ~ 'IN \(SELECT (run_id|id) FROM cadastre\.(run|import)_then' THEN
		RAISE EXCEPTION 'as_of_build() is not as expected';
	END IF;
	EXECUTE body;
END $$;

-- ---- what was called so once -----------------------------------------------------------------------

CREATE INDEX name_find_closed ON cadastre.name (lower(name)) WHERE until_run IS NOT NULL;
CREATE INDEX asset_past_name ON cadastre.asset_past (lower(name));

-- ---- what was merged ----------------------------------------------------------------------------

-- Views of statements read what was merged from here: of another time that is found by an index.
CREATE VIEW cadastre.asset_alias AS
SELECT asset_id, merged_into, realm_id, merge_run, merge_reason, first_run
FROM cadastre.asset WHERE merged_into IS NOT NULL;
COMMENT ON VIEW cadastre.asset_alias IS 'Assets that were merged, and what they turned out to be';

CREATE OR REPLACE VIEW cadastre.asset_attested AS
WITH hit AS (
	SELECT s.*, a.asset_id
	FROM cadastre.asset a
	JOIN cadastre.asset_statement s ON s.realm_id = a.realm_id AND s.until_import IS NULL
		AND s.selector = 'asset' AND s.asset = a.asset_id::text
	WHERE a.merged_into IS NULL
	UNION ALL
	SELECT s.*, a.merged_into
	FROM cadastre.asset_alias a
	JOIN cadastre.asset_statement s ON s.realm_id = a.realm_id AND s.until_import IS NULL
		AND s.selector = 'asset' AND s.asset = a.asset_id::text
	UNION ALL
	SELECT s.*, a.asset_id
	FROM cadastre.address a
	JOIN cadastre.asset_statement s ON s.realm_id = a.realm_id AND s.until_import IS NULL
		AND s.address = a.address
	WHERE a.until_run IS NULL
	UNION ALL
	SELECT s.*, n.asset_id
	FROM cadastre.name n
	JOIN cadastre.asset_statement s ON s.realm_id = n.realm_id AND s.until_import IS NULL
		AND s.selector = 'name' AND lower(s.asset) = lower(n.name)
	WHERE n.until_run IS NULL
	UNION ALL
	SELECT s.*, k.asset_id
	FROM cadastre.identity_key k
	JOIN cadastre.asset_statement s ON s.realm_id = k.realm_id AND s.until_import IS NULL
		AND s.selector = k.type AND s.asset = k.value
	WHERE k.until_run IS NULL AND NOT k.shared AND k.type IN ('mac', 'serial')
	UNION ALL
	SELECT s.*, a.asset_id
	FROM cadastre.address a
	JOIN cadastre.asset_statement s ON s.realm_id = a.realm_id AND s.until_import IS NULL
		AND s.selector = 'mac' AND s.asset = a.mac::text
	WHERE a.until_run IS NULL AND a.mac IS NOT NULL
)
SELECT DISTINCT asset_id, realm_id, attribute, value, selector, asset, as_of, document, from_import
FROM hit;

CREATE OR REPLACE VIEW cadastre.asset_system AS
WITH hit AS (
	SELECT a.asset_id, a.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, CASE r.rule WHEN 'address' THEN 2 ELSE 6 END AS place,
		masklen(r.prefix) AS length, a.address
	FROM cadastre.address a
	JOIN cadastre.system_rule r ON r.realm_id = a.realm_id AND r.until_import IS NULL
		AND r.prefix >>= a.address
	WHERE a.until_run IS NULL
	UNION ALL
	SELECT n.asset_id, n.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, 3, length(r.value), n.address
	FROM cadastre.name n
	JOIN cadastre.system_rule r ON r.realm_id = n.realm_id AND r.until_import IS NULL
		AND r.rule = 'name' AND lower(n.name) LIKE r.pattern
	WHERE n.until_run IS NULL
	UNION ALL
	SELECT a.asset_id, a.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, 1, 0, NULL
	FROM cadastre.asset a
	JOIN cadastre.system_rule r ON r.realm_id = a.realm_id AND r.until_import IS NULL
		AND r.rule = 'asset' AND r.value = a.asset_id::text
	WHERE a.merged_into IS NULL
	UNION ALL
	SELECT a.merged_into, a.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, 1, 0, NULL
	FROM cadastre.asset_alias a
	JOIN cadastre.system_rule r ON r.realm_id = a.realm_id AND r.until_import IS NULL
		AND r.rule = 'asset' AND r.value = a.asset_id::text
	UNION ALL
	SELECT t.asset_id, t.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, CASE r.rule WHEN 'tag' THEN 4 ELSE 5 END, 0, NULL
	FROM cadastre.system_rule r
	JOIN cadastre.asset_attested t ON t.realm_id = r.realm_id AND t.attribute = r.rule
		AND t.value = r.value
	WHERE r.until_import IS NULL AND r.rule IN ('tag', 'vlan')
	UNION ALL
	SELECT a.asset_id, a.realm_id, r.system, r.rule, r.value, r.as_of, r.document,
		r.from_import, 5, masklen(n.prefix), a.address
	FROM cadastre.system_rule r
	JOIN cadastre.subnet n ON n.realm_id = r.realm_id AND n.until_import IS NULL
		AND n.vlan::text = r.value
	JOIN cadastre.address a ON a.realm_id = n.realm_id AND a.until_run IS NULL
		AND n.prefix >>= a.address
	WHERE r.until_import IS NULL AND r.rule = 'vlan'
), of_address AS (
	SELECT DISTINCT ON (asset_id, address) * FROM hit
	ORDER BY asset_id, address, place, length DESC, system
)
SELECT DISTINCT ON (h.asset_id) h.asset_id, h.realm_id, h.system, h.rule, h.value, h.as_of,
	h.document, h.from_import
FROM of_address h
JOIN cadastre.asset a USING (asset_id)
LEFT JOIN cadastre.system s ON s.realm_id = h.realm_id AND s.id = h.system
	AND s.until_import IS NULL
ORDER BY h.asset_id, h.place,
	(a.role IN ('router', 'switch', 'firewall') AND s.kind = 'network-facility') DESC,
	h.length DESC, h.address, h.system;

CREATE OR REPLACE VIEW cadastre.asset_responsible AS
WITH edge AS NOT MATERIALIZED (
	SELECT * FROM cadastre.responsibility r
	WHERE r.until_import IS NULL AND r.valid_from <= current_date
		AND (r.valid_until IS NULL OR r.valid_until >= current_date)
), hit AS (
	SELECT a.asset_id, 1 AS place, 0 AS length, e.*
	FROM edge e
	JOIN cadastre.asset a ON a.realm_id = e.realm_id AND e.value = a.asset_id::text
	WHERE e.subject = 'asset' AND a.merged_into IS NULL
	UNION ALL
	SELECT a.merged_into, 1, 0, e.*
	FROM edge e
	JOIN cadastre.asset_alias a ON a.realm_id = e.realm_id AND e.value = a.asset_id::text
	WHERE e.subject = 'asset'
	UNION ALL
	SELECT a.asset_id, CASE e.subject WHEN 'address' THEN 2 ELSE 6 END, masklen(e.prefix), e.*
	FROM edge e
	JOIN cadastre.address a ON a.realm_id = e.realm_id AND a.until_run IS NULL
		AND e.prefix >>= a.address
	UNION ALL
	SELECT n.asset_id, 3, length(e.value), e.*
	FROM edge e
	JOIN cadastre.name n ON n.realm_id = e.realm_id AND n.until_run IS NULL
		AND lower(n.name) LIKE translate(replace(replace(replace(lower(e.value),
			'\', '\\'), '%', '\%'), '_', '\_'), '*?', '%_')
	WHERE e.subject = 'name'
	UNION ALL
	SELECT t.asset_id, CASE e.subject WHEN 'tag' THEN 4 ELSE 5 END, 0, e.*
	FROM edge e
	JOIN cadastre.asset_attested t ON t.realm_id = e.realm_id AND t.attribute = e.subject
		AND t.value = e.value
	WHERE e.subject IN ('tag', 'vlan')
	UNION ALL
	SELECT a.asset_id, 5, masklen(n.prefix), e.*
	FROM edge e
	JOIN cadastre.subnet n ON n.realm_id = e.realm_id AND n.until_import IS NULL
		AND n.vlan::text = e.value
	JOIN cadastre.address a ON a.realm_id = n.realm_id AND a.until_run IS NULL
		AND n.prefix >>= a.address
	WHERE e.subject = 'vlan'
	UNION ALL
	SELECT m.asset_id, 7, 0, e.*
	FROM edge e
	JOIN cadastre.asset_system m ON m.realm_id = e.realm_id AND m.system = e.value
	WHERE e.subject = 'system'
)
SELECT DISTINCT ON (h.asset_id, h.duty, h.organisation) h.asset_id, h.realm_id, h.duty,
	h.organisation, o.name AS organisation_name, h.subject, h.value, h.as_of, h.document,
	h.from_import
FROM (SELECT *, rank() OVER (PARTITION BY asset_id, duty ORDER BY place, length DESC) AS first
	FROM hit) h
LEFT JOIN cadastre.organisation o ON o.realm_id = h.realm_id AND o.id = h.organisation
	AND o.until_import IS NULL
WHERE h.first = 1
ORDER BY h.asset_id, h.duty, h.organisation, h.value;

-- ---- disagreements --------------------------------------------------------------------------------

CREATE OR REPLACE VIEW cadastre.review_disagreement AS
WITH observed AS (
	SELECT asset_id, 'role' AS attribute, role AS value FROM cadastre.asset WHERE role <> 'unknown'
	UNION ALL SELECT asset_id, 'vendor', vendor FROM cadastre.asset WHERE vendor <> ''
	UNION ALL SELECT asset_id, 'product', model FROM cadastre.asset WHERE model <> ''
	UNION ALL SELECT asset_id, 'os', os FROM cadastre.asset WHERE os <> ''
	UNION ALL SELECT asset_id, 'name', name FROM cadastre.name WHERE until_run IS NULL
	UNION ALL SELECT asset_id, 'mac', mac::text FROM cadastre.address
		WHERE until_run IS NULL AND mac IS NOT NULL
	UNION ALL SELECT a.asset_id, 'zone', n.zone
		FROM cadastre.address a
		CROSS JOIN LATERAL (SELECT zone FROM cadastre.subnet
			WHERE subnet.realm_id = a.realm_id AND subnet.until_import IS NULL
				AND subnet.prefix >>= a.address
			ORDER BY masklen(subnet.prefix) DESC LIMIT 1) n
		WHERE a.until_run IS NULL AND n.zone <> ''
), compared AS (
	SELECT t.realm_id, t.asset_id, t.attribute, t.value, t.selector, t.asset, t.from_import,
		string_agg(DISTINCT o.value, ', ' ORDER BY o.value) AS seen,
		bool_or(lower(o.value) = lower(t.value)
			OR t.attribute = 'name' AND lower(split_part(o.value, '.', 1)) = lower(t.value)
			OR t.attribute = 'os' AND strpos(lower(o.value), lower(t.value)) > 0
			OR t.attribute IN ('vendor', 'product')
				AND (strpos(lower(o.value), lower(t.value)) > 0
					OR strpos(lower(t.value), lower(o.value)) > 0)) AS agrees
	FROM cadastre.asset_attested t
	JOIN observed o ON o.asset_id = t.asset_id AND o.attribute = t.attribute
	GROUP BY 1, 2, 3, 4, 5, 6, 7
	UNION ALL
	SELECT t.realm_id, t.asset_id, 'address block', t.value, t.selector, t.asset, t.from_import,
		string_agg(host(a.address), ', ' ORDER BY a.address),
		bool_and(a.address <<= CASE WHEN t.attribute = 'prefix' THEN t.value::inet END)
	FROM cadastre.asset_attested t
	JOIN cadastre.address a ON a.asset_id = t.asset_id AND a.until_run IS NULL
	WHERE t.attribute = 'prefix'
	GROUP BY 1, 2, 3, 4, 5, 6, 7
), item AS (
	SELECT c.realm_id, c.asset_id, c.attribute || ' differs' AS what,
		'stated ' || c.value || ' (' || c.selector || ' ' || c.asset || '), observed ' || c.seen
			AS detail, i.imported AS since
	FROM compared c LEFT JOIN cadastre.register_import i ON i.id = c.from_import
	WHERE NOT c.agrees
	UNION ALL
	SELECT s.realm_id, NULL, 'stated, never met', s.selector || ' ' || s.asset || CASE
			WHEN s.looked THEN ': looked for and not found' ELSE ': not looked for yet' END,
		s.since
	FROM (
		SELECT s.realm_id, s.selector, s.asset, min(i.imported) AS since,
			bool_or(s.selector = 'address' AND EXISTS (SELECT FROM cadastre.coverage v
				JOIN cadastre.run USING (run_id)
				WHERE run.realm_id = s.realm_id
					AND v.cidr >>= CASE WHEN s.selector = 'address'
						THEN s.asset::inet END)) AS looked
		FROM cadastre.asset_statement s
		JOIN cadastre.register_import i ON i.id = s.from_import
		WHERE s.until_import IS NULL AND NOT EXISTS (
			SELECT FROM cadastre.asset_attested t
			WHERE t.realm_id = s.realm_id AND t.selector = s.selector AND t.asset = s.asset)
		GROUP BY 1, 2, 3) s
	WHERE s.looked OR s.selector <> 'address'
	UNION ALL
	SELECT a.realm_id, a.asset_id, 'met, not stated',
		'no system of the register claims ' || string_agg(host(d.address), ', ' ORDER BY d.address),
		min(f.ended)
	FROM cadastre.asset a
	JOIN cadastre.address d ON d.asset_id = a.asset_id AND d.until_run IS NULL
	LEFT JOIN cadastre.run f ON f.run_id = a.first_run
	LEFT JOIN cadastre.asset_member m ON m.asset_id = a.asset_id
	WHERE m.asset_id IS NULL AND a.merged_into IS NULL AND a.state <> 'retired'
		AND EXISTS (SELECT FROM cadastre.system s WHERE s.realm_id = a.realm_id
			AND s.until_import IS NULL AND NOT s.external)
	GROUP BY a.realm_id, a.asset_id
)
SELECT i.realm_id, i.asset_id, coalesce(m.system, '') AS system, 'disagreement'::text AS kind,
	i.what AS subject, i.detail, i.since
FROM item i LEFT JOIN cadastre.asset_member m ON m.asset_id = i.asset_id;
