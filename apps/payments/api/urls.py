"""Routes of the payment center."""

from django.urls import path

from apps.payments.api import views

urlpatterns = [
    path("payments", views.Payments.as_view(), name="payments"),
    path("payments/notices/sandbox", views.SandboxNotices.as_view(), name="sandbox-notices"),
    path("payments/<key:number>", views.OnePayment.as_view(), name="payment"),
]
