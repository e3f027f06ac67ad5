"""The print agent: a journal between the broker and the printers of one place."""
