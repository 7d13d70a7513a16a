"""Decisions about stock. Plain values in, plain values out."""

LOW_AVAILABLE = 5
"""A SKU of which no more than this is available at a store or warehouse is low, in its own unit."""
