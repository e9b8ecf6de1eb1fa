-- SPDX-License-Identifier: Apache-2.0
-- Subjects that are to be judged.
CREATE TEMPORARY TABLE identify_chosen (
    realm_id int4, unit text COLLATE "C", system text COLLATE "C",
    PRIMARY KEY (realm_id, unit, system)) ON COMMIT DROP
