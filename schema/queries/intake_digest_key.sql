-- SPDX-License-Identifier: Apache-2.0
-- The secret under which services are digested.
SELECT key FROM digest_key
