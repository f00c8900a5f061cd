"""What bench/gates.py judges: which months, made and damaged how, and what of them is kept between runs."""
