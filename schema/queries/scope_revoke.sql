-- SPDX-License-Identifier: Apache-2.0
-- Ends an authorisation that was not ended before.
-- $1::int8 : the authorisation
-- $2::text : why
UPDATE authorisation SET revoked = now(), revoke_reason = $2
WHERE authorisation_id = $1 AND revoked IS NULL
