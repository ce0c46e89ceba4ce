"""The public look: components, forms and filters. It knows no room; every room may use it.

A component is a folder here: template, style sheet, example. `templatetags/components.py`
says how to use each.
"""
