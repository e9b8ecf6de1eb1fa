-- SPDX-License-Identifier: Apache-2.0
-- Ends the current rows of subnet that a register file states otherwise or no longer.
-- $1::int4 : realm
-- $2::text : what the file states, a JSON array of objects
-- $3::text : the same objects: each is stated whole
-- $4::bool : the file is complete: what is not in it has ended
-- $5::int8 : the import
UPDATE subnet SET until_import = $5
WHERE subnet.realm_id = $1 AND subnet.until_import IS NULL
  AND ($4 OR (subnet.prefix) IN (SELECT stated.prefix FROM jsonb_to_recordset($3::jsonb)
            AS stated(prefix cidr)))
  AND NOT EXISTS (SELECT FROM jsonb_to_recordset($2::jsonb) AS given(
        prefix cidr, name text, zone text, as_of date, document text)
      WHERE given.prefix = subnet.prefix
        AND (given.name, given.zone, given.as_of, given.document)
            IS NOT DISTINCT FROM
            (subnet.name, subnet.zone, subnet.as_of, subnet.document))
