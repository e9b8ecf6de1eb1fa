-- SPDX-License-Identifier: Apache-2.0
-- Whether nothing was ever filed here, and whether it has nodes of its own.
SELECT NOT EXISTS (SELECT FROM run) AND NOT EXISTS (SELECT FROM asset)
        AND NOT EXISTS (SELECT FROM authorisation) AND NOT EXISTS (SELECT FROM audit),
    EXISTS (SELECT FROM node WHERE name <> 'home')
