-- SPDX-License-Identifier: Apache-2.0
-- What is made of all that is said of operating system, maker, model and kind of an asset: the verdict, how
-- sure it is, who says so, and who says something else. Confidence is Dempster's rule of combination over
-- what they conclude from, which errs by itself: two that agree, right in a and b of 1, leave (1 - a)(1 - b) open; what
-- contradicts, c of 1, leaves of a a(1 - c) / (1 - ac). The columns are those of asset_facts.sql.
-- Kept: all is looked up by the asset.
-- $1::int8 : asset
WITH claim AS MATERIALIZED (
    SELECT c.*, split_part(c.subject, ' ', 1) AS host
    FROM claims_of(ARRAY[$1]) c
), side AS (
    SELECT aspect, stand, 1 - exp(sum(ln(1 - weight / 100.0))) AS sure
    FROM (SELECT aspect, stand, basis, max(weight) AS weight FROM claim
        WHERE stand IN ('agrees', 'contradicts') GROUP BY aspect, stand, basis) s
    GROUP BY aspect, stand
), verdict AS (
    SELECT w.aspect, w.value, least(99, round(100 * a.sure * (1 - coalesce(c.sure, 0))
            / (1 - a.sure * coalesce(c.sure, 0))))::int4 AS confidence
    FROM claim w
    JOIN side a ON a.aspect = w.aspect AND a.stand = 'agrees'
    LEFT JOIN side c ON c.aspect = w.aspect AND c.stand = 'contradicts'
    WHERE w.place = 1 AND w.stand = 'agrees'
), said AS (
    SELECT aspect, source, value, stand, max(weight) AS weight, min(place) AS place, count(*) AS times,
        (array_agg(subject ORDER BY place))[1] AS subject,
        bool_or(host <> '' AND EXISTS (SELECT FROM claim o WHERE o.stand = 'agrees'
            AND o.host = claim.host AND (o.aspect = claim.aspect
                OR (claim.aspect = 'model' AND o.aspect = 'vendor')))) AS here,
        bool_or(host = '') AS anywhere
    FROM claim
    GROUP BY aspect, source, value, stand
), line AS (
    SELECT v.aspect, 1 AS part, 0 AS place, v.aspect AS attribute, v.value,
        CASE WHEN v.confidence >= 90 THEN 'certain' WHEN v.confidence >= 60 THEN 'likely'
            WHEN v.confidence >= 30 THEN 'possible' ELSE 'doubtful' END AS source
    FROM verdict v
    UNION ALL
    SELECT v.aspect, 2, 0, v.aspect || '.confidence', v.confidence::text, 'of 100' FROM verdict v
    UNION ALL
    SELECT s.aspect, CASE s.stand WHEN 'contradicts' THEN 4 ELSE 3 END, s.place,
        s.aspect || CASE s.stand WHEN 'contradicts' THEN '.contradiction' WHEN 'agrees' THEN '.reason'
            ELSE '.besides' END,
        concat(s.source, ' at ' || nullif(s.subject, ''),
            CASE WHEN s.times > 1 THEN ' and ' || s.times - 1 || ' more' END, ' says ', s.value,
            CASE WHEN s.stand <> 'contradicts' OR s.anywhere THEN NULL
                WHEN s.here AND s.subject LIKE '% %'
                THEN ', at the same address: perhaps a reverse proxy or address translation'
                WHEN s.here THEN ', at the same address'
                ELSE ', at another address: perhaps these are two' END),
        s.stand || ', weight ' || s.weight
    FROM said s
)
SELECT 'verdict', attribute, value, 'derived', source, '', '', 0::int8, 0::int8, 0::int8, 0::int8,
    part
FROM line
ORDER BY array_position(ARRAY['os', 'vendor', 'model', 'device'], aspect), part, place, value COLLATE "C"
