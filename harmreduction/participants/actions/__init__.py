"""What a team does with codes and participants: look up, begin, add, end, merge, part."""
