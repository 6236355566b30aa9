"""Reading a record: each use case asks the gate and leaves one event in the journal."""
