-- SPDX-License-Identifier: Apache-2.0
-- The entries of the ledger, by number, with how many exposed services each covers now.
-- $1::text : only of this realm; NULL: any
-- $2::bool : only those in force
SELECT j.id, r.name, abbrev(j.prefix),
    CASE j.transport WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' WHEN 132 THEN 'sctp' ELSE 'any' END,
    (SELECT coalesce(string_agg(lower(p) || CASE WHEN upper(p) - lower(p) > 1
            THEN '-' || upper(p) - 1 ELSE '' END, ',' ORDER BY lower(p)), 'any')
     FROM unnest(j.ports) AS p),
    j.reason, j.approver, j.document, j.author,
    (extract(epoch FROM j.recorded) * 1000000)::int8,
    (extract(epoch FROM j.expires) * 1000000)::int8,
    coalesce((extract(epoch FROM j.withdrawn) * 1000000)::int8, 0),
    j.withdrawn_by, j.withdrawn_reason,
    CASE WHEN j.withdrawn IS NOT NULL THEN 'withdrawn' WHEN j.expires <= now() THEN 'expired'
        ELSE 'in force' END,
    (SELECT count(*) FROM exposure_history e
     WHERE e.realm_id = j.realm_id AND e.until_run IS NULL AND e.address <<= j.prefix
        AND (j.transport = 0 OR e.transport = j.transport)
        AND (isempty(j.ports) OR j.ports @> e.port))
FROM exposure_justification j
JOIN realm r USING (realm_id)
WHERE ($1 IS NULL OR r.name = $1)
    AND (NOT $2 OR (j.withdrawn IS NULL AND j.expires > now()))
ORDER BY j.id
