-- SPDX-License-Identifier: Apache-2.0
-- Opens a transaction that sees one moment and writes nothing.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
