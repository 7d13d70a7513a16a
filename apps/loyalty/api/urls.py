"""Routes of loyalty."""

from django.urls import path

from apps.loyalty.api import views

urlpatterns = [
    path("members/<key:number>/points", views.MemberPoints.as_view(), name="member-points"),
    path(
        "members/<key:number>/points/entries",
        views.MemberPointsEntries.as_view(),
        name="member-points-entries",
    ),
]
