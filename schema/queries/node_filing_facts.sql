-- SPDX-License-Identifier: Apache-2.0
-- Notes that links and paths are filed.
-- $1::int8 : facts written
UPDATE node_filing SET home_facts = $1
