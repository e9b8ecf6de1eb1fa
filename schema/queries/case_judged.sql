-- SPDX-License-Identifier: Apache-2.0
-- Whether norms judge a system of that id: it is registered, of our own, not retired, and one is in force.
-- $1::text : id
-- $2::text : the day
SELECT FROM system
WHERE id = $1 AND until_import IS NULL AND NOT external AND lifecycle <> 'retired'
    AND EXISTS (SELECT FROM norm_pack WHERE unit = 'system' AND effective_from <= $2::date
        AND (effective_until IS NULL OR effective_until >= $2::date))
LIMIT 1
