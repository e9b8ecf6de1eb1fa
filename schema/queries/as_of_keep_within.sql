-- SPDX-License-Identifier: Apache-2.0
-- By this the addresses within a prefix are found; rules and responsibilities name prefixes.
CREATE INDEX ON pg_temp.address USING spgist (address)
