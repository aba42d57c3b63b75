"""Outside text as HTML that is safe to show, with the findings of its reading marked."""
