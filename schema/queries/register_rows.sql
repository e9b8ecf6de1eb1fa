-- SPDX-License-Identifier: Apache-2.0
-- Rows of a table as text, one for each: realm, time of the import, then the columns asked for,
-- divided by U+001F; U+001E is NULL.
-- $1::text : table
-- $2::text : columns, divided by commas
-- $3::int4 : only this realm; NULL: any
-- $4::timestamptz : as they held on that day; NULL: as they hold now
-- $5::text : columns of which one must be $6, divided by commas; NULL: all rows
-- $6::text : id
SELECT register_rows($1, $2, $3, $4::date, $5, $6)
