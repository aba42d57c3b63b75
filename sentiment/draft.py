"""From a text to the note that the rules would make of it; a person confirms it."""
