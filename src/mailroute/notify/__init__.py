"""Write the letters that a decision asks for; never sends them."""
