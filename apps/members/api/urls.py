"""Routes of the member center."""

from django.urls import path

from apps.members.api import consents, views

urlpatterns = [
    path("members", views.Members.as_view(), name="members"),
    path("members/lookup", views.MemberLookups.as_view(), name="member-lookup"),
    path("members/<key:number>", views.OneMember.as_view(), name="member"),
    path("members/<key:number>/consents", consents.Consents.as_view(), name="member-consents"),
    path(
        "members/<key:number>/consents/<key:store>",
        consents.OneConsent.as_view(),
        name="member-consent",
    ),
    path("members/<key:number>/reveal", views.Reveals.as_view(), name="member-reveal"),
]
