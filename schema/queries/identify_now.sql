-- SPDX-License-Identifier: Apache-2.0
-- Up to where there is something to look at in a realm, and when: a run that not all nodes have filed
-- is not there yet, and what others are about to write may bear any time since they began.
-- $1::int4 : realm
SELECT coalesce((SELECT max(id) FROM register_import WHERE realm_id = $1), 0),
    least(coalesce((SELECT max(run_id) FROM run WHERE realm_id = $1), 0),
        (SELECT min(run_id) - 1 FROM node_filing)),
    coalesce((SELECT max(id) FROM designation), 0),
    coalesce((SELECT max(id) FROM exposure_justification), 0),
    (extract(epoch FROM least(now(), (SELECT min(xact_start) FROM pg_stat_activity
        WHERE datname = current_database() AND backend_type = 'client backend'))) * 1000000)::int8 - 1
