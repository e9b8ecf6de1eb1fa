-- What follows in the transaction sees one moment and writes nothing.
SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY
