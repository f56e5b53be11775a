"""What operators and administrators ask: is it valid, is it right, what would happen."""
