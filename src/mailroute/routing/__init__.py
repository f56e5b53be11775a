"""The pure head: decide what a mail means; never looks at the clock, the database or the network."""
