-- SPDX-License-Identifier: Apache-2.0
-- Makes room for ranges that are owned otherwise, in the same transaction.
DELETE FROM node_range
