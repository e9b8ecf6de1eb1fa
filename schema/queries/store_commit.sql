-- SPDX-License-Identifier: Apache-2.0
-- Keeps what the transaction did.
COMMIT
