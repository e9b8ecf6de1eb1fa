-- SPDX-License-Identifier: Apache-2.0
-- What the newest entry should be.
SELECT seq, encode(hash, 'hex') FROM audit_head
