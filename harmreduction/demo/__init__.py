"""A believable demonstration programme, built only through what people do with the product."""

from harmreduction.demo.programme import LINK_LASTS, build_demonstration, sign_in_links

__all__ = ["LINK_LASTS", "build_demonstration", "sign_in_links"]
