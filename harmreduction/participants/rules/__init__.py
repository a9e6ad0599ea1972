"""What holds for codes, recipes, phrases and merged participants."""
