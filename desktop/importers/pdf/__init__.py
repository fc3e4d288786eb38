"""Packing slips, sales orders and carrier labels in PDF files, read by the positions of their words.

`read_pdf.py` is the door. Behind it a process of its own (`worker.py`) opens the file with pypdfium2 (`words.py`),
lets each layout find its documents on each page (`packing_slip.py`, `sales_order.py`, `shipping_label.py`, named in
`layouts.py`), and hands rows, pages and orders back as JSON (`exchange.py`).
"""
