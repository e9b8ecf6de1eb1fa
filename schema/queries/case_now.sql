-- SPDX-License-Identifier: Apache-2.0
-- The time from which what is kept of cases now is known, by the clock of the register: after every decision.
SELECT (extract(epoch FROM greatest(clock_timestamp(), max(entered) + interval '1 microsecond'))
    * 1000000)::int8
FROM designation
