"""The forms of the directory, a module for each subject."""
