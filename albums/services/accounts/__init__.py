"""Accounts: creation, sign-in links, preferences, operators, deletion."""

__all__ = ["account_admin", "account_deletion", "accounts", "operators", "preferences", "second_step"]
