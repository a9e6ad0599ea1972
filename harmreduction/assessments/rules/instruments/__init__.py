"""Clinical instruments, apart from the conversation: their items, points and limits as data with editions."""
