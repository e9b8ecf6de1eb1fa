-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY cadastre.stage_evidence (batch, sha256, kind, bytes)
FROM STDIN (FORMAT binary)
