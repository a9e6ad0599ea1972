"""What every page needs: who may open it, forms, headers, languages, assets."""
