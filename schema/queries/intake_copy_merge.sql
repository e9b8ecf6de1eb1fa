-- Takes rows into staging.
COPY cadastre.stage_merge (batch, asset_id, into_id, reason)
FROM STDIN (FORMAT binary)
