-- SPDX-License-Identifier: Apache-2.0
-- Whether the database holds our schema.
SELECT to_regclass('cadastre.migration') IS NOT NULL
