"""The two offices people work in: head office at /admin/ and the franchise portal at /portal/.

Support for ``admin.py`` and ``portal.py`` of every app. Both sites ask ``org.selectors`` alone what
may be seen and done; Django's model permissions and the superuser flag open nothing here.
"""
