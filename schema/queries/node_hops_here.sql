-- SPDX-License-Identifier: Apache-2.0
-- Which state of them is copied here.
SELECT hops FROM node_self
