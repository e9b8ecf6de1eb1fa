-- SPDX-License-Identifier: Apache-2.0
-- What an entry of the ledger covers now: exposed services, and those without any entry in force
-- before it.
-- $1::int4 : realm
-- $2::inet : prefix
-- $3::int2 : transport; 0: any
-- $4::text : ports as a multirange; "{}": any
SELECT count(*), count(*) FILTER (WHERE j.id IS NULL OR j.expires <= now())
FROM exposure_history e
LEFT JOIN LATERAL exposure_entry(e.realm_id, e.address, e.transport, e.port, now()) AS j ON true
WHERE e.realm_id = $1 AND e.until_run IS NULL AND e.address <<= $2
    AND ($3 = 0 OR e.transport = $3)
    AND (isempty($4::int4multirange) OR $4::int4multirange @> e.port)
