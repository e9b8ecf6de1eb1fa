-- SPDX-License-Identifier: Apache-2.0
-- A notice as it stands.
-- $1::int8 : notice
SELECT n.state, n.made::text, coalesce(n.issued::text, ''), n.number, n.from_name, n.to_org, n.to_name,
    coalesce(n.acknowledged::text, ''), n.acknowledged_by, n.kind,
    (extract(epoch FROM n.recorded) * 1000000)::int8
FROM notice n WHERE n.id = $1 AND n.superseded IS NULL
