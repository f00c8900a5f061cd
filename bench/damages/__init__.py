"""The kinds of damage: `lost` takes rows away or adds some, `values` changes what stands in them."""
