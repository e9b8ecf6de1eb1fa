-- SPDX-License-Identifier: Apache-2.0
-- Opens a transaction.
BEGIN
