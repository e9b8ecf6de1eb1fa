-- SPDX-License-Identifier: Apache-2.0
-- Undoes what the transaction did.
ROLLBACK
