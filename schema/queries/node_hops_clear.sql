-- SPDX-License-Identifier: Apache-2.0
-- Makes room for the paths.
TRUNCATE hop
