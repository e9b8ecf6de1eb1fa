-- SPDX-License-Identifier: Apache-2.0
-- Every node has filed its part.
WITH kept AS (DELETE FROM node_decision)
DELETE FROM node_filing
