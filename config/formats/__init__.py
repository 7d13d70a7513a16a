"""How dates are written: as the columns of lists write them, in every language."""
