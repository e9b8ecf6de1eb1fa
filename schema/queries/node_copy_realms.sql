-- SPDX-License-Identifier: Apache-2.0
-- Gives the realms, which facts refer to.
COPY (SELECT 'realm', r::text FROM cadastre.realm r) TO STDOUT (FORMAT binary)
