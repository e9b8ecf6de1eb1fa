-- SPDX-License-Identifier: Apache-2.0
-- What the batch says of the services at the addresses where something differs: one row each, as it
-- shall be filed, in the order of the key. Of several greetings the best counts, and what greeted goes
-- before what only answered (rank 4); what was heard by listening or imported may be partial and
-- changes only what it names. What is imported changes nothing that was measured; what is measured
-- takes the place of what was imported. `differs`: the register says something else; then with
-- `was` there is an open row, which ends; `seen`: one that the vantage had seen.
-- $1::int8 : batch
-- $2::bool : the vantage is the Internet
CREATE TEMPORARY TABLE service_told ON COMMIT DROP AS
SELECT n.asset_id, n.address, n.transport, n.port,
       CASE WHEN w.said THEN n.protocol ELSE o.protocol END AS protocol,
       CASE WHEN w.said THEN n.vendor ELSE o.vendor END AS vendor,
       CASE WHEN w.said THEN n.product ELSE o.product END AS product,
       CASE WHEN w.said THEN n.version ELSE o.version END AS version,
       CASE WHEN w.said THEN n.cpe ELSE o.cpe END AS cpe,
       NOT $2 OR coalesce(o.internal, false) AS internal,
       $2 OR coalesce(o.exposed, false) AS exposed,
       CASE WHEN n.method = 'import' AND NOT w.said THEN o.method ELSE n.method END AS method,
       CASE WHEN w.said THEN n.evidence ELSE o.evidence END AS evidence,
       CASE WHEN w.said THEN n.digest ELSE o.digest END AS digest,
       o.asset_id IS NOT NULL AS was,
       coalesce(CASE WHEN $2 THEN o.exposed ELSE o.internal END, false) AS seen,
       o.asset_id IS NULL OR NOT (CASE WHEN $2 THEN o.exposed ELSE o.internal END) OR w.other
           AS differs
FROM (
    SELECT DISTINCT ON (asset_id, address, transport, port) *
    FROM (
        SELECT i.asset_id, n.address, n.transport, n.port, n.protocol, n.vendor, n.product,
               n.version, n.cpe, n.method, n.evidence, n.digest, n.number,
               CASE WHEN n.protocol = '' THEN 2 ELSE 0 END
                   + CASE WHEN n.product = '' THEN 1 ELSE 0 END AS rank
        FROM stage_service n
        JOIN stage_unsettled i ON i.batch = $1 AND i.address = n.address
        WHERE n.batch = $1
        UNION ALL
        SELECT i.asset_id, n.address, n.transport, n.port, '', '', '', '', '', n.method,
               n.evidence, n.digest, n.number, 4
        FROM stage_port n
        JOIN stage_unsettled i ON i.batch = $1 AND i.address = n.address AND i.bare
        WHERE n.batch = $1
          AND NOT EXISTS (
              SELECT FROM stage_service g
              JOIN stage_unsettled u ON u.batch = $1 AND u.address = g.address AND u.bare
              WHERE g.batch = $1 AND g.address = n.address AND g.transport = n.transport
                AND g.port = n.port)) staged
    ORDER BY asset_id, address, transport, port, rank, number) n
LEFT JOIN service_held o
    ON o.asset_id = n.asset_id AND o.address = n.address AND o.transport = n.transport
   AND o.port = n.port
CROSS JOIN LATERAL (
    SELECT CASE WHEN n.rank = 4
                THEN o.asset_id IS NULL
                    OR (n.method <> 'import' AND o.method = 'import' AND o.protocol = '')
                ELSE o.asset_id IS NULL
                    OR ((n.method <> 'import' OR o.method = 'import' OR o.protocol = '')
                        AND (n.method NOT IN ('listening', 'import')
                             OR o.protocol <> n.protocol OR n.product <> '')) END AS said,
           CASE WHEN n.rank = 4
                THEN n.method <> 'import' AND o.method = 'import' AND o.protocol = ''
                ELSE (n.method NOT IN ('listening', 'import')
                      AND (o.protocol, o.vendor, o.product, o.version, o.cpe)
                          <> (n.protocol, n.vendor, n.product, n.version, n.cpe))
                    OR (n.method <> 'import' AND o.method = 'import')
                    OR (n.method IN ('listening', 'import') AND n.protocol <> ''
                        AND (n.method <> 'import' OR o.method = 'import' OR o.protocol = '')
                        AND (o.protocol <> n.protocol OR (n.product <> '' AND
                            (o.vendor, o.product, o.version)
                                <> (n.vendor, n.product, n.version)))) END AS other) w
ORDER BY n.asset_id, n.address, n.transport, n.port
