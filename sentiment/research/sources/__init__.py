"""Followed sources: feeds, pages, watched folders and mail folders, whose entries wait in the inbox for a person.

`feed.py`, `page.py`, `folder.py` and `mail.py` each look at one kind, `intake.py` stores what is new, `following.py` says when.
"""
