-- Takes rows into staging.
COPY cadastre.stage_link (batch, address, peer, layer, distance, source, grade, method, detail, evidence)
FROM STDIN (FORMAT binary)
