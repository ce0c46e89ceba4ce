"""Boards, wards, postcodes: where people live.

Words: an *area* is a place with a code (council, ward, parish, LSOA); a *board* covers areas; a
*postcode* lies in areas."""
