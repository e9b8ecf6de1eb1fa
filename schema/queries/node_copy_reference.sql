-- SPDX-License-Identifier: Apache-2.0
-- Gives rules and authorisations, and the run.
COPY (SELECT tab, line FROM cadastre.node_reference()) TO STDOUT (FORMAT binary)
