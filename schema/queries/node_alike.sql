-- SPDX-License-Identifier: Apache-2.0
-- How texts are compared here: rows of two nodes are sorted together.
SELECT datcollate || ' ' || datctype FROM pg_database WHERE datname = current_database()
