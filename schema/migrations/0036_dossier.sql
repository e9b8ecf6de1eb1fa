-- SPDX-License-Identifier: Apache-2.0
-- What norms ask of the register beyond what it holds: figures of organisations and answers about them;
-- of systems what their tier follows from, filing and assessments; voltages of what is controlled;
-- whether another one takes over.
--
-- As before, every row is a statement with as_of, document, from_import and until_import.

CREATE TABLE cadastre.org_metric (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	organisation text NOT NULL,
	name text NOT NULL,
	unit text NOT NULL,
	value numeric NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX org_metric_current ON cadastre.org_metric (realm_id, organisation, name, unit)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.org_metric IS 'Figures about an organisation: staff, turnover, ...';

CREATE TABLE cadastre.org_answer (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	organisation text NOT NULL,
	pack text NOT NULL,
	criterion text NOT NULL,
	met bool NOT NULL,
	official text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX org_answer_current ON cadastre.org_answer
	(realm_id, organisation, pack, criterion) WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.org_answer IS
	'What an official answered to a criterion about an organisation that is left to judgement';

CREATE TABLE cadastre.damage (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	aspect text NOT NULL,
	object text NOT NULL,
	degree text NOT NULL,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX damage_current ON cadastre.damage (realm_id, system, aspect, object)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.damage IS
	'What a tier follows from (GB/T 22240): whom it harms, and how badly, if the system is damaged';
COMMENT ON COLUMN cadastre.damage.aspect IS 's: its information; a: its service';
COMMENT ON COLUMN cadastre.damage.object IS
	'rights of citizens and organisations; order and public interest; national security';

CREATE TABLE cadastre.filing (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	status text NOT NULL,
	form_no text NOT NULL,
	certificate_no text NOT NULL,
	body text,
	received date,
	issued date,
	valid_until date,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX filing_current ON cadastre.filing (realm_id, system)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.filing IS 'Filing of a graded system with the public security body';
COMMENT ON COLUMN cadastre.filing.status IS 'filed, or returned to be corrected';
COMMENT ON COLUMN cadastre.filing.form_no IS
	'Eleven digits: six of the public security body (GA 380), five of the unit';

CREATE TABLE cadastre.assessment (
	realm_id int4 NOT NULL REFERENCES cadastre.realm,
	system text NOT NULL,
	kind text NOT NULL,
	day date NOT NULL,
	body text,
	report_no text NOT NULL,
	result text NOT NULL,
	score numeric,
	as_of date NOT NULL,
	document text NOT NULL,
	from_import int8 NOT NULL REFERENCES cadastre.register_import,
	until_import int8 REFERENCES cadastre.register_import
);
CREATE UNIQUE INDEX assessment_current ON cadastre.assessment (realm_id, system, kind, day)
	WHERE until_import IS NULL;
COMMENT ON TABLE cadastre.assessment IS
	'Assessments of a system: of its tier, its cryptography, each year as CII, its risks; reviews of what it was identified as';
COMMENT ON COLUMN cadastre.assessment.score IS 'Share of the requirements that are met, or points';

ALTER TABLE cadastre.organisation ADD COLUMN countries text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN cadastre.organisation.countries IS
	'Where it offers its services, by ISO 3166-1 in lower case';

ALTER TABLE cadastre.controlled_unit
	ADD COLUMN kv numeric,
	ADD COLUMN lines int2,
	ADD COLUMN interconnection text NOT NULL DEFAULT '';
COMMENT ON COLUMN cadastre.controlled_unit.lines IS 'How many lines of that voltage end there';
COMMENT ON COLUMN cadastre.controlled_unit.interconnection IS 'Which interconnected grid it is in';

ALTER TABLE cadastre.dependency ADD COLUMN redundant bool;
COMMENT ON COLUMN cadastre.dependency.redundant IS 'Another one takes over when on_system fails';

-- ---- dossiers ---------------------------------------------------------------------------------

-- Subjects of norms in the order of their dossiers, from any one on.
CREATE INDEX system_ordered ON cadastre.system (realm_id, id COLLATE "C")
	WHERE until_import IS NULL;
CREATE INDEX subnet_ordered ON cadastre.subnet (realm_id, (prefix::text) COLLATE "C")
	WHERE until_import IS NULL;

-- What is carried is found by its carrier.
CREATE INDEX system_carrier ON cadastre.system (realm_id, carried_by)
	WHERE until_import IS NULL AND carried_by IS NOT NULL;

-- What a system is on the list.
CREATE INDEX designation_system ON cadastre.designation (realm_id, system) WHERE superseded IS NULL;

CREATE FUNCTION cadastre.role_kind(a_role text) RETURNS text LANGUAGE sql IMMUTABLE STRICT
PARALLEL SAFE AS $$
	SELECT CASE
		WHEN a_role IN ('controller', 'plc', 'rtu', 'ied', 'drive', 'hmi', 'historian')
			THEN 'industrial'
		WHEN a_role IN ('router', 'switch', 'access-point', 'gateway') THEN 'network'
		WHEN a_role = 'firewall' THEN 'security'
		WHEN a_role IN ('server', 'database', 'domain-controller', 'hypervisor', 'storage', 'bmc')
			THEN 'server'
		WHEN a_role = 'terminal' THEN 'terminal'
		ELSE 'other' END
$$;
COMMENT ON FUNCTION cadastre.role_kind(text) IS
	'industrial, network, security, server, terminal or other: the broad kind of a role';
