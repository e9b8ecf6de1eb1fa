-- SPDX-License-Identifier: Apache-2.0
-- Makes anew what questions read.
SELECT node_build()
