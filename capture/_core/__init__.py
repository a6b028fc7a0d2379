"""The private middle of `capture`: how an event gets from a `record_*` method into a file."""
