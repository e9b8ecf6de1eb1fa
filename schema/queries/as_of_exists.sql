-- SPDX-License-Identifier: Apache-2.0
-- Whether there are views of other times.
SELECT to_regnamespace('cadastre_as_of') IS NOT NULL
