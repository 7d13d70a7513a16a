"""What the platform starts for itself: PostgreSQL, a broker, and the processes of ``manage.py up``.

Nothing here needs Django to be set up, and nothing imports a model: ``config.settings`` and
``manage.py`` use it before Django exists.
"""
