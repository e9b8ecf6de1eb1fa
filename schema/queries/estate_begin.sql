-- Opens a transaction that sees one moment and writes nothing.
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY
