-- SPDX-License-Identifier: Apache-2.0
-- Up to where there is something to look at in a realm.
-- $1::int4 : realm
SELECT coalesce((SELECT max(id) FROM register_import WHERE realm_id = $1), 0),
    coalesce((SELECT max(run_id) FROM run WHERE realm_id = $1), 0),
    coalesce((SELECT max(id) FROM designation), 0),
    coalesce((SELECT max(id) FROM exposure_justification), 0)
