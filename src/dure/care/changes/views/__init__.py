"""The pages of changes of provider: for officers."""
