"""The national service catalogue (PTV): our own copy, the contacts made of it, and what editors decide about them.

Nothing here changes what residents see: a change reaches content/contacts/ only through `accept` or `hold`.
Importing this package loads nothing heavy. See docs/catalogue.md.
"""
