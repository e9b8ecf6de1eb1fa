-- Keeps what the transaction did.
COMMIT
