-- SPDX-License-Identifier: Apache-2.0
-- One counter for several addresses proposes, and joins nothing by itself: two like routers that were
-- powered up together have counters close to one another that go on alike, and of such pairs many more
-- look like one counter than the bound on chance says (docs/identity.md). What was joined stays so.

UPDATE cadastre.key_rule
SET score = least(score, 45), joins = false,
	note = 'addresses whose IPv4 packets look numbered by one counter; the value names all of them'
WHERE pattern = '^ip[._-]?counter';
