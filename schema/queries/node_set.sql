-- SPDX-License-Identifier: Apache-2.0
-- Says what the next copies are about; held by the session.
-- $1::text : name
-- $2::text : value
SELECT set_config('cadastre.' || $1, $2, false)
