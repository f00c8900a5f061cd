"""What the arrays hold; one name instead of numpy's long ones. Lengths and units are in the docstrings."""

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
Columns = dict[str, Array]
