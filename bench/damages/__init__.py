"""The kinds of damage.

`lost` takes rows away or adds some, `values` and `written` change what stands in them, `together` does several at
once; `seen` are those that gates once let pass.
"""
