"""Speed and size, measured: `make bench`. Nothing here is a test; it needs no root, but Postfix beside us does."""
