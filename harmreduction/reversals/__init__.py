"""Reports of overdoses that were reversed, told by staff or by anybody, with nobody's name."""
