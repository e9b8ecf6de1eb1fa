-- SPDX-License-Identifier: Apache-2.0
-- Before another realm.
DELETE FROM pg_temp.identify_answer
