"""The second factor: six digits of an app on the phone, or one of ten recovery codes."""
