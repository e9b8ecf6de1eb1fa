-- SPDX-License-Identifier: Apache-2.0
-- The nodes, home first, and how many buckets each owns, which, as numbers and as a set.
SELECT n.name, coalesce(sum(r.last_bucket - r.first_bucket + 1), 0),
    coalesce(string_agg(CASE WHEN r.first_bucket = r.last_bucket THEN r.first_bucket::text
        ELSE r.first_bucket || '-' || r.last_bucket END, ', ' ORDER BY r.first_bucket), ''),
    coalesce(range_agg(int4range(r.first_bucket, r.last_bucket, '[]')), '{}')::text
FROM node n LEFT JOIN node_range r ON r.node = n.name
GROUP BY n.name ORDER BY n.name <> 'home', n.name
