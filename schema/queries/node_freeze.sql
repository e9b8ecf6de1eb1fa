-- SPDX-License-Identifier: Apache-2.0
-- Nobody writes facts here until the end of the transaction; reading goes on.
SELECT node_freeze()
