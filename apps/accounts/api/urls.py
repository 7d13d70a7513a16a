"""Routes of approvals."""

from django.urls import path

from apps.accounts.api import views

urlpatterns = [
    path("approvals", views.Approvals.as_view(), name="approvals"),
    path("approvals/<key:number>", views.OneApproval.as_view(), name="approval"),
    path("approvals/<key:number>/approval", views.Approving.as_view(), name="approval-approve"),
    path("approvals/<key:number>/rejection", views.Rejecting.as_view(), name="approval-reject"),
    path(
        "approvals/<key:number>/withdrawal", views.Withdrawing.as_view(), name="approval-withdraw"
    ),
]
