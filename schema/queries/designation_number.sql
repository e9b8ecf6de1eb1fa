-- SPDX-License-Identifier: Apache-2.0
-- The next number of the list for a year: CII-2026-001, CII-2026-002, ...
-- $1::int4 : year
SELECT 'CII-' || $1 || '-' || lpad((1 + coalesce(max(substring(list_no FROM '[0-9]+$')::int8), 0))
    ::text, greatest(3, length((1 + coalesce(max(substring(list_no FROM '[0-9]+$')::int8), 0))
    ::text)), '0')
FROM designation WHERE list_no LIKE 'CII-' || $1 || '-%'
