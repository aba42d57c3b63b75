"""Price sources, one a file: each answers `bars(symbol)` with a frame that keeps the contract of `frames`."""
