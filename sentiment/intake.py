"""A file or paste from outside to plain text: Markdown, text, HTML and PDF, told apart by what is in them."""
