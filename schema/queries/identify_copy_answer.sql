-- SPDX-License-Identifier: Apache-2.0
-- Takes rows into staging.
COPY pg_temp.identify_answer (system, answers) FROM STDIN (FORMAT binary)
