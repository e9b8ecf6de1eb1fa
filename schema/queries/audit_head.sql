-- What the newest entry should be.
SELECT seq, encode(hash, 'hex') FROM audit_head
