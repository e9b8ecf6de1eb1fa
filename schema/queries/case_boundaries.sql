-- SPDX-License-Identifier: Apache-2.0
-- The maximum boundary of a system as it was known at a time, and the newest; 0: none.
-- $1::int4 : realm
-- $2::text : system
-- $3::int8 : the one that was decided on; 0: the newest that was known then
-- $4::timestamptz : then
-- $5::timestamptz : later; NULL: now
SELECT coalesce(nullif($3, 0), (SELECT b.id FROM boundary b WHERE b.realm_id = $1 AND b.system = $2
        AND b.kind = 'maximum' AND b.recorded <= $4 ORDER BY b.version DESC LIMIT 1), 0),
    coalesce((SELECT b.id FROM boundary b WHERE b.realm_id = $1 AND b.system = $2
        AND b.kind = 'maximum' AND ($5 IS NULL OR b.recorded <= $5)
        ORDER BY b.version DESC LIMIT 1), 0)
