-- SPDX-License-Identifier: Apache-2.0
-- What flows of each protocol are for.
SELECT protocol, class FROM flow_class
