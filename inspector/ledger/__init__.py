"""The ledger (整改台账): a row for each rectification and its notice, narrowed by what the address
says, in any order, page by page or whole as a file."""
