-- SPDX-License-Identifier: Apache-2.0
-- Every node has filed its part.
SELECT node_filing_end()
