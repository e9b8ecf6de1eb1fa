-- SPDX-License-Identifier: Apache-2.0
-- A version of a norm pack that is installed.
-- $1::text : pack
-- $2::text : version
SELECT sha256, signed_by FROM norm_pack WHERE id = $1 AND version = $2
