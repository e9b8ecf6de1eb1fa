-- SPDX-License-Identifier: Apache-2.0
-- Facts that one evaluation knew and another one does not: name, state and value then, state now, papers.
-- $1::int8 : before
-- $2::int8 : after
WITH told AS (
    SELECT e.id, m[1] AS name, m[2] AS state, coalesce(substring(m[3] FROM ' value="([^"]*)"'), '')
        AS value, coalesce(substring(m[3] FROM ' document="([^"]*)"'), '') AS document
    FROM norm_eval e
    CROSS JOIN LATERAL regexp_matches(e.inputs, '<fact name="([^"]+)" state="([^"]+)"([^>]*)>', 'g') m
    WHERE e.id IN ($1, $2)
)
SELECT b.name, replace(replace(replace(replace(replace(b.value, '&lt;', '<'), '&gt;', '>'),
    '&quot;', '"'), '&apos;', ''''), '&amp;', '&'), n.state,
    replace(replace(replace(replace(replace(b.document, '&lt;', '<'), '&gt;', '>'),
    '&quot;', '"'), '&apos;', ''''), '&amp;', '&')
FROM told b JOIN told n ON n.id = $2 AND n.name = b.name
WHERE b.id = $1 AND b.state IN ('known', 'at least') AND n.state NOT IN ('known', 'at least')
ORDER BY b.name COLLATE "C"
