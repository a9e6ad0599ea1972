"""Change the directory."""

from harmreduction.directory.actions.indexing import index_everything, index_services
from harmreduction.directory.actions.storing import Origin, Written, save_bundle

__all__ = ["Origin", "Written", "index_everything", "index_services", "save_bundle"]
