-- SPDX-License-Identifier: Apache-2.0
-- Opens a transaction that sees one moment, for several questions about all assets of another time. What
-- more than one of them reads is reckoned once, kept in temporary tables until its end (as_of_keep_...),
-- and found before the views that are called so; after that it writes nothing (as_of_keep_end.sql).
BEGIN ISOLATION LEVEL REPEATABLE READ
