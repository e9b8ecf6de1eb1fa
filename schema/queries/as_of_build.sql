-- SPDX-License-Identifier: Apache-2.0
-- Makes the views of other times anew, after migrations.
SELECT as_of_build()
