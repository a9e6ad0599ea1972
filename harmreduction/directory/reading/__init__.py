"""Any directory file, read into HSDS records row by row."""
