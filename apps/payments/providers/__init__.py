"""Outbound and inbound talk with payment providers; never called inside a transaction."""
