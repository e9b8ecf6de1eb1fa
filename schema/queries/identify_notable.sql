-- SPDX-License-Identifier: Apache-2.0
-- How many proposals stand that say more than no.
-- $1::text : only of this pack; NULL: all
SELECT count(*) FROM norm_standing
WHERE notable AND NOT silent AND ($1 IS NULL OR pack = $1)
