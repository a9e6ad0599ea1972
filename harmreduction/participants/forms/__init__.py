"""The forms of codes and participants."""
