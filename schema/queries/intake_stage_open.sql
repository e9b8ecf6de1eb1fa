-- Begins staging a batch.
-- $1::int8 : batch
SELECT stage_open($1)
