"""How much a file may hold: what one worker reads within its memory."""

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 200_000
MAX_COLUMNS = 200
MAX_CELLS = 4_000_000
"""Rows times columns of a workbook: the corner of its sheet, filled or not."""
MAX_CELL = 32_767
"""Characters, as in Excel."""
MAX_ENTRIES = 500
MAX_INFLATED = 400 * 1024 * 1024
MAX_RATIO = 150
MAX_TEXT = 160 * 1024 * 1024
"""Characters of all cells together, a text that cells share counted for each."""
