-- SPDX-License-Identifier: Apache-2.0
-- What an identification before this one in the same transaction left.
DROP TABLE IF EXISTS pg_temp.identify_answer, pg_temp.identify_chosen, pg_temp.identify_near,
    pg_temp.identify_said
