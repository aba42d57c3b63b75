"""How often the evidence's intervals hold: worlds in which no reading knows anything, and one in which one does."""
