-- SPDX-License-Identifier: Apache-2.0
-- The newest time that a run of a realm speaks for, microseconds: a decision holds after it.
-- $1::int4 : realm
SELECT coalesce((extract(epoch FROM max(ended)) * 1000000)::int8, 0) FROM run WHERE realm_id = $1
