"""Whether outlets are equipped by the unified standard (S23 to S29): item by item, quarter by
quarter, above all those that were moved or refurbished."""
