-- SPDX-License-Identifier: Apache-2.0
-- The case by which a system is to be identified again, and to which changes are added: until it is decided on.
-- One that was found to be noise, and one that was received and decided on since, is none.
-- $1::int4 : realm
-- $2::text : system
SELECT c.id, c.state FROM case_current c
WHERE c.realm_id = $1 AND c.system = $2 AND c.kind = 're-identification'
    AND c.state IN ('candidate', 'triaged', 'reported', 'received') AND c.class <> 'noise'
    AND NOT EXISTS (SELECT FROM case_event e
        JOIN designation d ON d.realm_id = c.realm_id AND d.system = c.system
            AND d.entered > e.recorded AND d.decided >= e.day
        WHERE e.case_id = c.id AND e.state = 'received')
ORDER BY c.id LIMIT 1
