-- SPDX-License-Identifier: Apache-2.0
-- The newest counter given out; locked until the end of the transaction.
SELECT last FROM asset_counter FOR UPDATE
