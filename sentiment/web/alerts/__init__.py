"""Alerts: rules over finished days, messages that are sent once, and a weekly digest.

In: a file of rules, and readings. Out: messages by mail, chat, webhook or desktop. `rules` has neither clock nor disk, `one_rule` reads a rule, `rule_file` reads
the file, `rule_edit` writes into it, `reading` loads an asset, `outbox` keeps what was decided and sent, `channels` sends, `digest` writes a week, `step` does a round.
"""
