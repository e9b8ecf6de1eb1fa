-- SPDX-License-Identifier: Apache-2.0
-- What was made from the tables and stands in their way: the views of a spread register. They hold no
-- data and are made anew when it is opened (inventory/nodes).
DROP SCHEMA IF EXISTS cadastre_all, cadastre_far, cadastre_node CASCADE
