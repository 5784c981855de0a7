"""The quick way through the importer: whole columns at a time, for rows that nothing is wrong with.

data/mapping.py says what a row means; nothing here does. Each step asks the same functions, once per distinct text, and
leaves out every row of which it is not certain that they would find it in order: those go through the Mapper one by
one. See docs/decisions/014-columns-and-rows.md; tests/data/test_bulk.py holds both ways against each other.
"""
