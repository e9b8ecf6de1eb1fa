-- SPDX-License-Identifier: Apache-2.0
-- All is kept; from here on the transaction only reads.
SET TRANSACTION READ ONLY
