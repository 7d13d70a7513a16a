"""Routes of sign-in and "who am I"."""

from django.urls import path

from apps.org.api import views

urlpatterns = [
    path("me", views.WhoAmI.as_view(), name="me"),
    path("staff/tokens", views.StaffTokens.as_view(), name="staff-tokens"),
    path("staff/tokens/current", views.CurrentStaffToken.as_view(), name="staff-token-current"),
]
