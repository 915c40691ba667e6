"""The test suite; cast.py holds the people, conftest.py the harness."""
