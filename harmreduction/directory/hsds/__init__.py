"""HSDS, the field's standard for directories, as a format: reading, writing and checking, without database or HTTP.

bundle.py      Record, Bundle, Closure: a directory between reading and writing
nesting.py     split(document, kind) -> Bundle: take nested JSON apart
assembly.py    Shelf(organizations=…, …), assemble_service(shelf, id), assemble_simple(shelf, kind, id)
shapes.py      simple(document), minimal(document, kind): the short forms of lists
privacy.py     without_private(document), without_address(location_document)
checks.py      check(document, kind) -> list[Problem]
tabular.py     read_tables(tables) -> Bundle: the tables of 3.x
tables.py      write_tables(bundle)
package.py     write_zip(bundle, stream): the tabular data package
legacy.py      read_legacy(tables, namespace) -> Bundle: HSDS 1.x and 2.x
ids.py         stable_id(namespace, table, key), with_stable_ids(document, kind, namespace)
structure.py   the 24 tables and their fields
"""
