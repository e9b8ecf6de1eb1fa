-- SPDX-License-Identifier: Apache-2.0
-- Somebody answers for a norm pack that was installed without.
-- $1::text : pack
-- $2::text : version
-- $3::text : who
-- $4::timestamptz : when it was signed, or NULL
UPDATE norm_pack SET signed_by = $3, signed = $4, unsigned_reason = ''
WHERE id = $1 AND version = $2 AND signed_by = ''
