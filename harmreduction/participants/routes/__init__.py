"""The pages of codes and participants."""
