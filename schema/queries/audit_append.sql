-- SPDX-License-Identifier: Apache-2.0
-- Adds an entry to the trail.
-- $1::text : actor
-- $2::text : what
-- $3::text : object
-- $4::text : detail
SELECT audit_append($1, $2, $3, $4)
