"""Documents: pages to words, lines, layout, tables, forms, check boxes and signatures, and answers about them."""
