-- SPDX-License-Identifier: Apache-2.0
-- The file of an installed norm pack, and the hash under which it was installed.
-- $1::text : pack
-- $2::text : version
SELECT sha256, file FROM norm_pack WHERE id = $1 AND version = $2
