-- SPDX-License-Identifier: Apache-2.0
-- Whether a register changed since systems were judged.
SELECT EXISTS (SELECT FROM register_import i
    LEFT JOIN norm_identified n ON n.realm_id = i.realm_id AND n.unit = 'system'
    WHERE i.written + i.closed > 0 AND i.id > coalesce(n.import_id, 0))
