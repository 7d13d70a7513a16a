"""Where a person is signed in."""

from apps.accounts import rules
from apps.accounts.models import StaffSession, StaffToken, User
from apps.common import clock


def live_sessions_of(user: User) -> list[StaffSession]:
    """The browsers in which ``user`` is signed in now, the last seen first."""
    now = clock.now()
    young = StaffSession.objects.filter(
        user=user, ended_at=None, started_at__gt=now - rules.LONGEST
    ).order_by("-last_seen_at", "-id")
    return [
        session
        for session in young
        if not rules.Rest(session.started_at, session.last_seen_at).is_over(session.site, now)
    ]


def live_tokens_of(user: User) -> list[StaffToken]:
    """The tills and phones that hold a token of ``user``, the newest first."""
    tokens = StaffToken.objects.filter(user=user, revoked_at=None, expires_at__gt=clock.now())
    return list(tokens.order_by("-id"))
