"""The shape of postcodes, codes and boundaries."""

from boards.places.rules.postcodes import normal_postcode

__all__ = ["normal_postcode"]
